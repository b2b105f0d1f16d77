use std::fs::File;
use std::io;

use camino::Utf8Path;

use crate::store::own_name;

/// As long as it lives, no run goes that somebody may be about to take something over from: those who start runs have it
/// together, and one who lets runs go has it alone.
#[derive(Debug)]
pub struct Standing(#[expect(dead_code, reason = "the lock is let go with it")] Option<File>);

impl Standing {
    /// For who starts a run: waits while somebody lets runs go. Where no lock can be kept nothing can go either.
    pub fn together(root: &Utf8Path) -> Self {
        let locked = open(root).and_then(|file| file.lock_shared().map(|()| file));
        Self(locked.ok())
    }

    /// For who lets runs go: waits until all that are being started have their records.
    pub fn alone(root: &Utf8Path) -> io::Result<Self> {
        let file = open(root)?;
        file.lock()?;
        Ok(Self(Some(file)))
    }
}

fn open(root: &Utf8Path) -> io::Result<File> {
    let folder = root.join(".greenroom");
    match fs_err::create_dir(&folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    let path = folder.join(format!("{}.lock", own_name(root)?));
    File::options().create(true).truncate(false).write(true).open(path)
}
