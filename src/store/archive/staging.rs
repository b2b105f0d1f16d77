use std::fs::{File, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};
use rustix::fs::syncfs;
use tempfile::TempDir;

use super::super::remove_tree::remove_tree;
use super::error::{ArchiveError, failed};

/// What the name of such a folder begins with: no run, project or table can be called so.
const PREFIX: &str = ".importing-";
const LOCK: &str = ".lock";
/// One without a lock is being made, or was left so by a machine that stopped.
const MAKING: Duration = Duration::from_secs(60);

/// A folder beside where the runs will lie, which nobody looks into. It goes with all that is in it, whatever happens;
/// one that was left by a process that was killed goes when the next is made.
pub(super) struct Staging {
    dir: TempDir,
    path: Utf8PathBuf,
    /// Held as long as somebody is at it.
    _lock: File,
}

impl Staging {
    pub fn below(root: &Utf8Path) -> Result<Self, ArchiveError> {
        let what = || format!("a folder in {root} cannot be made");
        for left in abandoned(root) {
            remove_tree(&left).ok();
        }
        let dir = tempfile::Builder::new()
            .prefix(PREFIX)
            .permissions(Permissions::from_mode(0o700))
            .tempdir_in(root)
            .map_err(failed(what()))?;
        let path = Utf8PathBuf::from_path_buf(dir.path().to_owned())
            .map_err(|_| failed(what())(io::ErrorKind::InvalidFilename.into()))?;
        let lock = fs_err::File::create_new(path.join(LOCK)).map_err(failed(what()))?.into_file();
        lock.lock().map_err(failed(what()))?;
        Ok(Self { dir, path, _lock: lock })
    }

    pub fn path(&self) -> &Utf8Path {
        &self.path
    }

    /// Makes all that is in it durable.
    pub fn sync(&self) -> io::Result<()> {
        Ok(syncfs(File::open(self.dir.path())?)?)
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        remove_tree(&self.path).ok();
    }
}

/// Such folders that nobody is at any more.
pub(in crate::store) fn abandoned(root: &Utf8Path) -> Vec<Utf8PathBuf> {
    let entries = root.read_dir_utf8().into_iter().flatten().flatten();
    let folders = entries.filter(|entry| {
        entry.file_name().starts_with(PREFIX) && entry.file_type().is_ok_and(|kind| kind.is_dir())
    });
    let is_left = |path: &Utf8PathBuf| match File::open(path.join(LOCK)) {
        Ok(lock) => lock.try_lock().is_ok(),
        Err(_) => is_settled(path),
    };
    folders.map(|entry| entry.path().to_owned()).filter(is_left).collect()
}

/// It has not changed for longer than it takes to make one.
pub(super) fn is_settled(path: &Utf8Path) -> bool {
    let changed = path.symlink_metadata().and_then(|meta| meta.modified());
    changed.is_ok_and(|made| made.elapsed().is_ok_and(|age| age > MAKING))
}
