use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

use camino::Utf8Path;

use super::index::{self, Chunk};
use super::line::{Assembler, Line};
use crate::disk::{Access, open_record};
use crate::engine::Stream;

/// Chunks looked at in one go.
const BATCH: usize = 1024;
/// Bytes read in one go.
const PIECE: u64 = 64 * 1024;

/// Reads a log's lines from a place on, and on as it grows. Memory does not grow with the log.
///
/// Lines are put together stream by stream: half a line of one is never broken by a line of the other.
pub struct Reader {
    log: File,
    index: Option<File>,
    /// The next record of the index.
    record: u64,
    /// What was read of the log.
    offset: u64,
    /// How long the log was when its rest was asked for: what comes behind that is not read.
    end: Option<u64>,
    stdout: Assembler,
    stderr: Assembler,
}

impl Reader {
    /// From the start. A log without its index reads as one stream without times.
    pub fn open(log: &Utf8Path) -> io::Result<Self> {
        Self::open_at(log, 0)
    }

    /// From the chunk that holds the byte at `offset`; the first line of each stream may lack its beginning.
    pub(super) fn open_at(log: &Utf8Path, offset: u64) -> io::Result<Self> {
        let index = match open_record(&index::beside(log), Access::Read) {
            Ok(index) => Some(index),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        let (record, offset) = match &index {
            Some(index) => index::at(index, offset)?,
            None => (0, offset),
        };
        let log = open_record(log, Access::Read)?;
        let (stdout, stderr) = Default::default();
        Ok(Self { log, index, record, offset, end: None, stdout, stderr })
    }

    /// Where it stands in the log, in bytes.
    pub(super) fn offset(&self) -> u64 {
        self.offset
    }

    /// Lines that are complete by now and were not given before; some of them if they are many. None: nothing more
    /// yet, so wait and ask again, or call `rest` when the step has ended.
    pub fn read(&mut self) -> io::Result<Vec<Line>> {
        let mut lines = Vec::new();
        while lines.is_empty() && self.step(&mut lines)? {}
        Ok(lines)
    }

    /// At the end of a log: also what the index does not tell of, and lines without an end. Some of them if they are
    /// many; none: that was all.
    pub fn rest(&mut self) -> io::Result<Vec<Line>> {
        let mut lines = self.read()?;
        if lines.is_empty() {
            self.index = None;
            self.end = Some(self.length()?);
            lines = self.read()?;
        }
        if lines.is_empty() {
            lines.extend(self.stdout.finish());
            lines.extend(self.stderr.finish());
        }
        Ok(lines)
    }

    fn length(&self) -> io::Result<u64> {
        self.end.map_or_else(|| Ok(self.log.metadata()?.len()), Ok)
    }

    /// False: nothing new.
    fn step(&mut self, lines: &mut Vec<Line>) -> io::Result<bool> {
        let length = self.length()?;
        let Some(index) = &self.index else {
            let end = length.min(self.offset + PIECE);
            return self.take(end, None, lines);
        };
        let mut moved = false;
        let most = self.offset + 16 * PIECE;
        for chunk in index::read(index, self.record, BATCH)? {
            if chunk.end > length || chunk.end < self.offset {
                break;
            }
            // A broken index may tell of one chunk as long as the log.
            self.take(chunk.end.min(most), Some(chunk), lines)?;
            moved = true;
            if chunk.end > most {
                break;
            }
            self.record += 1;
        }
        Ok(moved)
    }

    fn take(&mut self, end: u64, chunk: Option<Chunk>, lines: &mut Vec<Line>) -> io::Result<bool> {
        let time = chunk.and_then(|chunk| i64::try_from(chunk.time).ok());
        let time = time.and_then(|time| jiff::Timestamp::from_microsecond(time).ok());
        let moved = self.offset < end;
        let mut piece = Vec::new();
        while self.offset < end {
            piece.resize(usize::try_from(PIECE.min(end - self.offset)).unwrap_or(0), 0);
            self.log.read_exact_at(&mut piece, self.offset)?;
            let stream = chunk.map(|chunk| chunk.stream);
            let assembler = match stream {
                Some(Stream::Stderr) => &mut self.stderr,
                _ => &mut self.stdout,
            };
            assembler.push(&piece, self.offset, stream, time, lines);
            self.offset += piece.len() as u64;
        }
        Ok(moved)
    }
}

#[cfg(test)]
mod tests {
    use camino::Utf8PathBuf;

    use super::super::spool::Spool;
    use super::*;

    #[test]
    fn streams_do_not_break_each_others_lines() {
        let dir = tempfile::tempdir().unwrap();
        let log = Utf8PathBuf::from_path_buf(dir.path().join("a.1.log")).unwrap();
        let mut spool = Spool::create(&log).unwrap();
        spool.append(Stream::Stdout, b"half", 1_000_000).unwrap();
        spool.append(Stream::Stderr, b"trouble\n", 2_000_000).unwrap();
        spool.append(Stream::Stdout, b" a line\nopen", 3_000_000).unwrap();
        let mut reader = Reader::open(&log).unwrap();
        let lines = reader.read().unwrap();
        let told: Vec<_> =
            lines.iter().map(|l| (l.text.as_str(), l.stream, l.time.unwrap().as_second())).collect();
        assert_eq!(told, [("trouble", Some(Stream::Stderr), 2), ("half a line", Some(Stream::Stdout), 1)]);
        assert!(reader.read().unwrap().is_empty());
        assert_eq!(reader.rest().unwrap()[0].text, "open");
    }

    #[test]
    fn a_log_without_an_index_is_read_all_the_same() {
        let dir = tempfile::tempdir().unwrap();
        let log = Utf8PathBuf::from_path_buf(dir.path().join("a.1.log")).unwrap();
        fs_err::write(&log, "one\ntwo").unwrap();
        let mut reader = Reader::open(&log).unwrap();
        assert_eq!(reader.read().unwrap().len(), 1);
        assert_eq!(reader.rest().unwrap()[0].text, "two");
    }
}
