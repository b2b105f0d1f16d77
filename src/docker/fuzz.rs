//! What containers wrote, as a daemon of the test's own sends it: cut anywhere, and wrong.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use camino::Utf8PathBuf;
use futures_util::StreamExt;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream};
use tokio::runtime::{Builder, Runtime};

use super::{Engine, Surroundings, connect_from};
use crate::engine::{ContainerId, ContainersError, Frames, Stream};

/// What is sent of a container's output, piece by piece, and whether the answer comes to its end.
#[derive(Clone, Debug, Default)]
struct Script {
    pieces: Vec<Vec<u8>>,
    cut: bool,
}

/// A daemon that answers a hello, and to everything else what the script says.
struct Daemon {
    runtime: Runtime,
    engine: Engine,
    script: Arc<Mutex<Script>>,
    _dir: tempfile::TempDir,
}

impl Daemon {
    fn start() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let socket = Utf8PathBuf::from_path_buf(dir.path().join("engine.sock")).unwrap();
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let script = Arc::<Mutex<Script>>::default();
        let told = Arc::clone(&script);
        let engine = runtime.block_on(async {
            let listener = UnixListener::bind(&socket).unwrap();
            tokio::spawn(async move {
                while let Ok((client, _)) = listener.accept().await {
                    let script = told.lock().unwrap().clone();
                    tokio::spawn(answer(client, script));
                }
            });
            let docker_host = Some(format!("unix://{socket}"));
            connect_from(&Surroundings { docker_host, ..Surroundings::default() }).await.unwrap()
        });
        Self { runtime, engine, script, _dir: dir }
    }

    fn attach(&self, pieces: Vec<Vec<u8>>) -> Seen {
        *self.script.lock().unwrap() = Script { pieces, cut: false };
        self.runtime.block_on(async { seen(self.engine.attach(&id()).await).await })
    }

    fn replay(&self, script: Script) -> Seen {
        *self.script.lock().unwrap() = script;
        self.runtime.block_on(async { seen(self.engine.replay(&id(), false).await).await })
    }
}

fn id() -> ContainerId {
    ContainerId("c".to_owned())
}

async fn answer(mut client: UnixStream, script: Script) -> std::io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(client.read_u8().await?);
    }
    let head = String::from_utf8(head).unwrap();
    let first = head.lines().next().unwrap();
    if !first.contains("/containers/") {
        let body = r#"{"ApiVersion": "1.47", "Version": "27.0.0"}"#;
        let length = body.len();
        let answer =
            format!("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}");
        return client.write_all(answer.as_bytes()).await;
    }
    let raw = first.contains("/attach");
    client
        .write_all(match raw {
            true => b"HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n".as_slice(),
            false => b"HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n",
        })
        .await?;
    for piece in script.pieces.iter().filter(|piece| !piece.is_empty()) {
        let chunk = match raw {
            true => piece.clone(),
            false => [format!("{:x}\r\n", piece.len()).as_bytes(), piece, b"\r\n"].concat(),
        };
        client.write_all(&chunk).await?;
        // Whoever reads gets this piece alone.
        tokio::task::yield_now().await;
    }
    if !raw && !script.cut {
        client.write_all(b"0\r\n\r\n").await?;
    }
    Ok(())
}

/// Frames up to the end or the first error.
#[derive(Debug, Default, PartialEq)]
struct Seen {
    frames: Vec<(Stream, Vec<u8>)>,
    error: Option<String>,
}

impl Seen {
    fn of(&self, stream: Stream) -> Vec<u8> {
        let own = self.frames.iter().filter(|(other, _)| *other == stream);
        own.flat_map(|(_, bytes)| bytes.clone()).collect()
    }
}

async fn seen(frames: Result<Frames, ContainersError>) -> Seen {
    let mut seen = Seen::default();
    let mut frames = match frames {
        Ok(frames) => frames,
        Err(error) => return Seen { error: Some(error.to_string()), ..seen },
    };
    while let Some(next) = frames.next().await {
        match next {
            Ok(frame) => seen.frames.push((frame.stream, frame.bytes.to_vec())),
            Err(error) => return Seen { error: Some(error.to_string()), ..seen },
        }
    }
    seen
}

/// What a stream means: its frames, and whether it is broken behind them.
fn model(mut rest: &[u8]) -> (Vec<(Stream, Vec<u8>)>, bool) {
    let mut frames = Vec::new();
    while let Some(number) = rest.first() {
        let Some((head, body)) = rest.split_at_checked(8).filter(|_| *number <= 2) else {
            return (frames, true);
        };
        let length = u32::from_be_bytes(head[4..].try_into().unwrap()) as usize;
        // A cut right behind a head passes for an end, as one before it does: see `attach::frame`.
        let Some((bytes, next)) = body.split_at_checked(length) else { return (frames, !body.is_empty()) };
        let stream = match number {
            1 => Stream::Stdout,
            2 => Stream::Stderr,
            _ => return (frames, true),
        };
        frames.push((stream, bytes.to_vec()));
        rest = next;
    }
    (frames, false)
}

fn frame(number: u8, promised: u32, bytes: &[u8]) -> Vec<u8> {
    [&[number, 0, 0, 0], &promised.to_be_bytes()[..], bytes].concat()
}

fn bytes(most: usize) -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), 0..most)
}

/// A frame, or what is none.
fn sent() -> impl Strategy<Value = Vec<u8>> {
    let good = |most| (1u8..=2, bytes(most)).prop_map(|(number, b)| frame(number, b.len() as u32, &b));
    prop_oneof![
        12 => good(40),
        1 => good(20_000),
        2 => (1u8..=2).prop_map(|number| frame(number, 0, b"")),
        1 => (any::<u8>(), bytes(9)).prop_map(|(number, b)| frame(number, b.len() as u32, &b)),
        1 => (0u8..=3, any::<u32>(), bytes(9)).prop_map(|(number, promised, b)| frame(number, promised, &b)),
        1 => bytes(30),
    ]
}

