use std::fs::File;
use std::io;

use camino::{Utf8Path, Utf8PathBuf};
use tempfile::TempDir;

const HELD: &str = "held";

/// A folder for what is exchanged with a container as long as that lives, removed when this is dropped. Those of
/// processes that were killed are removed by the next.
pub struct HeldFolder {
    dir: TempDir,
    /// Locked as long as the process lives.
    _held: File,
}

impl HeldFolder {
    /// `prefix`: what the names of all of its kind begin with, and no other's.
    pub fn make(state: &Utf8Path, prefix: &str) -> io::Result<Self> {
        fs_err::create_dir_all(state)?;
        remove_abandoned(state, prefix);
        let dir = tempfile::Builder::new().prefix(prefix).tempdir_in(state)?;
        // Under its name it is only there when it is locked.
        let new = dir.path().join("new");
        let held = File::create(&new)?;
        held.lock()?;
        fs_err::rename(new, dir.path().join(HELD))?;
        Ok(Self { dir, _held: held })
    }

    pub fn path(&self) -> io::Result<Utf8PathBuf> {
        let path = self.dir.path().to_owned();
        Utf8PathBuf::from_path_buf(path)
            .map_err(|path| io::Error::other(format!("{} is not UTF-8", path.display())))
    }
}

/// What killed processes left. Whatever cannot be removed is left to the next who looks.
pub fn remove_abandoned(state: &Utf8Path, prefix: &str) {
    let folders = state.read_dir_utf8().into_iter().flatten().flatten();
    for folder in folders.filter(|folder| folder.file_name().starts_with(prefix)) {
        let held = File::open(folder.path().join(HELD));
        if held.is_ok_and(|held| held.try_lock().is_ok()) {
            fs_err::remove_dir_all(folder.path()).ok();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_killed_process_left_is_removed_and_what_is_in_use_is_not() {
        let dir = tempfile::tempdir().unwrap();
        let state = Utf8Path::from_path(dir.path()).unwrap();
        let used = HeldFolder::make(state, ".sql-").unwrap();
        let left = state.join(".sql-left");
        fs_err::create_dir(&left).unwrap();
        fs_err::write(left.join(HELD), "").unwrap();
        let other = HeldFolder::make(state, ".sql-").unwrap();
        assert!(!left.exists());
        let path = used.path().unwrap();
        assert!(path.exists() && other.path().unwrap().exists());
        drop(used);
        assert!(!path.exists());
    }
}
