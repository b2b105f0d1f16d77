use super::Look;
use super::head::Head;
use crate::domain::Content;
use crate::domain::figures::{counted, size};

/// Lines that are kept, and letters of each.
const LINES: usize = 10_000;
const LONGEST: usize = 2_000;
/// Of what is no text.
const BYTES: usize = 64 << 10;

pub(super) fn lines(head: &Head) -> Look {
    let lines = split(head.lines());
    let mut notes = Vec::new();
    let all = head.lines().split(|byte| *byte == b'\n').count();
    if !head.whole || all > LINES + 1 {
        let is = if lines.len() == 1 { "is" } else { "are" };
        notes.push(format!("only the first {} {is} shown", counted(lines.len() as u64, "line")));
    }
    Look { content: Content::Text(lines), notes }
}

pub(super) fn bytes(head: &Head) -> Look {
    let bytes = head.bytes[..head.bytes.len().min(BYTES)].to_vec();
    let cut = !head.whole || bytes.len() < head.bytes.len();
    let notes = cut.then(|| format!("only the first {} are shown", size(bytes.len() as u64)));
    Look { content: Content::Bytes(bytes), notes: notes.into_iter().collect() }
}

/// What is no UTF-8 becomes `�`.
pub(super) fn split(bytes: &[u8]) -> Vec<String> {
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    let line = |line: &[u8]| {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let text = String::from_utf8_lossy(&line[..line.len().min(LONGEST * 4)]);
        let mut shown: String = text.chars().take(LONGEST).collect();
        if shown.len() < line.len() && text.chars().nth(LONGEST).is_some() {
            shown.push('…');
        }
        shown
    };
    bytes.split(|byte| *byte == b'\n').take(LINES).map(line).collect()
}
