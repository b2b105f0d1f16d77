//! What stands in a folder, in batches: the first at once, however many there are.

use std::ffi::OsStr;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use jiff::Timestamp;
use rustix::fs::{AtFlags, Dir, FileType, Stat, statat};

use crate::disk::open_folder;
use crate::domain::{Entries, Entry, EntryFacts, EntryKind};

/// The first batch fills a screen; later ones need not be told of so often.
const FIRST: usize = 256;
const LATER: usize = 8192;

/// How a reading ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    All,
    /// There may be more: nobody wanted it, or it would take too much memory.
    Some,
}

/// Reads a folder below a root, behind no link, without a look at its files. `tell` gets each batch, and answers whether
/// more is wanted; entries that take more than `most` bytes together are not read.
///
/// # Errors
/// Those of the system, such as for a folder that is not there any more.
pub fn read_folder(
    root: &Path,
    below: &Path,
    most: usize,
    tell: &mut dyn FnMut(Entries) -> bool,
) -> io::Result<Told> {
    let folder = open_folder(root, below)?;
    let (mut batch, mut size, mut bytes) = (Entries::default(), FIRST, 0);
    for entry in Dir::read_from(&folder)? {
        let entry = entry?;
        let name = entry.file_name().to_bytes();
        if matches!(name, b"." | b"..") {
            continue;
        }
        let kind = kind_of(&folder, name, entry.file_type());
        batch.push(Entry { name, kind });
        if batch.len() < size {
            continue;
        }
        size = LATER;
        bytes += batch.bytes();
        if !tell(std::mem::take(&mut batch)) {
            return Ok(Told::Some);
        }
        if bytes > most {
            return Ok(Told::Some);
        }
    }
    if !batch.is_empty() {
        tell(batch);
    }
    Ok(Told::All)
}

/// Size and last change of entries of a folder, in their order; None for what is gone.
///
/// # Errors
/// The folder itself cannot be opened.
pub fn entry_facts<'a>(
    root: &Path,
    below: &Path,
    names: impl IntoIterator<Item = &'a [u8]>,
) -> io::Result<Vec<Option<EntryFacts>>> {
    let folder = open_folder(root, below)?;
    let facts = |name: &[u8]| stat(&folder, name).map(|stat| facts_of(&stat));
    Ok(names.into_iter().map(facts).collect())
}

/// Most file systems tell it with the name.
fn kind_of(folder: &OwnedFd, name: &[u8], told: FileType) -> EntryKind {
    let kind = match told {
        FileType::Unknown => {
            stat(folder, name).map_or(FileType::Unknown, |stat| FileType::from_raw_mode(stat.st_mode))
        }
        told => told,
    };
    match kind {
        FileType::Directory => EntryKind::Folder,
        FileType::RegularFile => EntryKind::File,
        FileType::Symlink => EntryKind::Link,
        _ => EntryKind::Other,
    }
}

fn stat(folder: impl AsFd, name: &[u8]) -> Option<Stat> {
    statat(folder, OsStr::from_bytes(name), AtFlags::SYMLINK_NOFOLLOW).ok()
}

fn facts_of(stat: &Stat) -> EntryFacts {
    let nanoseconds = i32::try_from(stat.st_mtime_nsec).unwrap_or_default();
    EntryFacts {
        bytes: u64::try_from(stat.st_size).unwrap_or_default(),
        modified: Timestamp::new(stat.st_mtime, nanoseconds).ok(),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    fn read(root: &Path, below: &str, most: usize) -> io::Result<(Vec<Entries>, Told)> {
        let mut batches = Vec::new();
        let told = read_folder(root, Path::new(below), most, &mut |batch| {
            batches.push(batch);
            true
        })?;
        Ok((batches, told))
    }

    #[test]
    fn every_entry_is_told_once_with_what_it_is() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path();
        fs_err::create_dir(root.join("folder")).unwrap();
        fs_err::write(root.join("file"), "abc").unwrap();
        fs_err::write(root.join(OsStr::from_bytes(b"\xff\n")), "").unwrap();
        symlink("/etc", root.join("link")).unwrap();
        rustix::fs::mknodat(rustix::fs::CWD, root.join("fifo"), FileType::Fifo, 0o600.into(), 0).unwrap();
        let (batches, told) = read(root, "", usize::MAX).unwrap();
        let mut all: Vec<(Vec<u8>, EntryKind)> =
            batches.iter().flat_map(Entries::iter).map(|entry| (entry.name.to_vec(), entry.kind)).collect();
        all.sort();
        let named = |name: &[u8], kind| (name.to_vec(), kind);
        assert_eq!(
            all,
            [
                named(b"fifo", EntryKind::Other),
                named(b"file", EntryKind::File),
                named(b"folder", EntryKind::Folder),
                named(b"link", EntryKind::Link),
                named(b"\xff\n", EntryKind::File),
            ]
        );
        assert_eq!(told, Told::All);
        let names: [&[u8]; 2] = [b"file", b"gone"];
        let facts = entry_facts(root, Path::new(""), names).unwrap();
        assert!(facts[0].is_some_and(|facts| facts.bytes == 3 && facts.modified.is_some()));
        assert_eq!(facts[1], None);
    }

    #[test]
    fn no_link_is_followed_and_a_large_folder_comes_in_pieces() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path();
        symlink("/etc", root.join("link")).unwrap();
        for bad in ["link", "link/ssl", "..", "none"] {
            assert!(read(root, bad, usize::MAX).is_err(), "{bad}");
        }
        fs_err::create_dir(root.join("many")).unwrap();
        for number in 0..600 {
            fs_err::write(root.join(format!("many/{number}")), "").unwrap();
        }
        let (batches, told) = read(root, "many", usize::MAX).unwrap();
        let lengths: Vec<usize> = batches.iter().map(Entries::len).collect();
        assert_eq!((lengths, told), (vec![FIRST, 600 - FIRST], Told::All));
        let (batches, told) = read(root, "many", 100).unwrap();
        assert_eq!((batches.len(), told), (1, Told::Some));
        let mut count = 0;
        read_folder(root, Path::new("many"), usize::MAX, &mut |_| {
            count += 1;
            false
        })
        .unwrap();
        assert_eq!(count, 1, "nobody wanted more");
    }
}
