use std::fs::Permissions;
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};

use camino::Utf8Path;

/// Makes the folder, or makes sure that it is the caller's and nobody else can enter: its parent may be everybody's.
pub fn own_folder(dir: &Utf8Path) -> io::Result<()> {
    match std::fs::DirBuilder::new().mode(0o700).create(dir) {
        Err(e) if e.kind() != io::ErrorKind::AlreadyExists => return Err(e),
        _ => {}
    }
    let facts = fs_err::symlink_metadata(dir)?;
    if !facts.is_dir() || facts.uid() != rustix::process::getuid().as_raw() {
        return Err(io::Error::other("it is not a folder of yours"));
    }
    match facts.mode() & 0o077 {
        0 => Ok(()),
        _ => fs_err::set_permissions(dir, Permissions::from_mode(0o700)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_folder_that_nobody_else_can_enter_is_ones_own() {
        let temp = tempfile::tempdir().unwrap();
        let dir = camino::Utf8PathBuf::from_path_buf(temp.path().join("own")).unwrap();
        own_folder(&dir).unwrap();
        own_folder(&dir).unwrap();
        fs_err::set_permissions(&dir, Permissions::from_mode(0o755)).unwrap();
        own_folder(&dir).unwrap();
        assert_eq!(fs_err::metadata(&dir).unwrap().mode() & 0o777, 0o700);
        let link = dir.with_file_name("link");
        std::os::unix::fs::symlink(temp.path(), &link).unwrap();
        assert!(own_folder(&link).is_err());
    }
}
