use camino::Utf8Path;
use serde::de::IgnoredAny;

use super::super::error::invalid;
use crate::domain::{RunEvent, Token};
use crate::engine::StoreError;

/// The bytes at the start that are whole lines.
///
/// What follows is torn: a crash cut it. That is a last line without its newline, also one that reads as JSON (nobody
/// was shown it, and nobody was told that it is durable), and a last line that is no JSON (of a machine that lost its
/// power, the file's length may be on disk and the bytes not).
pub(super) fn whole_length(text: &[u8]) -> usize {
    let Some(end) = text.iter().rposition(|byte| *byte == b'\n') else { return 0 };
    let start = text[..end].iter().rposition(|byte| *byte == b'\n').map_or(0, |before| before + 1);
    match serde_json::from_slice::<IgnoredAny>(&text[start..end]) {
        Ok(_) => end + 1,
        Err(_) => start,
    }
}

/// The events of whole lines, of which the first is number `first`.
pub(super) fn events(
    path: &Utf8Path,
    text: &[u8],
    first: u64,
    token: Token,
) -> Result<Vec<RunEvent>, StoreError> {
    let lines = text.split_inclusive(|byte| *byte == b'\n').zip(first..);
    lines.map(|(line, seq)| event(path, line, seq, token)).collect()
}

fn event(path: &Utf8Path, line: &[u8], seq: u64, token: Token) -> Result<RunEvent, StoreError> {
    let place = || format!("{path}, line {}", seq + 1);
    let event: RunEvent = serde_json::from_slice(line).map_err(|error| {
        let why = format!("it is no event that this version of Greenroom knows ({error})");
        invalid(place(), why)
    })?;
    if event.token != token {
        return Err(invalid(place(), format!("it is an event of another run, {}", event.token)));
    }
    if event.seq != seq {
        return Err(invalid(
            place(),
            format!("its seq is {} where {seq} is due: lines are missing", event.seq),
        ));
    }
    Ok(event)
}
