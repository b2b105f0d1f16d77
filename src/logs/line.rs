use crate::engine::Stream;

/// Longer lines are cut for showing; the disk keeps them whole.
const LONGEST: usize = 16 * 1024;

/// A line of a log, as a person reads it. Not neutralised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Where it starts in the log, in bytes.
    pub offset: u64,
    /// None where the index does not tell.
    pub stream: Option<Stream>,
    /// When its first byte came.
    pub time: Option<jiff::Timestamp>,
    /// Without its end; of what `\r` wrote over, only the last; what is not UTF-8 is replaced.
    pub text: String,
}

/// Puts one stream's chunks together to lines.
#[derive(Default)]
pub(super) struct Assembler {
    pending: Vec<u8>,
    /// Bytes of the pending line that were too many to keep.
    dropped: u64,
    start: Option<Start>,
}

#[derive(Clone, Copy)]
struct Start {
    offset: u64,
    stream: Option<Stream>,
    time: Option<jiff::Timestamp>,
}

impl Assembler {
    pub(super) fn push(
        &mut self,
        bytes: &[u8],
        offset: u64,
        stream: Option<Stream>,
        time: Option<jiff::Timestamp>,
        out: &mut Vec<Line>,
    ) {
        let mut at = offset;
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.start.get_or_insert(Start { offset: at, stream, time });
            at += piece.len() as u64;
            let (text, ended) = match piece.strip_suffix(b"\n") {
                Some(text) => (text, true),
                None => (piece, false),
            };
            let room = LONGEST.saturating_sub(self.pending.len()).min(text.len());
            self.pending.extend_from_slice(&text[..room]);
            self.dropped += (text.len() - room) as u64;
            if ended {
                out.extend(self.finish());
            }
        }
    }

    /// The line as far as it came, if one has begun.
    pub(super) fn finish(&mut self) -> Option<Line> {
        let start = self.start.take()?;
        let whole = String::from_utf8_lossy(&self.pending);
        let shown = whole.trim_end_matches('\r');
        let mut text = shown.rsplit_once('\r').map_or(shown, |(_, last)| last).to_owned();
        if self.dropped > 0 {
            text.push_str(&format!(" … {} more bytes", self.dropped));
        }
        self.pending.clear();
        self.dropped = 0;
        Some(Line { offset: start.offset, stream: start.stream, time: start.time, text })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assembled(pieces: &[&[u8]]) -> Vec<String> {
        let mut assembler = Assembler::default();
        let mut out = Vec::new();
        for piece in pieces {
            assembler.push(piece, 0, None, None, &mut out);
        }
        out.extend(assembler.finish());
        out.into_iter().map(|line| line.text).collect()
    }

    #[test]
    fn lines_are_put_together_over_cuts() {
        assert_eq!(
            assembled(&[b"on", b"e\n\ntw\xc3", b"\xa9\xff\nthree"]),
            ["one", "", "twé\u{fffd}", "three"]
        );
    }

    #[test]
    fn of_a_progress_bar_the_last_state_is_shown() {
        assert_eq!(assembled(&[b"10%\r50%\r100%\r\nbye"]), ["100%", "bye"]);
    }

    #[test]
    fn a_very_long_line_is_cut() {
        let long = vec![b'x'; 3 * LONGEST];
        let lines = assembled(&[&long, b"y\nnext\n"]);
        assert!(lines[0].ends_with("x … 32769 more bytes"));
        assert_eq!(lines[1], "next");
    }
}
