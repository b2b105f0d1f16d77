//! The query of the lake's screen, from one time that the workbench is open to the next.

use std::io::{self, Read};

use camino::Utf8Path;

use super::unsaved::free;
use crate::cli::state_folder;
use crate::disk::{Access, open_plain, refuse_links};
use crate::store;

/// Below the state folder.
const FILE: &str = "query.sql";
/// Held by the workbench that keeps its query, so that of two that end at once none takes the other's.
const LOCK: &str = "query.lock";
/// Bytes; nobody has typed more.
const LONGEST: u64 = 4 * 1024 * 1024;

/// What was kept, if anything was.
///
/// # Errors
/// There is something that is no query: it cannot be read, is no UTF-8, or is too long.
pub fn read(root: &Utf8Path) -> io::Result<Option<String>> {
    let file = match open_plain(root.as_std_path(), below(FILE).as_ref(), Access::Read) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        file => file?,
    };
    let mut text = String::new();
    file.take(LONGEST + 1).read_to_string(&mut text)?;
    if text.len() as u64 > LONGEST {
        return Err(io::Error::other(format!("it is over {} MiB", LONGEST >> 20)));
    }
    Ok(Some(text))
}

/// Keeps it, unless it is still what was read; behind what another workbench has kept meanwhile, and beside what cannot be
/// read.
pub fn keep(root: &Utf8Path, before: &str, now: &str) -> io::Result<()> {
    if now == before {
        return Ok(());
    }
    state_folder::make(root)?;
    let folder = root.join(state_folder::NAME);
    refuse_links(&folder, 1)?;
    let lock = open_plain(root.as_std_path(), below(LOCK).as_ref(), Access::Write)?;
    lock.lock()?;
    let path = folder.join(FILE);
    let Ok(there) = read(root) else {
        return store::atomic_write(&free(path), now.as_bytes());
    };
    let there = there.unwrap_or_default();
    if now == there {
        return Ok(());
    }
    let text = match there == before || there.trim().is_empty() {
        true => now.to_owned(),
        false => format!("{}\n;\n\n{now}", there.trim_end().trim_end_matches(';')),
    };
    store::atomic_write(&path, text.as_bytes())
}

fn below(file: &str) -> String {
    format!("{}/{file}", state_folder::NAME)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(root: &Utf8Path) -> String {
        read(root).unwrap().unwrap()
    }

    #[test]
    fn what_cannot_be_read_stays_as_it_is() {
        let dir = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(dir.path()).unwrap();
        let file = root.join(".greenroom/query.sql");
        fs_err::create_dir(root.join(".greenroom")).unwrap();
        for odd in [b"SELECT '\xff'".to_vec(), vec![b' '; LONGEST as usize + 1]] {
            fs_err::write(&file, &odd).unwrap();
            assert!(read(root).is_err());
            keep(root, "", "SELECT 1").unwrap();
            assert!(fs_err::read(&file).unwrap() == odd);
            let beside = root.join(".greenroom/query.sql.~2~");
            assert_eq!(fs_err::read_to_string(&beside).unwrap(), "SELECT 1");
            fs_err::remove_file(beside).unwrap();
        }
    }

    #[test]
    fn of_many_that_end_at_once_none_takes_anothers() {
        let dir = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(dir.path()).unwrap();
        std::thread::scope(|scope| {
            for number in 10..30 {
                scope.spawn(move || keep(root, "", &format!("SELECT {number}")).unwrap());
            }
        });
        let text = kept(root);
        assert!((10..30).all(|number| text.contains(&format!("SELECT {number}"))), "{text}");
    }

    #[test]
    fn nothing_that_was_typed_is_lost() {
        let dir = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(dir.path()).unwrap();
        assert_eq!(read(root).unwrap(), None);
        keep(root, "", "").unwrap();
        assert!(!root.join(".greenroom").exists(), "nobody has typed anything");
        keep(root, "", "SELECT 1").unwrap();
        assert_eq!(kept(root), "SELECT 1");
        // Another that was opened before that.
        keep(root, "", "SELECT 2").unwrap();
        assert_eq!(kept(root), "SELECT 1\n;\n\nSELECT 2");
        keep(root, "SELECT 1\n;\n\nSELECT 2", "SELECT 2").unwrap();
        assert_eq!(kept(root), "SELECT 2");
        keep(root, "SELECT 2", "").unwrap();
        assert_eq!(kept(root), "");
    }
}
