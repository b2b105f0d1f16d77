use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use camino::Utf8Path;

use super::plain::{Access, open_plain};

/// Bytes of the longest record that is read. The events of 10,000 steps are 10 MB.
pub const LONGEST_RECORD: u64 = 1 << 30;

/// Below a run's directory, what holds the record of it.
const RECORD: &str = "_run";

/// Opens a file of a run's record as `open_plain` does, by its whole path: how one gets to the run is its owner's
/// affair; from `_run` on no link is followed.
pub fn open_record(path: &Utf8Path, access: Access) -> io::Result<File> {
    let record = path.ancestors().find(|part| part.file_name() == Some(RECORD) && *part != path);
    let dir = match record {
        Some(record) => record.parent(),
        None => path.parent(),
    };
    let dir = dir.unwrap_or(Utf8Path::new(""));
    let below = path.strip_prefix(dir).unwrap_or(path);
    let here = if dir.as_str().is_empty() { Path::new(".") } else { dir.as_std_path() };
    open_plain(here, below.as_std_path(), access)
}

/// All that such a file holds.
///
/// # Errors
/// `InvalidData` for one that is longer than any record is: it would not fit into memory.
pub fn read_record(path: &Utf8Path) -> io::Result<Vec<u8>> {
    read_short_record(path, LONGEST_RECORD)
}

/// The same of one that is never longer than so many bytes.
pub fn read_short_record(path: &Utf8Path, most: u64) -> io::Result<Vec<u8>> {
    let file = open_record(path, Access::Read)?;
    refuse_longer(path, file.metadata()?.len(), most)?;
    let mut text = Vec::new();
    // It may grow while it is read.
    file.take(most).read_to_end(&mut text)?;
    Ok(text)
}

/// # Errors
/// `InvalidData` where a record has more bytes than it could.
pub fn refuse_longer(path: &Utf8Path, bytes: u64, most: u64) -> io::Result<()> {
    if bytes <= most {
        return Ok(());
    }
    let why = format!("{path} has {bytes} bytes, and no such record is longer than {most}");
    Err(io::Error::new(io::ErrorKind::InvalidData, why))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use camino::Utf8PathBuf;

    use super::*;

    #[test]
    fn the_way_to_a_run_may_be_a_link_and_the_way_in_its_record_may_not() {
        let dir = tempfile::tempdir().unwrap();
        let dir = Utf8PathBuf::from_path_buf(dir.path().to_owned()).unwrap();
        fs_err::create_dir_all(dir.join("run/_run/logs")).unwrap();
        fs_err::write(dir.join("run/_run/logs/a.1.log"), "said").unwrap();
        symlink("run", dir.join("same")).unwrap();
        assert_eq!(read_record(&dir.join("same/_run/logs/a.1.log")).unwrap(), b"said");
        fs_err::create_dir_all(dir.join("evil/_run")).unwrap();
        symlink(dir.join("run/_run/logs"), dir.join("evil/_run/logs")).unwrap();
        assert!(read_record(&dir.join("evil/_run/logs/a.1.log")).is_err());
    }
}
