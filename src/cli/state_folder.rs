//! `.greenroom/`: what this machine alone knows of a project, its secrets among it.

use std::io::{self, Write};

use camino::Utf8Path;

pub const NAME: &str = ".greenroom";

/// Makes the folder, and has git leave it alone: a project that was written by hand may not say so.
pub fn make(root: &Utf8Path) -> io::Result<()> {
    let folder = root.join(NAME);
    fs_err::create_dir_all(&folder)?;
    // A project could bring a link, and so have git forget what lies somewhere else.
    if !fs_err::symlink_metadata(&folder)?.is_dir() {
        return Ok(());
    }
    match std::fs::File::create_new(folder.join(".gitignore")) {
        Ok(mut file) => file.write_all(b"*\n"),
        // It stays what somebody made of it.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        // What was made on a writable disk may be looked at on one that is not.
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied
            ) =>
        {
            Ok(())
        }
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn git_never_sees_it_and_what_is_there_stays() {
        let dir = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(dir.path()).unwrap();
        make(root).unwrap();
        let ignore = root.join(".greenroom/.gitignore");
        assert_eq!(fs_err::read_to_string(&ignore).unwrap(), "*\n");
        fs_err::write(&ignore, "mine").unwrap();
        make(root).unwrap();
        assert_eq!(fs_err::read_to_string(&ignore).unwrap(), "mine");
    }

    #[test]
    fn no_other_folder_is_hidden_by_a_link() {
        let dir = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(dir.path()).unwrap();
        fs_err::create_dir(root.join("elsewhere")).unwrap();
        std::os::unix::fs::symlink("elsewhere", root.join(NAME)).unwrap();
        make(root).unwrap();
        assert!(!root.join("elsewhere/.gitignore").exists());
    }
}
