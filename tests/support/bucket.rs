//! Buckets for tests: the emulators of Google's and Amazon's storage, each in a container of its own.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;

use super::{text, until};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cloud {
    Google,
    Amazon,
}

/// What a project's image needs to run either.
pub const REQUIREMENTS: &str = "gcp-storage-emulator==2026.7.19\nmoto[server]==5.2.5\n";

/// An emulator with one empty bucket, on this machine only. It goes with this.
pub struct Emulator {
    cloud: Cloud,
    container: String,
    /// `127.0.0.1:port`
    pub host: String,
}

impl Emulator {
    /// `image`: one with the requirements.
    pub fn start(cloud: Cloud, image: &str, bucket: &str) -> Self {
        let words = match cloud {
            Cloud::Google => format!(
                "gcp-storage-emulator start --host 0.0.0.0 --port 5000 --in-memory --default-bucket {bucket}"
            ),
            Cloud::Amazon => "moto_server -H 0.0.0.0 -p 5000".to_owned(),
        };
        let run = ["run", "--detach", "--rm", "--publish", "127.0.0.1::5000", image];
        let container = docker(&[&run[..], &words.split(' ').collect::<Vec<_>>()].concat());
        let host = docker(&["port", &container, "5000/tcp"]);
        let host = host.lines().next().unwrap().to_owned();
        let emulator = Self { cloud, container, host };
        until("an emulator", || emulator.ask("GET", "/", b"").filter(|answer| answer.starts_with("HTTP/1")));
        if cloud == Cloud::Amazon {
            let made = emulator.ask("PUT", &format!("/{bucket}"), b"").unwrap();
            assert!(made.contains(" 200 "), "{made}");
        }
        emulator
    }

    /// What leads Greenroom to it, by the variables of the clouds' own tools. `host`: where it is reached.
    pub fn variables(&self, host: &str) -> Vec<(&'static str, String)> {
        match self.cloud {
            Cloud::Google => vec![("STORAGE_EMULATOR_HOST", host.to_owned())],
            Cloud::Amazon => vec![
                ("AWS_ENDPOINT_URL", format!("http://{host}")),
                ("AWS_ACCESS_KEY_ID", "tests".to_owned()),
                ("AWS_SECRET_ACCESS_KEY", "tests".to_owned()),
            ],
        }
    }

    /// Puts something there as anybody may who can write to the bucket.
    pub fn put(&self, bucket: &str, key: &str, content: &[u8]) {
        let (method, path) = match self.cloud {
            Cloud::Google => (
                "POST",
                format!("/upload/storage/v1/b/{bucket}/o?uploadType=media&name={}", key.replace('/', "%2F")),
            ),
            Cloud::Amazon => ("PUT", format!("/{bucket}/{key}")),
        };
        let answer = self.ask(method, &path, content).unwrap();
        assert!(answer.contains(" 200 "), "{answer}");
    }

    /// All that it answers; None: it does not.
    fn ask(&self, method: &str, path: &str, body: &[u8]) -> Option<String> {
        let mut stream = TcpStream::connect(&self.host).ok()?;
        // Amazon's tells whose keys are used by how a request is signed.
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: {}\r\nauthorization: AWS4-HMAC-SHA256 Credential=tests/20260101/us-east-1/s3/aws4_request\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
            self.host,
            body.len()
        );
        stream.write_all(head.as_bytes()).ok()?;
        stream.write_all(body).ok()?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).ok()?;
        Some(text(&answer))
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        if std::thread::panicking() {
            println!("{:?}: {}", self.cloud, docker(&["logs", "--tail", "40", &self.container]));
        }
        docker(&["rm", "--force", &self.container]);
    }
}

fn docker(words: &[&str]) -> String {
    let output = Command::new("docker").args(words).output().unwrap();
    assert!(output.status.success(), "docker {words:?}: {}", text(&output.stderr));
    text(&output.stdout).trim().to_owned() + text(&output.stderr).trim()
}
