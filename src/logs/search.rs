use std::io::{self, Read};

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

/// Where the lines begin that are wanted, in bytes, in order. `found` is told of each piece of the log that was looked at,
/// and says whether to go on.
pub fn search(
    log: &Utf8Path,
    wanted: &dyn Fn(&[u8]) -> bool,
    found: &mut dyn FnMut(Vec<u64>) -> bool,
) -> io::Result<()> {
    let mut file = open_record(log, Access::Read)?;
    let mut text = Vec::new();
    // Of the first byte of `text`.
    let mut offset = 0;
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
            return Ok(());
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
            search(&log, &|line| needle.is_in(line), &mut |found| {
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
        search(&log, &|_| true, &mut |_| {
            calls += 1;
            false
        })
        .unwrap();
        assert_eq!(calls, 1, "it stops when told to");
    }
}
