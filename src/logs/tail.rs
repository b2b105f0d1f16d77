use std::collections::VecDeque;
use std::io;
use std::ops::Range;

use camino::Utf8Path;

use super::line::Line;
use super::reader::Reader;
use crate::disk::{Access, open_record};

/// How far back to look first, in bytes.
const FIRST_LOOK: u64 = 64 * 1024;

/// The last lines of a log, at most `count`; also one that has no end yet.
pub fn tail(log: &Utf8Path, count: usize) -> io::Result<Vec<Line>> {
    let length = open_record(log, Access::Read)?.metadata()?.len();
    let mut look = FIRST_LOOK;
    loop {
        let mut reader = Reader::open_at(log, length.saturating_sub(look))?;
        let start = reader.offset();
        // What stands first may be a line's end only; one line more than asked for proves that the others are whole.
        let spare = if start == 0 { 0 } else { 2 };
        let mut last = VecDeque::new();
        loop {
            let lines = reader.rest()?;
            let done = lines.is_empty();
            last.extend(lines);
            last.drain(..last.len().saturating_sub(count + spare));
            if done {
                break;
            }
        }
        if start == 0 || last.len() >= count + spare {
            last.drain(..last.len().saturating_sub(count));
            return Ok(last.into());
        }
        look *= 16;
    }
}

/// The lines numbered so, from 0, in the order in which they were completed.
pub fn lines(log: &Utf8Path, range: Range<usize>) -> io::Result<Vec<Line>> {
    let mut reader = Reader::open(log)?;
    let mut wanted = Vec::new();
    let mut seen = 0;
    while seen < range.end {
        let batch = reader.rest()?;
        if batch.is_empty() {
            break;
        }
        for line in batch {
            if range.contains(&seen) {
                wanted.push(line);
            }
            seen += 1;
        }
    }
    Ok(wanted)
}

#[cfg(test)]
mod tests {
    use camino::Utf8PathBuf;

    use super::super::spool::Spool;
    use super::*;
    use crate::engine::Stream;

    #[test]
    fn the_end_of_a_long_log_is_found_without_its_beginning() {
        let dir = tempfile::tempdir().unwrap();
        let log = Utf8PathBuf::from_path_buf(dir.path().join("a.1.log")).unwrap();
        let mut spool = Spool::create(&log).unwrap();
        for number in 0..20_000 {
            let stream = if number % 3 == 0 { Stream::Stderr } else { Stream::Stdout };
            spool.append(stream, format!("line {number}\n").as_bytes(), 0).unwrap();
        }
        let texts = |lines: Vec<Line>| lines.into_iter().map(|line| line.text).collect::<Vec<_>>();
        assert_eq!(texts(tail(&log, 2).unwrap()), ["line 19998", "line 19999"]);
        let all = texts(tail(&log, 30_000).unwrap());
        assert_eq!((all.len(), all[0].as_str()), (20_000, "line 0"));
        assert_eq!(texts(lines(&log, 5..7).unwrap()), ["line 5", "line 6"]);
        assert!(lines(&log, 20_000..20_001).unwrap().is_empty());
        assert!(tail(&log, 0).unwrap().is_empty());
    }
}
