use std::fs::File;
use std::io::{self, Write};

use camino::Utf8Path;

use super::index::{self, Chunk, RECORD};
use crate::disk::{Access, open_record};
use crate::engine::Stream;

/// A log and its index, open for appending. The log is written first, so the index never tells of bytes that are
/// not there; each chunk goes out at once, so that a reader who follows sees it.
pub(super) struct Spool {
    log: File,
    index: File,
    end: u64,
}

/// Bytes of each stream.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Lengths {
    pub stdout: u64,
    pub stderr: u64,
}

impl Lengths {
    pub(super) fn of(&mut self, stream: Stream) -> &mut u64 {
        match stream {
            Stream::Stdout => &mut self.stdout,
            Stream::Stderr => &mut self.stderr,
        }
    }
}

impl Spool {
    pub(super) fn create(log: &Utf8Path) -> io::Result<Self> {
        let (log, index) = open(log)?;
        log.set_len(0)?;
        index.set_len(0)?;
        Ok(Self { log, index, end: 0 })
    }

    /// Cuts log and index to what both agree on; tells how much of each stream that is.
    pub(super) fn resume(log: &Utf8Path) -> io::Result<(Self, Lengths)> {
        let (log, index) = open(log)?;
        let length = log.metadata()?.len();
        let mut kept = Lengths::default();
        let (mut records, mut end) = (0, 0);
        'all: loop {
            let chunks = index::read(&index, records, 4096)?;
            if chunks.is_empty() {
                break;
            }
            for chunk in chunks {
                if chunk.end > length || chunk.end < end {
                    break 'all;
                }
                *kept.of(chunk.stream) += chunk.end - end;
                end = chunk.end;
                records += 1;
            }
        }
        log.set_len(end)?;
        index.set_len(records * RECORD as u64)?;
        Ok((Self { log, index, end }, kept))
    }

    /// `time` in microseconds since 1970.
    pub(super) fn append(&mut self, stream: Stream, bytes: &[u8], time: u64) -> io::Result<()> {
        self.log.write_all(bytes)?;
        self.end += bytes.len() as u64;
        self.index.write_all(&Chunk { end: self.end, stream, time }.to_bytes())
    }
}

fn open(log: &Utf8Path) -> io::Result<(File, File)> {
    if let Some(folder) = log.parent() {
        fs_err::create_dir_all(folder)?;
    }
    Ok((open_record(log, Access::Append)?, open_record(&index::beside(log), Access::Append)?))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use camino::Utf8PathBuf;

    use super::*;

    #[test]
    fn no_link_is_written_through() {
        let dir = tempfile::tempdir().unwrap();
        let dir = Utf8PathBuf::from_path_buf(dir.path().to_owned()).unwrap();
        let (other, log) = (dir.join("other"), dir.join("_run/logs/a.2.log"));
        fs_err::write(&other, "kept").unwrap();
        fs_err::create_dir_all(dir.join("_run/logs")).unwrap();
        for link in [log.clone(), index::beside(&log)] {
            symlink(&other, &link).unwrap();
            assert!(Spool::create(&log).is_err());
            assert!(Spool::resume(&log).is_err());
            assert_eq!(fs_err::read(&other).unwrap(), b"kept");
            fs_err::remove_file(link).unwrap();
        }
        assert!(Spool::create(&log).is_ok());
    }
}