/// At which places, as shares of the whole, it is cut.
fn cuts() -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(0.0..1.0f64, 0..12)
}

fn split(whole: &[u8], cuts: &[f64]) -> Vec<Vec<u8>> {
    let mut places: Vec<usize> = cuts.iter().map(|cut| (cut * whole.len() as f64) as usize).collect();
    places.extend([0, whole.len()]);
    places.sort_unstable();
    places.windows(2).map(|pair| whole[pair[0]..pair[1]].to_vec()).collect()
}

#[test]
fn of_a_stream_that_is_cut_or_wrong_all_whole_frames_are_told_and_then_that_it_is_broken() {
    let daemon = Daemon::start();
    let cases = (prop::collection::vec(sent(), 0..12), prop::option::of(0.0..1.0f64), cuts());
    TestRunner::default()
        .run(&cases, |(sent, end, cuts)| {
            let mut whole = sent.concat();
            whole.truncate(end.map_or(whole.len(), |end| (end * whole.len() as f64) as usize));
            let (frames, broken) = model(&whole);
            let seen = daemon.attach(split(&whole, &cuts));
            prop_assert!(seen.frames == frames, "{} frames, not {}", seen.frames.len(), frames.len());
            prop_assert_eq!(seen.error.is_some(), broken, "{:?}", seen.error);
            Ok(())
        })
        .unwrap();
}

const PIECE: usize = 16 * 1024;

/// A line as the driver `local` keeps it: in pieces of 16 KiB, and no newline after the last of more than one. What
/// ends without a newline is a piece without one.
fn kept(line: &[u8], ended: bool) -> Vec<Vec<u8>> {
    let full = line.chunks_exact(PIECE);
    let mut last = full.remainder().to_vec();
    let mut pieces: Vec<Vec<u8>> = full.map(<[u8]>::to_vec).collect();
    if ended && pieces.is_empty() {
        last.push(b'\n');
    }
    if ended || !last.is_empty() {
        pieces.push(last);
    }
    pieces
}

/// What one stream wrote.
#[derive(Default)]
struct Written {
    bytes: Vec<u8>,
    pieces: VecDeque<Vec<u8>>,
    /// Nothing in its pieces tells whether its last newline was written.
    unsure: bool,
}

/// `ended`: so is the last line too.
fn written(lengths: &[usize], ended: bool) -> Written {
    let mut written = Written::default();
    for (number, length) in lengths.iter().enumerate() {
        let line: Vec<u8> = (0..*length).map(|at| b'a' + (at % 7) as u8).collect();
        let ended = ended || number + 1 < lengths.len();
        if *length == 0 && !ended {
            break;
        }
        let pieces = kept(&line, ended);
        written.unsure = *length >= PIECE && pieces.last().is_some_and(|last| last.len() < PIECE);
        written.pieces.extend(pieces);
        written.bytes.extend(line);
        written.bytes.extend(ended.then_some(b'\n'));
    }
    written
}

/// How long the lines of a stream are, and whether the last has its newline. Those that fill pieces are the hard ones.
fn lines() -> impl Strategy<Value = (Vec<usize>, bool)> {
    let length =
        prop_oneof![4 => 0usize..50, 2 => 16_380usize..16_390, 1 => 32_764usize..32_772, 1 => 0usize..50_000];
    (prop::collection::vec(length, 0..5), any::<bool>())
}

#[test]
fn what_the_log_driver_kept_reads_as_it_was_written() {
    let daemon = Daemon::start();
    let cases = (lines(), lines(), prop::collection::vec(0usize..2, 40), cuts());
    TestRunner::default()
        .run(&cases, |(out, err, turns, cuts)| {
            let mut streams = [written(&out.0, out.1), written(&err.0, err.1)];
            let mut sent = Vec::new();
            for turn in turns {
                let which = if streams[turn].pieces.is_empty() { 1 - turn } else { turn };
                let Some(piece) = streams[which].pieces.pop_front() else { break };
                let timed = [b"2026-01-31T06:00:00.123456789Z ", &piece[..]].concat();
                sent.extend(frame(which as u8 + 1, timed.len() as u32, &timed));
            }
            let seen = daemon.replay(Script { pieces: split(&sent, &cuts), cut: false });
            prop_assert_eq!(seen.error.is_some(), streams.iter().any(|stream| stream.unsure));
            for (stream, written) in [Stream::Stdout, Stream::Stderr].into_iter().zip(&streams) {
                let mut told = seen.of(stream);
                if written.unsure && told.len() < written.bytes.len() {
                    told.push(b'\n');
                }
                prop_assert!(told == written.bytes, "{stream:?}: {} bytes", told.len());
            }
            Ok(())
        })
        .unwrap();
}

#[test]
fn an_answer_that_is_cut_is_no_whole_log() {
    let daemon = Daemon::start();
    let cases = (prop::collection::vec(sent(), 0..12), cuts());
    TestRunner::default()
        .run(&cases, |(sent, cuts)| {
            let whole = sent.concat();
            let pieces = split(&whole, &cuts);
            let cut = daemon.replay(Script { pieces: pieces.clone(), cut: true });
            prop_assert!(cut.error.is_some());
            let all = daemon.replay(Script { pieces, cut: false });
            prop_assert!(all.frames.iter().map(|(_, bytes)| bytes.len()).sum::<usize>() <= 2 * whole.len());
            Ok(())
        })
        .unwrap();
}
