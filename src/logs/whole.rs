use std::io;

use camino::Utf8Path;

use super::index;
use crate::disk::{Access, open_record};

/// Is a log that nobody writes any more exactly as long as its index says?
pub fn is_whole(log: &Utf8Path) -> io::Result<bool> {
    let length = open_record(log, Access::Read)?.metadata()?.len();
    let index = match open_record(&index::beside(log), Access::Read) {
        Ok(index) => index,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(length == 0),
        Err(error) => return Err(error),
    };
    let last = index::count(&index)?.checked_sub(1);
    let end = match last {
        Some(last) => index::read(&index, last, 1)?.first().map_or(0, |chunk| chunk.end),
        None => 0,
    };
    Ok(end == length)
}

#[cfg(test)]
mod tests {
    use camino::Utf8PathBuf;

    use super::super::spool::Spool;
    use super::*;
    use crate::engine::Stream;

    #[test]
    fn a_log_that_was_cut_or_grew_is_not_whole() {
        let dir = tempfile::tempdir().unwrap();
        let log = Utf8PathBuf::from_path_buf(dir.path().join("a.1.log")).unwrap();
        let mut spool = Spool::create(&log).unwrap();
        assert!(is_whole(&log).unwrap());
        spool.append(Stream::Stdout, b"one\n", 0).unwrap();
        spool.append(Stream::Stderr, b"two\n", 0).unwrap();
        assert!(is_whole(&log).unwrap());
        for text in ["one\n", "one\ntwo\nthree\n", ""] {
            fs_err::write(&log, text).unwrap();
            assert!(!is_whole(&log).unwrap());
        }
        fs_err::remove_file(index::beside(&log)).unwrap();
        assert!(is_whole(&log).unwrap());
    }
}
