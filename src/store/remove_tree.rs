use std::fs::Permissions;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// Removes a directory with all that is in it, also where a step has taken the right to do so from its directories, or
/// has nested them deeper than a path can tell and a recursion can go. A missing one is no error.
pub(super) fn remove_tree(dir: impl AsRef<Path>) -> io::Result<()> {
    let dir = dir.as_ref();
    match fs_err::symlink_metadata(dir) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
        Ok(meta) if !meta.is_dir() => return fs_err::remove_file(dir),
        Ok(_) => {}
    }
    let mut pending = empty(dir)?;
    let mut names = (0_u64..).map(|number| dir.join(format!(".gone-{number}")));
    while let Some(below) = pending.pop() {
        for deep in empty(&below)? {
            // Every path stays short.
            pending.push(lift(&deep, &mut names)?);
        }
        fs_err::remove_dir(&below)?;
    }
    fs_err::remove_dir(dir)
}

/// Removes the files of a directory; answers its directories.
fn empty(dir: &Path) -> io::Result<Vec<PathBuf>> {
    fs_err::set_permissions(dir, Permissions::from_mode(0o700))?;
    let mut found = Vec::new();
    for entry in fs_err::read_dir(dir)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            found.push(entry.path());
        } else {
            fs_err::remove_file(entry.path())?;
        }
    }
    Ok(found)
}

/// To the first name that nothing has.
fn lift(deep: &Path, names: &mut impl Iterator<Item = PathBuf>) -> io::Result<PathBuf> {
    // A directory that may not be written cannot be given another parent.
    fs_err::set_permissions(deep, Permissions::from_mode(0o700))?;
    loop {
        let Some(name) = names.next() else { return Err(io::ErrorKind::AlreadyExists.into()) };
        if fs_err::symlink_metadata(&name).is_err() {
            fs_err::rename(deep, &name)?;
            return Ok(name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directories_that_may_not_be_entered_or_are_nested_without_end_are_removed_and_links_not_followed() {
        let temp = tempfile::tempdir().unwrap();
        let kept = temp.path().join("kept");
        fs_err::write(&kept, "").unwrap();
        let dir = temp.path().join("dir");
        fs_err::create_dir_all(dir.join("closed/.gone-1")).unwrap();
        fs_err::write(dir.join(".gone-0"), "").unwrap();
        std::os::unix::fs::symlink(temp.path(), dir.join("closed/link")).unwrap();
        fs_err::set_permissions(dir.join("closed"), Permissions::from_mode(0o000)).unwrap();
        // As deep as `chdir` allows: each is made before it is given a parent.
        let mut top = temp.path().join("deep");
        fs_err::create_dir(&top).unwrap();
        for number in 0..10_000 {
            let parent = temp.path().join(format!("deep-{number}"));
            fs_err::create_dir(&parent).unwrap();
            fs_err::rename(&top, parent.join("d")).unwrap();
            top = parent;
        }
        fs_err::rename(&top, dir.join("deep")).unwrap();
        remove_tree(&dir).unwrap();
        remove_tree(&dir).unwrap();
        let left: Vec<_> =
            fs_err::read_dir(temp.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
        assert_eq!(left, [kept]);
    }
}
