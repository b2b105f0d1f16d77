//! A remote over the network, and a network that fails.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::os::linux::net::TcpStreamExt;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use camino::Utf8Path;

use super::Repository as Folder;

/// `git daemon` before a bare repository, on the loopback; it ends with this.
pub struct Daemon {
    child: Child,
    pub port: u16,
}

impl Daemon {
    pub fn before(remote: &Utf8Path) -> Self {
        let path = Folder::bare_folder().git(&["--exec-path"]);
        // A port that is free now may be taken a moment later.
        for _ in 0..10 {
            let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
            // Started itself: `git` would start it as a child, which nobody ends.
            let mut command = Command::new(format!("{}/git-daemon", path.trim()));
            command.args(["--listen=127.0.0.1", "--export-all", "--enable=receive-pack", "--reuseaddr"]);
            command.args([&format!("--port={port}"), &format!("--base-path={}", remote)]);
            let mut child = command.arg(remote).stderr(Stdio::null()).spawn().unwrap();
            let started = Instant::now();
            while child.try_wait().unwrap().is_none() && started.elapsed() < Duration::from_secs(30) {
                if TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok() {
                    return Self { child, port };
                }
                thread::yield_now();
            }
        }
        panic!("git daemon does not start")
    }

    pub fn url(&self) -> String {
        url(self.port)
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn url(port: u16) -> String {
    format!("git://127.0.0.1:{port}/")
}

/// Passes everything on, until it is told to fail.
#[derive(Clone)]
pub struct Network {
    pub port: u16,
    /// After so many bytes that were sent, a connection is cut.
    cut_after: Arc<AtomicUsize>,
    /// Once so many bytes were sent, no answer comes back, and the connection is cut.
    deaf_after: Arc<AtomicUsize>,
}

impl Network {
    pub fn to(daemon: &Daemon) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let never = || Arc::new(AtomicUsize::new(usize::MAX));
        let port = listener.local_addr().unwrap().port();
        let network = Self { port, cut_after: never(), deaf_after: never() };
        let (shared, to) = (network.clone(), daemon.port);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let (shared, server) = (shared.clone(), TcpStream::connect((Ipv4Addr::LOCALHOST, to)));
                let Ok(server) = server else { return };
                thread::spawn(move || shared.relay(&client, &server));
            }
        });
        network
    }

    pub fn url(&self) -> String {
        url(self.port)
    }

    pub fn cut_after(&self, bytes: usize) {
        self.cut_after.store(bytes, Ordering::SeqCst);
    }

    pub fn deaf_after(&self, bytes: usize) {
        self.deaf_after.store(bytes, Ordering::SeqCst);
    }

    fn relay(&self, client: &TcpStream, server: &TcpStream) {
        for side in [client, server] {
            side.set_nodelay(true).unwrap();
        }
        let sent = AtomicUsize::new(0);
        thread::scope(|scope| {
            scope.spawn(|| {
                let count =
                    |read| sent.fetch_add(read, Ordering::SeqCst) + read <= self.limit(&self.cut_after);
                pass(client, server, count);
            });
            let heard = |_| sent.load(Ordering::SeqCst) <= self.limit(&self.deaf_after);
            pass(server, client, heard);
        });
    }

    fn limit(&self, which: &AtomicUsize) -> usize {
        which.load(Ordering::SeqCst)
    }
}

/// Until one side ends, or `go_on` says no: then both are cut.
fn pass(mut from: &TcpStream, mut to: &TcpStream, go_on: impl Fn(usize) -> bool) {
    let (mut buffer, mut hears) = ([0; 4096], true);
    loop {
        // git says a word at a time, and the next waits until the last is acknowledged: 40 ms each, if that may be put off.
        let _ = from.set_quickack(true);
        match from.read(&mut buffer) {
            Ok(read) if read > 0 && go_on(read) => {
                // Whoever hears no more may still be heard.
                hears = hears && to.write_all(&buffer[..read]).is_ok();
            }
            Ok(0) => {
                let _ = to.shutdown(Shutdown::Write);
                return;
            }
            _ => break,
        }
    }
    for side in [from, to] {
        let _ = side.shutdown(Shutdown::Both);
    }
}
