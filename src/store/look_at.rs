use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use jiff::Timestamp;
use rustix::fs::{AtFlags, FileType, Stat, readlinkat, statat};

use super::folder::{Told, read_folder};
use super::preview::preview;
use crate::disk::{Access, open_folder, open_plain};
use crate::domain::figures::count;
use crate::domain::{Content, Entries, Preview};

/// Entries of a folder that are read to be put into order, about; in order they are shown up to so many.
const MOST: usize = 20_000;
const SHOWN: usize = 500;

/// Looks into what lies below a root: a file, or the first entries of a folder. No link is followed, and what is neither
/// is only named. `columns`: what is laid out is laid out for so many.
///
/// # Errors
/// Those of the system.
pub fn look_at(root: &Path, below: &Path, columns: usize) -> io::Result<Preview> {
    let (Some(parent), Some(name)) = (below.parent(), below.file_name()) else {
        return Err(io::ErrorKind::InvalidInput.into());
    };
    let folder = open_folder(root, parent)?;
    let stat = statat(&folder, name, AtFlags::SYMLINK_NOFOLLOW)?;
    match FileType::from_raw_mode(stat.st_mode) {
        FileType::RegularFile => {
            preview(open_plain(root, below, Access::Read)?, &name.to_string_lossy(), columns)
        }
        FileType::Directory => first_entries(root, below, &stat),
        FileType::Symlink => link(&folder, name.as_bytes(), &stat),
        FileType::Fifo => Ok(unread("FIFO", &stat)),
        FileType::Socket => Ok(unread("socket", &stat)),
        _ => Ok(unread("device", &stat)),
    }
}

fn first_entries(root: &Path, below: &Path, stat: &Stat) -> io::Result<Preview> {
    let mut all = Entries::default();
    let told = read_folder(root, below, usize::MAX, &mut |batch| {
        for entry in batch.iter() {
            all.push(entry);
        }
        all.len() < MOST
    })?;
    let sorted = all.sorted();
    let names: Vec<_> =
        sorted.iter().take(SHOWN).map(|entry| (entry.text().into_owned(), entry.kind)).collect();
    let note = match told {
        Told::Some => Some(format!("some of its more than {} entries", count(MOST as u64))),
        Told::All => (all.len() > SHOWN)
            .then(|| format!("the first {SHOWN} of its {} entries", count(all.len() as u64))),
    };
    let content = if names.is_empty() { Content::Empty } else { Content::Folder(names) };
    Ok(of("folder", content, note, stat))
}

fn link(folder: &OwnedFd, name: &[u8], stat: &Stat) -> io::Result<Preview> {
    let target = readlinkat(folder, name, Vec::new())?.to_string_lossy().into_owned();
    let note = "a link is not followed: it may lead anywhere".to_owned();
    Ok(of("link", Content::Text(vec![target]), Some(note), stat))
}

fn unread(what: &str, stat: &Stat) -> Preview {
    of(what, Content::Empty, Some("it is no file: nothing is read from it".to_owned()), stat)
}

fn of(format: &str, content: Content, note: Option<String>, stat: &Stat) -> Preview {
    let part = i32::try_from(stat.st_mtime_nsec).unwrap_or_default();
    Preview {
        format: format.to_owned(),
        bytes: u64::try_from(stat.st_size).unwrap_or_default(),
        modified: Timestamp::new(stat.st_mtime, part).ok(),
        content,
        notes: note.into_iter().collect(),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn whatever_lies_there_is_told_and_nothing_is_waited_for() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path();
        fs_err::create_dir_all(root.join("folder/empty")).unwrap();
        fs_err::write(root.join("folder/a.txt"), "hello\n").unwrap();
        symlink("/etc/passwd", root.join("link")).unwrap();
        rustix::fs::mknodat(rustix::fs::CWD, root.join("fifo"), FileType::Fifo, 0o600.into(), 0).unwrap();
        let seen = |below: &str| {
            let preview = look_at(root, Path::new(below), 80).unwrap();
            (preview.format, preview.content, preview.notes.len())
        };
        let text = |line: &str| Content::Text(vec![line.to_owned()]);
        assert_eq!(seen("folder/a.txt"), ("text".to_owned(), text("hello"), 0));
        assert_eq!(seen("link"), ("link".to_owned(), text("/etc/passwd"), 1));
        assert_eq!(seen("fifo"), ("FIFO".to_owned(), Content::Empty, 1));
        assert_eq!(seen("folder/empty"), ("folder".to_owned(), Content::Empty, 0));
        let (_, Content::Folder(entries), 0) = seen("folder") else { panic!("it has two entries") };
        assert_eq!(entries.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["empty", "a.txt"]);
        // More than come at once are in order all the same, whatever order the disk has them in.
        fs_err::create_dir(root.join("many")).unwrap();
        for number in (0..600).rev() {
            fs_err::write(root.join(format!("many/{:03}", number * 7 % 600)), "").unwrap();
        }
        let many = look_at(root, Path::new("many"), 80).unwrap();
        let Content::Folder(entries) = many.content else { panic!("it has many entries") };
        let names: Vec<String> = (0..500).map(|number| format!("{number:03}")).collect();
        assert_eq!(entries.into_iter().map(|(name, _)| name).collect::<Vec<_>>(), names);
        assert_eq!(many.notes, ["the first 500 of its 600 entries"]);
        for bad in ["link/x", "../x", "none", ""] {
            assert!(look_at(root, Path::new(bad), 80).is_err(), "{bad}");
        }
    }
}
