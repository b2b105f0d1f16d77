use super::Line;
use super::line::Assembler;
use crate::engine::{Frame, Stream};

/// Puts frames together to lines as they come, each stream on its own. Nothing is kept but the line that has begun.
#[derive(Default)]
pub struct LiveLines {
    out: Assembler,
    err: Assembler,
}

impl LiveLines {
    /// The lines that this frame ends.
    pub fn push(&mut self, frame: &Frame) -> Vec<Line> {
        let assembler = match frame.stream {
            Stream::Stdout => &mut self.out,
            Stream::Stderr => &mut self.err,
        };
        let mut lines = Vec::new();
        assembler.push(&frame.bytes, 0, Some(frame.stream), None, &mut lines);
        lines
    }

    /// Those that never ended.
    pub fn finish(mut self) -> Vec<Line> {
        self.out.finish().into_iter().chain(self.err.finish()).collect()
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    #[test]
    fn streams_that_are_mixed_give_whole_lines() {
        let mut lines = LiveLines::default();
        let mut seen = Vec::new();
        for (stream, text) in [
            (Stream::Stdout, "star"),
            (Stream::Stderr, "warn: x\nfat"),
            (Stream::Stdout, "ted\n"),
            (Stream::Stderr, "al"),
        ] {
            let frame = Frame { stream, bytes: Bytes::from_static(text.as_bytes()) };
            seen.extend(lines.push(&frame).into_iter().map(|line| line.text));
        }
        seen.extend(lines.finish().into_iter().map(|line| line.text));
        assert_eq!(seen, ["warn: x", "started", "fatal"]);
    }
}
