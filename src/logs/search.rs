use std::io::{self, Read, Seek, SeekFrom};

use aho_corasick::AhoCorasick;
use camino::Utf8Path;

use crate::disk::{Access, open_record};

/// Bytes read in one go.
const PIECE: usize = 1 << 20;
/// A longer line is looked at in parts: what lies across two of them is not found.
const LONGEST: usize = 16 << 20;

/// A text to be found; in any case where it is given in small letters (ASCII only).
#[derive(Clone, Debug)]
pub struct Needle(AhoCorasick);

impl Needle {
    /// None: nothing can be searched for by it.
    pub fn new(text: &str) -> Option<Self> {
        Self::any(&[text])
    }

    /// Any of several.
    pub fn any(texts: &[&str]) -> Option<Self> {
        let any_case = !texts.iter().any(|text| text.chars().any(char::is_uppercase));
        let finder = AhoCorasick::builder().ascii_case_insensitive(any_case).build(texts);
        finder.ok().filter(|_| !texts.iter().any(|text| text.is_empty())).map(Self)
    }

    pub fn is_in(&self, line: &[u8]) -> bool {
        self.0.is_match(line)
    }
}

/// How far a search has come, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Searched {
    /// Of the log as it was then.
    pub length: u64,
    /// Where the last line began that may have grown since.
    pub whole: u64,
}

/// Where the lines begin that are wanted, in bytes, in order, from the beginning of one on. `found` is told of each piece of
/// the log that was looked at, and says whether to go on.
pub fn search(
    log: &Utf8Path,
    from: u64,
    wanted: &dyn Fn(&[u8]) -> bool,
    found: &mut dyn FnMut(Vec<u64>) -> bool,
) -> io::Result<Searched> {
    let mut file = open_record(log, Access::Read)?;
    file.seek(SeekFrom::Start(from))?;
    let mut text = Vec::new();
    // Of the first byte of `text`.
    let mut offset = from;
    loop {
        let kept = text.len();
        text.resize(kept + PIECE, 0);
        let read = file.read(&mut text[kept..])?;
        text.truncate(kept + read);
        let end = match text.iter().rposition(|byte| *byte == b'\n') {
            Some(last) if read > 0 => last + 1,
            None if read > 0 && text.len() < LONGEST => continue,
            _ => text.len(),
        };
        let mut places = Vec::new();
        let mut start = offset;
        for line in text[..end].split_inclusive(|byte| *byte == b'\n') {
            if wanted(line) {
                places.push(start);
            }
            start += line.len() as u64;
        }
        if !found(places) || read == 0 {
            return Ok(Searched { length: start, whole: offset });
        }
        offset += end as u64;
        text.drain(..end);
    }
}

#[cfg(test)]
mod tests {
    use camino::Utf8PathBuf;

    use super::*;

    #[test]
    fn lines_are_found_where_they_begin_also_across_pieces() {
        let dir = tempfile::tempdir().unwrap();
        let log = Utf8PathBuf::from_path_buf(dir.path().join("a.log")).unwrap();
        let long = "x".repeat(PIECE + 7);
        let text = format!("First error\n{long} Error\nfine\nlast ERROR");
        fs_err::write(&log, &text).unwrap();
        let all = |needle: &str| {
            let needle = Needle::new(needle).unwrap();
            let mut places = Vec::new();
            search(&log, 0, &|line| needle.is_in(line), &mut |found| {
                places.extend(found);
                true
            })
            .unwrap();
            places
        };
        let second = 12;
        let last = (text.len() - 10) as u64;
        assert_eq!(all("error"), [0, second, last]);
        assert_eq!(all("Error"), [second]);
        assert!(all("nothing").is_empty());
        assert!(Needle::new("").is_none());
        let mut calls = 0;
        search(&log, 0, &|_| true, &mut |_| {
            calls += 1;
            false
        })
        .unwrap();
        assert_eq!(calls, 1, "it stops when told to");
    }

    #[test]
    fn a_search_goes_on_where_it_stopped() {
        let dir = tempfile::tempdir().unwrap();
        let log = Utf8PathBuf::from_path_buf(dir.path().join("a.log")).unwrap();
        let found = |from| {
            let mut places = Vec::new();
            let searched = search(&log, from, &|line| line.starts_with(b"a"), &mut |found| {
                places.extend(found);
                true
            });
            (places, searched.unwrap())
        };
        fs_err::write(&log, "a\nb\na").unwrap();
        assert_eq!(found(0), (vec![0, 4], Searched { length: 5, whole: 4 }));
        fs_err::write(&log, "a\nb\nab\na\n").unwrap();
        assert_eq!(found(4), (vec![4, 7], Searched { length: 9, whole: 9 }));
    }
}
