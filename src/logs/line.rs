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
    /// The last byte went back to the line's beginning: what comes next is written over all of it.
    returned: bool,
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
            self.take(text);
            if ended {
                out.extend(self.finish());
            }
        }
    }

    /// More of the pending line. Of a progress bar only the last state is kept, however long it goes on.
    fn take(&mut self, text: &[u8]) {
        let Some(last) = text.iter().rposition(|byte| *byte != b'\r') else {
            self.returned |= !text.is_empty();
            return;
        };
        let over = text[..last].iter().rposition(|byte| *byte == b'\r').map(|at| at + 1);
        if over.is_some() || self.returned {
            self.pending.clear();
            self.dropped = 0;
        }
        let kept = &text[over.unwrap_or(0)..=last];
        let room = LONGEST.saturating_sub(self.pending.len()).min(kept.len());
        self.pending.extend_from_slice(&kept[..room]);
        self.dropped += (kept.len() - room) as u64;
        self.returned = last + 1 < text.len();
    }

    /// The line as far as it came, if one has begun.
    pub(super) fn finish(&mut self) -> Option<Line> {
        let start = self.start.take()?;
        let mut text = String::from_utf8_lossy(&self.pending).into_owned();
        if self.dropped > 0 {
            text.push_str(&format!(" … {} more bytes", self.dropped));
        }
        self.pending.clear();
        (self.dropped, self.returned) = (0, false);
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
        assert_eq!(assembled(&[b"10%\r", b"\r", b"50", b"%\r", b"\r\n", b"\r\nbye\r"]), ["50%", "", "bye"]);
        // Of one that goes on for longer than any line is shown.
        let long = b"\rloading 99%".repeat(LONGEST);
        assert_eq!(assembled(&[&long, b"\rdone\n"]), ["done"]);
        assert_eq!(assembled(&[&long]), ["loading 99%"]);
    }

    #[test]
    fn a_very_long_line_is_cut() {
        let long = vec![b'x'; 3 * LONGEST];
        let lines = assembled(&[&long, b"y\nnext\n"]);
        assert!(lines[0].ends_with("x … 32769 more bytes"));
        assert_eq!(lines[1], "next");
    }
}
