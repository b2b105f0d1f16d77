use std::fs::Metadata;
use std::io::{self, Write};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use camino::Utf8Path;

use super::frozen::bytes;

const FORMAT: &[u8] = b"greenroom stat cache 1\n";
const NUMBERS: usize = 7;
const HEX: usize = 64;

/// What tells that a file has not been written since: a writer cannot help but move ctime, whatever it does to mtime.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stat([i64; NUMBERS]);

/// A moment by the file system's own clock.
pub(super) type Moment = (i64, i64);

impl Stat {
    pub fn of(meta: &Metadata) -> Self {
        Self([
            meta.size() as i64,
            meta.mtime(),
            meta.mtime_nsec(),
            meta.ctime(),
            meta.ctime_nsec(),
            meta.ino() as i64,
            meta.dev() as i64,
        ])
    }

    /// Any write after `moment` will show. A file written at or after it may be written once more within the same
    /// tick of the clock, and look the same: git calls it racy.
    pub fn settled_before(&self, moment: Moment) -> bool {
        let [_, mtime, mtime_ns, ctime, ctime_ns, ..] = self.0;
        (mtime, mtime_ns) < moment && (ctime, ctime_ns) < moment
    }
}

/// Path → what it looked like and its content's sha256 in hex, in order of path; as git's index.
pub(super) struct StatCache {
    text: Vec<u8>,
    /// Where the record that is looked at next begins.
    next: usize,
}

impl StatCache {
    /// A missing or unreadable cache is an empty one.
    pub fn read(path: &Utf8Path) -> Self {
        let text = fs_err::read(path).ok().filter(|text| text.starts_with(FORMAT)).unwrap_or_default();
        Self { text, next: FORMAT.len() }
    }

    /// Must be asked in order of path: it walks along.
    pub fn get(&mut self, path: &Path, stat: &Stat) -> Option<&str> {
        loop {
            let (known, hex, name, end) = record(&self.text, self.next)?;
            match name.cmp(bytes(path)) {
                std::cmp::Ordering::Less => self.next = end,
                std::cmp::Ordering::Equal if known == *stat => {
                    return self.text.get(hex).and_then(|hex| std::str::from_utf8(hex).ok());
                }
                _ => return None,
            }
        }
    }

    pub fn is(&self, text: &[u8]) -> bool {
        self.text == text
    }
}

type Record<'a> = (Stat, std::ops::Range<usize>, &'a [u8], usize);

fn record(text: &[u8], start: usize) -> Option<Record<'_>> {
    let mut numbers = [0; NUMBERS];
    let mut at = start;
    for number in &mut numbers {
        *number = i64::from_le_bytes(text.get(at..at + 8)?.try_into().ok()?);
        at += 8;
    }
    let hex = at..at + HEX;
    at += HEX;
    let length = u32::from_le_bytes(text.get(at..at + 4)?.try_into().ok()?) as usize;
    at += 4;
    let name = text.get(at..at + length)?;
    Some((Stat(numbers), hex, name, at + length))
}

/// The next cache, written in order of path.
pub(super) struct StatCacheWriter(Vec<u8>);

impl StatCacheWriter {
    pub fn new(files: usize) -> Self {
        let mut text = Vec::with_capacity(FORMAT.len() + files * 192);
        text.extend_from_slice(FORMAT);
        Self(text)
    }

    pub fn add(&mut self, path: &Path, stat: &Stat, hex: &str) {
        for number in stat.0 {
            self.0.extend_from_slice(&number.to_le_bytes());
        }
        self.0.extend_from_slice(hex.as_bytes());
        let name = bytes(path);
        self.0.extend_from_slice(&(name.len() as u32).to_le_bytes());
        self.0.extend_from_slice(name);
    }

    /// Replaces the file as a whole, if it says something new. Two that write at once: the last one stays.
    pub fn save(self, path: &Utf8Path, before: &StatCache) -> io::Result<()> {
        if before.is(&self.0) {
            return Ok(());
        }
        let mut file = tempfile::Builder::new().prefix(".new-").tempfile_in(path.parent().unwrap_or(path))?;
        file.write_all(&self.0)?;
        file.persist(path).map_err(|error| error.error)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_is_found_and_what_moved_is_not() {
        let dir = tempfile::tempdir().unwrap();
        let path = Utf8Path::from_path(dir.path()).unwrap().join("cache");
        let stat = |n| Stat([n; NUMBERS]);
        let hex = "a".repeat(HEX);
        let mut writer = StatCacheWriter::new(2);
        for name in ["a", "b/c", "d"] {
            writer.add(Path::new(name), &stat(1), &hex);
        }
        writer.save(&path, &StatCache::read(&path)).unwrap();
        let mut cache = StatCache::read(&path);
        assert_eq!(cache.get(Path::new("a"), &stat(1)), Some(hex.as_str()));
        assert_eq!(cache.get(Path::new("b"), &stat(1)), None);
        assert_eq!(cache.get(Path::new("b/c"), &stat(2)), None);
        assert_eq!(cache.get(Path::new("d"), &stat(1)), Some(hex.as_str()));
        assert_eq!(cache.get(Path::new("e"), &stat(1)), None);
    }

    #[test]
    fn a_damaged_cache_knows_nothing_of_what_is_lost() {
        let dir = tempfile::tempdir().unwrap();
        let path = Utf8Path::from_path(dir.path()).unwrap().join("cache");
        for text in [&b""[..], b"nonsense", b"greenroom stat cache 1\n\x01\x02"] {
            fs_err::write(&path, text).unwrap();
            assert_eq!(StatCache::read(&path).get(Path::new("a"), &Stat([0; NUMBERS])), None);
        }
    }

    #[test]
    fn a_file_of_this_very_tick_is_not_settled() {
        let stat = Stat([1, 100, 5, 100, 7, 1, 1]);
        assert!(!stat.settled_before((100, 7)));
        assert!(!stat.settled_before((100, 6)), "its ctime is later");
        assert!(stat.settled_before((100, 8)));
    }
}
