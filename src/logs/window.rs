use std::collections::VecDeque;
use std::io;

use camino::Utf8Path;

use super::line::Line;
use super::reader::Reader;
use super::tail;
use crate::disk::{Access, open_record};

/// How far back to look first, in bytes.
const FIRST_LOOK: u64 = 64 * 1024;

/// Lines around a place, in the order in which they begin.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Window {
    pub lines: Vec<Line>,
    /// Nothing stands before them.
    pub from_start: bool,
    /// Nothing stood after them when they were read.
    pub to_end: bool,
}

/// At most `above` lines that begin before the byte `at` and `below` that begin there or behind it. What is read does not
/// grow with the log.
pub fn window(log: &Utf8Path, at: u64, above: usize, below: usize) -> io::Result<Window> {
    let mut look = FIRST_LOOK;
    loop {
        let mut reader = Reader::open_at(log, at.saturating_sub(look))?;
        let start = reader.offset();
        let mut before = VecDeque::new();
        let mut after = Vec::new();
        // Lines are given as they end; one that began earlier may come later, but not by more than the other stream says
        // meanwhile: one more than asked for proves that none is missing.
        let mut to_end = false;
        while after.len() <= below {
            let lines = reader.rest()?;
            if lines.is_empty() {
                to_end = true;
                break;
            }
            for line in lines {
                if line.offset < at { before.push_back(line) } else { after.push(line) }
            }
        }
        before.make_contiguous().sort_by_key(|line| line.offset);
        after.sort_by_key(|line| line.offset);
        // What stands first may be a line's end only, of either stream.
        let spare = if start == 0 { 0 } else { 2 };
        if start > 0 && before.len() < above + spare {
            look *= 16;
            continue;
        }
        to_end &= after.len() <= below;
        after.truncate(below);
        let cut = before.len().saturating_sub(above);
        before.drain(..cut);
        let lines = before.into_iter().chain(after).collect();
        return Ok(Window { lines, from_start: start == 0 && cut == 0, to_end });
    }
}

/// The last lines.
pub fn last_window(log: &Utf8Path, count: usize) -> io::Result<Window> {
    let mut lines = tail(log, count + 1)?;
    lines.sort_by_key(|line| line.offset);
    let from_start = lines.len() <= count;
    lines.drain(..lines.len().saturating_sub(count));
    Ok(Window { lines, from_start, to_end: true })
}

/// Bytes of a log so far; none where it has not begun.
pub fn length(log: &Utf8Path) -> io::Result<u64> {
    match open_record(log, Access::Read) {
        Ok(file) => Ok(file.metadata()?.len()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use camino::Utf8PathBuf;

    use super::super::spool::Spool;
    use super::*;
    use crate::engine::Stream;

    fn log(lines: u64) -> (tempfile::TempDir, Utf8PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let log = Utf8PathBuf::from_path_buf(dir.path().join("a.1.log")).unwrap();
        let mut spool = Spool::create(&log).unwrap();
        for number in 0..lines {
            let stream = if number % 3 == 0 { Stream::Stderr } else { Stream::Stdout };
            spool.append(stream, format!("line {number:06}\n").as_bytes(), 0).unwrap();
        }
        (dir, log)
    }

    fn numbers(window: &Window) -> Vec<u64> {
        window.lines.iter().map(|line| line.text[5..].parse().unwrap()).collect()
    }

    #[test]
    fn lines_around_a_place_are_found_wherever_it_is() {
        let (_dir, log) = log(50_000);
        let found = window(&log, 12 * 30_000, 3, 2).unwrap();
        assert_eq!(numbers(&found), [29_997, 29_998, 29_999, 30_000, 30_001]);
        assert!(!found.from_start && !found.to_end);
        // Between two lines the next counts.
        assert_eq!(numbers(&window(&log, 12 * 30_000 - 1, 1, 1).unwrap()), [29_999, 30_000]);
        let start = window(&log, 0, 10, 2).unwrap();
        assert_eq!((numbers(&start), start.from_start, start.to_end), (vec![0, 1], true, false));
        let end = window(&log, 12 * 49_998, 0, 5).unwrap();
        assert_eq!((numbers(&end), end.from_start, end.to_end), (vec![49_998, 49_999], false, true));
        assert_eq!(numbers(&window(&log, 12 * 40_000, 20_000, 1).unwrap()).len(), 20_001);
        let last = last_window(&log, 2).unwrap();
        assert_eq!((numbers(&last), last.from_start, last.to_end), (vec![49_998, 49_999], false, true));
        assert_eq!(length(&log).unwrap(), 12 * 50_000);
    }

    #[test]
    fn a_short_log_is_there_as_a_whole() {
        let (dir, log) = log(3);
        let whole = last_window(&log, 10).unwrap();
        assert!(whole.from_start && whole.to_end && whole.lines.len() == 3);
        let whole = window(&log, 12, 10, 10).unwrap();
        assert!(whole.from_start && whole.to_end && whole.lines.len() == 3);
        let none = Utf8PathBuf::from_path_buf(dir.path().join("none.log")).unwrap();
        assert_eq!(length(&none).unwrap(), 0);
    }
}
