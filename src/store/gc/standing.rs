use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

use camino::Utf8Path;

use crate::disk::{Access, open_plain};

/// Below the root of the runs. All who use it lock the same file, whoever they are.
const LOCK: &str = ".greenroom/gc.lock";

/// As long as it lives, no run goes that somebody may be about to take something over from: those who start runs have it
/// together, and one who lets runs go has it alone.
#[derive(Debug)]
pub struct Standing(#[expect(dead_code, reason = "the locks are let go with it")] Vec<File>);

impl Standing {
    /// For who starts a run: waits while somebody lets runs go. Where no lock can be kept nothing can go either.
    pub fn together(root: &Utf8Path) -> Self {
        let locked = open(root).and_then(|file| file.lock_shared().map(|()| file));
        Self(locked.into_iter().collect())
    }

    /// For who lets runs go: waits until all that are being started below any of these roots have their records.
    pub fn alone<'a>(roots: impl IntoIterator<Item = &'a Utf8Path>) -> io::Result<Self> {
        // Two roots may be one folder, which nobody locks twice; and all who lock several do so in the same order.
        let mut files = BTreeMap::new();
        for root in roots {
            let file = open(root)?;
            let facts = file.metadata()?;
            files.insert((facts.dev(), facts.ino()), file);
        }
        let files: Vec<File> = files.into_values().collect();
        files.iter().try_for_each(File::lock)?;
        Ok(Self(files))
    }
}

fn open(root: &Utf8Path) -> io::Result<File> {
    let folder = root.join(".greenroom");
    match fs_err::create_dir(&folder) {
        // Who may use the root may use it.
        Ok(()) => fs_err::set_permissions(&folder, fs_err::metadata(root)?.permissions())?,
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(error),
    }
    let open = |access| open_plain(root.as_std_path(), Path::new(LOCK), access);
    match open(Access::Append) {
        Ok(file) => {
            let mut rights = file.metadata()?.permissions();
            if rights.mode() & 0o444 != 0o444 {
                rights.set_mode(rights.mode() | 0o444);
                // Its owner alone may, and somebody else has it open already.
                file.set_permissions(rights).ok();
            }
            Ok(file)
        }
        // To lock it, reading is enough.
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => open(Access::Read),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;
    use crate::store::testing::temp;

    #[test]
    fn all_who_use_a_store_lock_one_file_that_each_of_them_can_read() {
        let (_dir, root) = temp();
        let _standing = Standing::together(&root);
        let lock = root.join(LOCK);
        assert_eq!(fs_err::metadata(&lock).unwrap().permissions().mode() & 0o444, 0o444);
        let mode = |path: &Utf8Path| fs_err::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&root.join(".greenroom")), mode(&root));
        // As another person's Greenroom would: no name of one's own is in it.
        let theirs = File::open(&lock).unwrap();
        assert!(theirs.try_lock().is_err() && theirs.try_lock_shared().is_ok());
    }

    #[test]
    fn one_folder_under_two_names_is_locked_once() {
        let (_dir, root) = temp();
        fs_err::create_dir(root.join("store")).unwrap();
        symlink("store", root.join("same")).unwrap();
        let roots = [root.join("store"), root.join("same")];
        let _alone = Standing::alone(roots.iter().map(|root| root.as_path())).unwrap();
        assert!(File::open(root.join("store").join(LOCK)).unwrap().try_lock_shared().is_err());
    }

    #[test]
    fn no_link_is_followed_to_it_and_nothing_else_is_locked_in_its_place() {
        let (_dir, root) = temp();
        fs_err::create_dir(root.join(".greenroom")).unwrap();
        symlink(root.join("away"), root.join(LOCK)).unwrap();
        assert_eq!(Standing::alone([root.as_path()]).unwrap_err().kind(), io::ErrorKind::InvalidData);
        assert!(!root.join("away").exists());
        fs_err::remove_file(root.join(LOCK)).unwrap();
        fs_err::create_dir(root.join(LOCK)).unwrap();
        assert_eq!(Standing::alone([root.as_path()]).unwrap_err().kind(), io::ErrorKind::InvalidData);
    }
}
