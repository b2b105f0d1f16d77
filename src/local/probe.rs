use std::io::ErrorKind;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::docker::{DockerError, Engine, ServiceFacts};
use crate::domain::Ready;

/// For one try.
const ANSWER: Duration = Duration::from_secs(3);
/// State and local address of every socket, as the kernel lists them. A listening one has the state 0A.
const SOCKETS: [&str; 3] = ["cat", "/proc/net/tcp", "/proc/net/tcp6"];

/// None: it answers. Else what it was that did not, for people.
pub(super) async fn probe(
    engine: &Engine,
    facts: &ServiceFacts,
    port: Option<u16>,
    ready: &Ready,
) -> Result<Option<String>, DockerError> {
    match ready {
        Ready::Tcp(port) => tcp(engine, facts, *port).await,
        Ready::Http(path) => Ok(http(facts, port, path).await),
        Ready::Command(argv) => {
            let ran = match timeout(ANSWER, engine.exec(&facts.id.0, argv)).await {
                Ok(ran) => ran?,
                Err(_) => return Ok(Some(format!("{} did not end", argv.join(" ")))),
            };
            let last = ran.output.lines().last().unwrap_or_default().to_owned();
            let told = if last.is_empty() { last } else { format!(": {last}") };
            Ok((ran.code != 0).then(|| format!("{} exited with {}{told}", argv.join(" "), ran.code)))
        }
    }
}

/// To the service's own address, as steps reach it: the published port is opened by the engine before anybody listens
/// behind it. Where containers' addresses cannot be reached from here (a rootless engine, one in a virtual machine),
/// the kernel's list of the container's own sockets tells.
async fn tcp(engine: &Engine, facts: &ServiceFacts, port: u16) -> Result<Option<String>, DockerError> {
    let silent = || Ok(Some(format!("nothing listens on port {port}")));
    if let Some(address) = &facts.address {
        match timeout(ANSWER, TcpStream::connect((address.as_str(), port))).await {
            Ok(Ok(_)) => return Ok(None),
            Ok(Err(error)) if error.kind() == ErrorKind::ConnectionRefused => return silent(),
            _ => {}
        }
    }
    let listed = engine.exec(&facts.id.0, &SOCKETS.map(str::to_owned)).await?;
    if listens(&listed.output, port) { Ok(None) } else { silent() }
}

/// On an address that others reach: not only on the container's own loopback.
fn listens(sockets: &str, port: u16) -> bool {
    let own = |address: &str| matches!(address, "0100007F" | "00000000000000000000000001000000");
    sockets.lines().any(|line| {
        let mut fields = line.split_whitespace().skip(1);
        let local = fields.next().and_then(|local| local.split_once(':'));
        let listening = fields.nth(1) == Some("0A");
        let here =
            |(address, found): (&str, &str)| !own(address) && u16::from_str_radix(found, 16) == Ok(port);
        listening && local.is_some_and(here)
    })
}

async fn http(facts: &ServiceFacts, port: Option<u16>, path: &str) -> Option<String> {
    let Some(port) = port else { return Some("it has no port to ask".to_owned()) };
    let mut problem = String::new();
    // The published port reaches it where its own address does not.
    for host in facts.address.as_deref().into_iter().chain(["127.0.0.1"]) {
        match timeout(ANSWER, get(host, port, path)).await {
            Ok(Ok(200..400)) => return None,
            Ok(Ok(status)) => return Some(format!("GET {path} answers {status}")),
            Ok(Err(error)) => problem = error.to_string(),
            Err(_) => problem = "no answer".to_owned(),
        }
    }
    Some(format!("GET {path} on port {port}: {problem}"))
}

/// The status that it answers with.
pub(super) async fn get(host: &str, port: u16, path: &str) -> std::io::Result<u16> {
    let mut stream = TcpStream::connect((host, port)).await?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    // `HTTP/1.1 200`
    let mut head = [0; 12];
    stream.read_exact(&mut head).await?;
    std::str::from_utf8(&head)
        .ok()
        .filter(|head| head.starts_with("HTTP/1."))
        .and_then(|head| head.get(9..)?.parse().ok())
        .ok_or_else(|| std::io::Error::new(ErrorKind::InvalidData, "that is no HTTP answer"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernels_list_tells_who_listens_where_others_reach_it() {
        let list = "  sl  local_address rem_address   st tx_queue\n   \
                    0: 00000000:233F 00000000:0000 0A 00000000:00000000\n   \
                    1: 0100007F:1F90 00000000:0000 0A 00000000:00000000\n   \
                    2: 020011AC:C350 030011AC:01BB 01 00000000:00000000\n";
        assert!(listens(list, 9023));
        assert!(!listens(list, 8080), "only on its loopback");
        assert!(!listens(list, 50_000), "a connection, no listener");
        assert!(!listens("cat: /proc/net/tcp: No such file or directory", 9023));
    }

    #[tokio::test]
    async fn an_answer_is_read_by_its_status() {
        let server = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = server.local_addr().unwrap().port();
        let answers = ["HTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.0 503 x\r\n\r\n", "+OK redis here\r\n"];
        let serve = async {
            for answer in answers {
                let (mut stream, _) = server.accept().await.unwrap();
                stream.write_all(answer.as_bytes()).await.unwrap();
            }
        };
        let ask = async {
            let mut seen = Vec::new();
            for _ in answers {
                seen.push(get("127.0.0.1", port, "/health").await.ok());
            }
            seen
        };
        let ((), seen) = tokio::join!(serve, ask);
        assert_eq!(seen, [Some(204), Some(503), None]);
    }
}
