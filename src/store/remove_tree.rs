use std::fs::Permissions;
use std::io;
use std::os::unix::fs::PermissionsExt;

use camino::Utf8Path;

/// Removes a directory with all that is in it, also where a step has taken the right to do so from its directories.
/// A missing one is no error.
pub(super) fn remove_tree(dir: &Utf8Path) -> io::Result<()> {
    match fs_err::remove_dir_all(dir) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            open_up(dir)?;
            fs_err::remove_dir_all(dir)
        }
        result => result,
    }
}

fn open_up(dir: &Utf8Path) -> io::Result<()> {
    let mut pending = vec![dir.as_std_path().to_owned()];
    while let Some(dir) = pending.pop() {
        fs_err::set_permissions(&dir, Permissions::from_mode(0o700))?;
        for entry in fs_err::read_dir(&dir)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                pending.push(entry.path());
            }
        }
    }
    Ok(())
}
