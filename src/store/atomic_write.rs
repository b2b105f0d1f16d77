use std::fs::Permissions;
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;

use camino::Utf8Path;

/// Replaces a file as a whole: temporary name, sync, rename, sync of the folder. A reader, and a machine that starts
/// again, sees the old content or the new one.
pub fn atomic_write(path: &Utf8Path, bytes: &[u8]) -> io::Result<()> {
    // Less what the caller's umask takes away, as for any file.
    atomic_write_as(path, bytes, 0o666)
}

/// The same, for those alone whom the mode names.
pub(super) fn atomic_write_as(path: &Utf8Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Utf8Path::new("."));
    let mut file = tempfile::Builder::new()
        .prefix(".new-")
        .permissions(Permissions::from_mode(mode))
        .tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    sync_dir(folder)
}

/// Makes the names in a folder durable.
pub(super) fn sync_dir(folder: &Utf8Path) -> io::Result<()> {
    fs_err::File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_and_nothing_else_is_left() {
        let dir = tempfile::tempdir().unwrap();
        let path = Utf8Path::from_path(dir.path()).unwrap().join("a.json");
        atomic_write(&path, b"one").unwrap();
        atomic_write(&path, b"two").unwrap();
        assert_eq!(fs_err::read(&path).unwrap(), b"two");
        assert_eq!(fs_err::read_dir(dir.path()).unwrap().count(), 1);
    }
}
