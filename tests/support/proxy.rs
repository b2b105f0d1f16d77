//! A socket between Greenroom and the real engine that misbehaves on demand.

use std::io::{self, Read, Write};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::Duration;

/// What is done to a request whose first line holds a text.
#[derive(Clone, Debug)]
pub enum Fault {
    /// The engine hears of it, the client never gets an answer.
    Silence,
    /// The engine does not hear of it; the client gets this status.
    Status(u16),
    /// The engine hears of it; the client gets this status all the same.
    StatusAfter(u16),
    /// The engine hears of it; after so long the client's connection is cut without an answer.
    Lost(Duration),
    /// The answer comes byte by byte.
    Chopped,
    /// After so many bytes of the answer the connection is cut.
    CutAfter(usize),
    /// After so many frames of a log these bytes follow, and then the rest.
    InsertAfter(usize, Vec<u8>),
    /// After so many bytes nothing comes any more, and the connection stays.
    StallAfter(usize),
}

struct Rule {
    what: String,
    fault: Fault,
    /// How often it still happens.
    left: usize,
}

#[derive(Default)]
struct State {
    rules: Mutex<Vec<Rule>>,
    hit: AtomicUsize,
    /// While it is set, no byte passes; new connections wait.
    paused: Mutex<bool>,
    resumed: Condvar,
    closed: AtomicBool,
    open: Mutex<Vec<UnixStream>>,
}

/// Relays every request to the engine on a connection of its own, until it is dropped.
pub struct Proxy {
    pub path: PathBuf,
    state: Arc<State>,
}

impl Proxy {
    /// Listens at `path`, before the engine that the tests use.
    pub fn new(path: PathBuf) -> Self {
        let proxy = Self { path, state: Arc::default() };
        proxy.listen();
        proxy
    }

    pub fn host(&self) -> String {
        format!("unix://{}", self.path.display())
    }

    /// The next `times` requests whose first line holds `what` meet this fault.
    pub fn fault(&self, what: &str, times: usize, fault: Fault) {
        self.state.rules.lock().unwrap().push(Rule { what: what.to_owned(), fault, left: times });
    }

    /// How many requests met a fault so far.
    pub fn hit(&self) -> usize {
        self.state.hit.load(Ordering::SeqCst)
    }

