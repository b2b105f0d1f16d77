use std::fs::Permissions;
use std::io::{self, Seek, Write};
use std::os::unix::fs::PermissionsExt;

use camino::Utf8Path;
use tempfile::NamedTempFile;

/// What a file's name begins with before it is whole.
pub(super) const UNFINISHED: &str = ".new-";

/// Replaces a file as a whole: temporary name, sync, rename, sync of the folder. A reader, and a machine that starts
/// again, sees the old content or the new one.
pub fn atomic_write(path: &Utf8Path, bytes: &[u8]) -> io::Result<()> {
    // Less what the caller's umask takes away, as for any file.
    atomic_write_as(path, bytes, 0o666)
}

/// The same of a file that somebody else made: those who may read, write or run it stay the same.
pub fn atomic_replace(path: &Utf8Path, bytes: &[u8]) -> io::Result<()> {
    let file = beside(path, 0o666)?;
    if let Ok(meta) = path.metadata() {
        file.0.as_file().set_permissions(meta.permissions())?;
    }
    file.write(path, bytes)
}

/// The same, for those alone whom the mode names.
pub fn atomic_write_as(path: &Utf8Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    beside(path, mode)?.write(path, bytes)
}

/// A file that gets its name once it is whole.
pub(super) struct Unfinished(NamedTempFile);

impl Unfinished {
    /// One that has so many bytes of the disk already: that it is full is then known before anything else is done.
    pub fn with_room(path: &Utf8Path, bytes: usize) -> io::Result<Self> {
        let Self(mut file) = beside(path, 0o666)?;
        file.write_all(&vec![b' '; bytes])?;
        file.as_file().sync_all()?;
        file.rewind()?;
        Ok(Self(file))
    }

    /// `path`: what it was made beside.
    pub fn write(mut self, path: &Utf8Path, bytes: &[u8]) -> io::Result<()> {
        self.0.write_all(bytes)?;
        self.0.as_file().set_len(bytes.len() as u64)?;
        self.0.as_file().sync_all()?;
        self.0.persist(path).map_err(|error| error.error)?;
        sync_dir(folder(path))
    }
}

fn beside(path: &Utf8Path, mode: u32) -> io::Result<Unfinished> {
    let permissions = Permissions::from_mode(mode);
    let file =
        tempfile::Builder::new().prefix(UNFINISHED).permissions(permissions).tempfile_in(folder(path))?;
    Ok(Unfinished(file))
}

fn folder(path: &Utf8Path) -> &Utf8Path {
    path.parent().unwrap_or(Utf8Path::new("."))
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
        let room = Unfinished::with_room(&path, 100).unwrap();
        assert_eq!(fs_err::read(&path).unwrap(), b"two");
        room.write(&path, b"three").unwrap();
        assert_eq!(fs_err::read(&path).unwrap(), b"three");
        assert_eq!(fs_err::read_dir(dir.path()).unwrap().count(), 1);
    }
}
