use std::io;
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};
use tokio_util::sync::CancellationToken;

use super::super::runner::Teller;
use crate::app::{
    Anchor, Answer, ERROR_SIGNS, Level, LogAsk, LogLine, LogWindow, News, Trouble, Wanted, level,
};
use crate::cli::{Exit, UserError};
use crate::domain::{NodeId, RunLayout};
use crate::engine::Stream;
use crate::logs::{self, Needle, Window, neutralise};
use crate::store::is_driven;

/// How often it is looked whether a log has grown: a fast one grows thousands of times a second.
const LOOK: Duration = Duration::from_millis(50);

/// The lines that are wanted, fit for a terminal.
pub fn window(ask: &LogAsk) -> Result<Answer, Trouble> {
    let log = path(&ask.run, &ask.node, ask.attempt);
    let read = match ask.anchor {
        Anchor::End => logs::last_window(&log, ask.above + ask.below),
        Anchor::At(offset) => logs::window(&log, offset, ask.above, ask.below),
    };
    let window = match read {
        // A step that has only just started has written nothing.
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Window { from_start: true, to_end: true, ..Window::default() }
        }
        read => read.map_err(unread)?,
    };
    let line = |line: logs::Line| LogLine {
        offset: line.offset,
        stderr: line.stream == Some(Stream::Stderr),
        time: line.time,
        text: neutralise(&line.text).into_owned(),
    };
    let Window { lines, from_start, to_end } = window;
    Ok(Answer::Log(LogWindow { lines: lines.into_iter().map(line).collect(), from_start, to_end }))
}

/// How long it is, now and each time it has grown, until nobody writes to it.
pub async fn lengths(
    run: &Utf8Path,
    node: &NodeId,
    attempt: u32,
    teller: &Teller,
) -> Result<Answer, Trouble> {
    let (log, lock) = (path(run, node, attempt), RunLayout::at(run).lock());
    let mut told = None;
    loop {
        // Asked before the length: what was written before the end is then seen.
        let driven = is_driven(&lock).unwrap_or_default();
        let length = logs::length(&log).map_err(unread)?;
        if told != Some(length) {
            told = Some(length);
            teller.tell(News::LogLength(length));
        }
        if !driven {
            return Ok(Answer::LogEnded);
        }
        tokio::time::sleep(LOOK).await;
    }
}

pub fn search(
    run: &Utf8Path,
    node: &NodeId,
    attempt: u32,
    wanted: &Wanted,
    from: u64,
    teller: &Teller,
    stop: &CancellationToken,
) -> Result<Answer, Trouble> {
    let needle = match wanted {
        Wanted::Text(text) => Needle::new(text),
        Wanted::Error => Needle::any(&ERROR_SIGNS),
    };
    let says_so =
        |line: &[u8]| level(&String::from_utf8_lossy(&line[..line.len().min(1000)])) == Some(Level::Error);
    let holds = |line: &[u8]| {
        needle.as_ref().is_some_and(|needle| needle.is_in(line))
            && (*wanted != Wanted::Error || says_so(line))
    };
    let mut tell =
        |found: Vec<u64>| (found.is_empty() || teller.tell(News::Found(found))) && !stop.is_cancelled();
    let searched = logs::search(&path(run, node, attempt), from, &holds, &mut tell).map_err(unread)?;
    Ok(Answer::Searched { length: searched.length, whole: searched.whole })
}

fn path(run: &Utf8Path, node: &NodeId, attempt: u32) -> Utf8PathBuf {
    RunLayout::at(run).log(node, attempt)
}

fn unread(error: io::Error) -> Trouble {
    UserError::from_error(Exit::NotReady, "the log cannot be read", &error).into()
}
