//! A wire to a server on this machine, which can be cut.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

pub struct Wire {
    /// Where it is reached: `127.0.0.1:port`.
    pub host: String,
    state: Arc<State>,
}

struct State {
    server: String,
    /// Bytes that clients have sent.
    sent: AtomicU64,
    /// After so many it is cut.
    most: AtomicU64,
    cut: AtomicBool,
    open: Mutex<Vec<TcpStream>>,
}

impl Wire {
    pub fn to(server: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let host = listener.local_addr().unwrap().to_string();
        let state = Arc::new(State {
            server: server.to_owned(),
            sent: AtomicU64::new(0),
            most: AtomicU64::new(u64::MAX),
            cut: AtomicBool::new(false),
            open: Mutex::default(),
        });
        let served = Arc::clone(&state);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                if let (false, Ok(server)) =
                    (served.cut.load(Ordering::SeqCst), TcpStream::connect(&served.server))
                {
                    relay(client, server, &served);
                }
            }
        });
        Self { host, state }
    }

    /// It is cut when clients have sent so many bytes more, and every connection with it.
    pub fn cut_after(&self, bytes: u64) {
        self.state.most.store(self.sent() + bytes, Ordering::SeqCst);
    }

    pub fn mend(&self) {
        self.state.most.store(u64::MAX, Ordering::SeqCst);
        self.state.cut.store(false, Ordering::SeqCst);
    }

    pub fn sent(&self) -> u64 {
        self.state.sent.load(Ordering::SeqCst)
    }
}

fn relay(client: TcpStream, server: TcpStream, state: &Arc<State>) {
    let mut open = state.open.lock().unwrap();
    open.extend([client.try_clone().unwrap(), server.try_clone().unwrap()]);
    drop(open);
    let back = (server.try_clone().unwrap(), client.try_clone().unwrap());
    let counted = Arc::clone(state);
    thread::spawn(move || pass(client, server, Some(&counted)));
    thread::spawn(move || pass(back.0, back.1, None));
}

fn pass(mut from: TcpStream, mut to: TcpStream, counted: Option<&State>) {
    let mut bytes = vec![0; 64 * 1024];
    while let Ok(read) = from.read(&mut bytes)
        && read > 0
    {
        if let Some(state) = counted {
            let sent = state.sent.fetch_add(read as u64, Ordering::SeqCst) + read as u64;
            if sent > state.most.load(Ordering::SeqCst) {
                state.cut.store(true, Ordering::SeqCst);
                for stream in state.open.lock().unwrap().drain(..) {
                    // It may have ended by itself.
                    let _ = stream.shutdown(Shutdown::Both);
                }
                return;
            }
        }
        if to.write_all(&bytes[..read]).is_err() {
            break;
        }
    }
    // The other side may have nothing to say any more either.
    let _ = to.shutdown(Shutdown::Write);
}
