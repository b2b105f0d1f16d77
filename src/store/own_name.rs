use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt};

use camino::{Utf8Path, Utf8PathBuf};
use rustix::rand::{GetRandomFlags, getrandom};

use super::own_runs::own_folder;
use crate::domain::Digest;

/// A name that only this person's Greenroom knows, for what it keeps in a folder and believes later: what a clone or an
/// archive brought along has another one.
///
/// # Errors
/// The home directory is not known, or nothing can be kept in it.
pub fn own_name(folder: &Utf8Path) -> io::Result<String> {
    let state = own_folder().ok_or_else(|| {
        let why = "this user's home directory is not known; set HOME, or XDG_STATE_HOME";
        io::Error::new(io::ErrorKind::NotFound, why)
    })?;
    name_of(&state.join("key"), folder)
}

/// By where it lies on the disk, too: even a name that somebody has seen is good for no other folder.
fn name_of(key: &Utf8Path, folder: &Utf8Path) -> io::Result<String> {
    let mut text = read_or_make(key)?;
    text.extend(fs_err::metadata(folder)?.ino().to_le_bytes());
    Ok(Digest::of(&text).as_str()[..16].to_owned())
}

/// Of a key, in bytes.
const LENGTH: usize = 32;

fn read_or_make(key: &Utf8Path) -> io::Result<Vec<u8>> {
    match fs_err::read(key) {
        Ok(text) if text.len() == LENGTH => return Ok(text),
        // One that was cut short could be guessed.
        Ok(_) => fs_err::remove_file(key)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    let parent = key.parent().map(Utf8PathBuf::from).unwrap_or_default();
    let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&parent);
    made.map_err(|error| io::Error::new(error.kind(), format!("{parent} cannot be made: {error}")))?;
    // Readable for its owner alone, as all temporary files are.
    let mut new = tempfile::Builder::new().prefix(".new-").tempfile_in(&parent)?;
    let mut random = [0; LENGTH];
    let filled = getrandom(&mut random, GetRandomFlags::empty())?;
    new.write_all(&random[..filled])?;
    new.as_file().sync_all()?;
    match new.persist_noclobber(key) {
        // Of two that make it at once, the first has.
        Err(error) if error.error.kind() != io::ErrorKind::AlreadyExists => Err(error.error),
        _ => fs_err::read(key),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::super::testing::temp;
    use super::*;

    #[test]
    fn each_folder_has_one_of_each_person() {
        let (_dir, root) = temp();
        for folder in ["a", "b"] {
            fs_err::create_dir(root.join(folder)).unwrap();
        }
        let name = |person: &str, folder: &str| {
            name_of(&root.join(person).join("state/key"), &root.join(folder)).unwrap()
        };
        assert_eq!(name("ana", "a"), name("ana", "a"));
        assert_ne!(name("ana", "a"), name("ana", "b"));
        assert_ne!(name("ana", "a"), name("sam", "a"));
        let key = root.join("ana/state/key");
        assert_eq!(fs_err::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs_err::read(&key).unwrap().len(), 32);
        fs_err::write(&key, "").unwrap();
        assert_ne!(
            name("ana", "b"),
            Digest::of(&fs_err::metadata(root.join("b")).unwrap().ino().to_le_bytes()).as_str()[..16]
        );
        assert_eq!(fs_err::read(&key).unwrap().len(), 32);
        // Moved, it is the same folder.
        let before = name("ana", "a");
        fs_err::rename(root.join("a"), root.join("c")).unwrap();
        assert_eq!(name("ana", "c"), before);
    }
}