    /// As an engine that was killed: every connection is cut, and its socket is gone.
    pub fn down(&self) {
        self.state.closed.store(true, Ordering::SeqCst);
        // Wakes the listener, so that it sees that it is closed.
        drop(UnixStream::connect(&self.path));
        std::fs::remove_file(&self.path).unwrap();
        for stream in self.state.open.lock().unwrap().drain(..) {
            // It may have ended by itself.
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    pub fn up(&self) {
        self.state.closed.store(false, Ordering::SeqCst);
        self.listen();
    }

    /// As an engine that is stopped by a signal: it accepts, and neither reads nor answers.
    pub fn pause(&self) {
        *self.state.paused.lock().unwrap() = true;
    }

    pub fn unpause(&self) {
        *self.state.paused.lock().unwrap() = false;
        self.state.resumed.notify_all();
    }

    fn listen(&self) {
        let listener = UnixListener::bind(&self.path).unwrap();
        let state = Arc::clone(&self.state);
        thread::spawn(move || {
            for client in listener.incoming() {
                if state.closed.load(Ordering::SeqCst) {
                    return;
                }
                let (Ok(client), state) = (client, Arc::clone(&state)) else { return };
                // A connection that breaks is what the tests are about.
                thread::spawn(move || drop(relay(client, &state)));
            }
        });
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.unpause();
        if self.path.exists() {
            self.down();
        }
    }
}

/// One request, one connection: an answer ends with its connection, so nothing of HTTP but the request's length must
/// be understood here.
fn relay(mut client: UnixStream, state: &Arc<State>) -> io::Result<()> {
    let (head, mut body) = read_head(&mut client)?;
    let first = head.lines().next().unwrap_or_default().to_owned();
    let upgrade = head.to_ascii_lowercase().contains("upgrade:");
    let fault = state.met(&first);
    if let Some(Fault::Status(code)) = fault {
        return refuse(&mut client, code);
    }
    state.wait();
    let mut engine = UnixStream::connect(engine())?;
    state.open([client.try_clone()?, engine.try_clone()?])?;
    if upgrade {
        engine.write_all(head.as_bytes())?;
        engine.write_all(&body)?;
        let (mut from, mut to) = (client.try_clone()?, engine.try_clone()?);
        thread::spawn(move || {
            // The client has nothing more to say.
            if io::copy(&mut from, &mut to).is_ok() {
                let _ = to.shutdown(Shutdown::Write);
            }
        });
    } else {
        let closing = head.replacen("\r\n", "\r\nconnection: close\r\n", 1);
        engine.write_all(closing.as_bytes())?;
        let length = length_of(&head);
        while body.len() < length {
            let mut more = vec![0; 64 * 1024];
            let read = client.read(&mut more)?;
            if read == 0 {
                return Ok(());
            }
            body.extend_from_slice(&more[..read]);
        }
        engine.write_all(&body)?;
        watch_for_the_end(&client, &engine)?;
    }
    match fault {
        Some(Fault::StatusAfter(code)) => {
            io::copy(&mut engine, &mut io::sink())?;
            refuse(&mut client, code)
        }
        Some(Fault::Lost(time)) => {
            thread::sleep(time);
            client.shutdown(Shutdown::Both)
        }
        fault => answer(&mut engine, &mut client, fault, state),
    }
}

/// A client that goes away ends the call.
fn watch_for_the_end(client: &UnixStream, engine: &UnixStream) -> io::Result<()> {
    let (mut client, engine) = (client.try_clone()?, engine.try_clone()?);
    thread::spawn(move || {
        let mut byte = [0];
        if client.read(&mut byte).is_ok_and(|read| read == 0) {
            let _ = engine.shutdown(Shutdown::Both);
        }
    });
    Ok(())
}

fn answer(
    engine: &mut UnixStream,
    client: &mut UnixStream,
    fault: Option<Fault>,
    state: &State,
) -> io::Result<()> {
    let mut bytes = vec![0; 64 * 1024];
    let (mut passed, mut seen) = (0, Vec::new());
    loop {
        let read = engine.read(&mut bytes)?;
        state.wait();
        if read == 0 {
            return client.shutdown(Shutdown::Both);
        }
        let chunk = &bytes[..read];
        let here = |at: usize| (passed + 1..=passed + read).contains(&at).then(|| at - passed);
        match &fault {
            Some(Fault::Silence) => {}
            Some(Fault::Chopped) => {
                for byte in chunk {
                    client.write_all(&[*byte])?;
                }
            }
            Some(Fault::CutAfter(at)) => match here((*at).max(1)) {
                Some(at) => {
                    client.write_all(&chunk[..at])?;
                    engine.shutdown(Shutdown::Both)?;
                    return client.shutdown(Shutdown::Both);
                }
                None => client.write_all(chunk)?,
            },
            Some(Fault::InsertAfter(frames, more)) => {
                seen.extend_from_slice(chunk);
                match end_of(&seen, *frames).and_then(here) {
                    Some(at) => {
                        client.write_all(&chunk[..at])?;
                        client.write_all(more)?;
                        client.write_all(&chunk[at..])?;
                    }
                    None => client.write_all(chunk)?,
                }
            }
            Some(Fault::StallAfter(at)) => {
                let rest = at.saturating_sub(passed).min(read);
                client.write_all(&chunk[..rest])?;
            }
            _ => client.write_all(chunk)?,
        }
        passed += read;
    }
}

/// Where so many frames after the answer's head end. Each is headed by its stream, three zeros and its length.
fn end_of(answer: &[u8], frames: usize) -> Option<usize> {
    let mut at = answer.windows(4).position(|part| part == b"\r\n\r\n")? + 4;
    for _ in 0..frames {
        let length = answer.get(at + 4..at + 8)?.try_into().unwrap();
        at += 8 + u32::from_be_bytes(length) as usize;
    }
    Some(at)
}

impl State {
    /// What passes the door while it is being closed stays outside.
    fn open(&self, streams: [UnixStream; 2]) -> io::Result<()> {
        let mut open = self.open.lock().unwrap();
        if self.closed.load(Ordering::SeqCst) {
            return Err(io::ErrorKind::ConnectionRefused.into());
        }
        open.extend(streams);
        Ok(())
    }

    fn met(&self, first: &str) -> Option<Fault> {
        let mut rules = self.rules.lock().unwrap();
        let rule = rules.iter_mut().find(|rule| rule.left > 0 && first.contains(&rule.what))?;
        rule.left -= 1;
        self.hit.fetch_add(1, Ordering::SeqCst);
        Some(rule.fault.clone())
    }

    fn wait(&self) {
        let paused = self.paused.lock().unwrap();
        drop(self.resumed.wait_while(paused, |paused| *paused).unwrap());
    }
}

fn refuse(client: &mut UnixStream, code: u16) -> io::Result<()> {
    let body = r#"{"message":"scripted"}"#;
    let head = format!("HTTP/1.1 {code} X\r\ncontent-type: application/json\r\nconnection: close\r\n");
    write!(client, "{head}content-length: {}\r\n\r\n{body}", body.len())?;
    client.shutdown(Shutdown::Both)
}

fn read_head(client: &mut UnixStream) -> io::Result<(String, Vec<u8>)> {
    let mut bytes = Vec::new();
    loop {
        let mut more = [0; 4096];
        let read = client.read(&mut more)?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        bytes.extend_from_slice(&more[..read]);
        if let Some(end) = bytes.windows(4).position(|part| part == b"\r\n\r\n") {
            let body = bytes.split_off(end + 4);
            return Ok((super::text(&bytes), body));
        }
    }
}

fn length_of(head: &str) -> usize {
    let mut lengths = head.lines().filter_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().unwrap())
    });
    lengths.next_back().unwrap_or_default()
}

/// The engine that the tests use: where `DOCKER_HOST` says, or where Docker listens.
fn engine() -> PathBuf {
    let named = std::env::var("DOCKER_HOST").ok();
    match named.as_deref().and_then(|host| host.strip_prefix("unix://")) {
        Some(path) => Path::new(path).to_owned(),
        None => "/var/run/docker.sock".into(),
    }
}
