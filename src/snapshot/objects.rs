use std::fs::{File, Metadata, Permissions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;
use std::time::SystemTime;

use camino::{Utf8Path, Utf8PathBuf};
use rustix::fs::OFlags;
use sha2::{Digest as _, Sha256};

use super::frozen::{FileKind, FrozenFile};
use crate::domain::Digest;

/// Above this many files one sync of the whole file system is cheaper than one for each.
const SINGLE_SYNCS: usize = 64;

/// Every content once, read-only, named by its sha256 (and `x` where it may be executed: the bit belongs to the file).
pub(super) struct Objects {
    dir: Utf8PathBuf,
    /// Written, and not yet known to be on disk.
    unsynced: Vec<Utf8PathBuf>,
}

impl Objects {
    pub fn at(state: &Utf8Path) -> Self {
        Self { dir: state.join("objects"), unsynced: Vec::new() }
    }

    pub fn path(&self, sha256: &Digest, executable: bool) -> Utf8PathBuf {
        let (head, tail) = sha256.as_str().split_at(2);
        self.dir.join(head).join(format!("{tail}{}", if executable { "x" } else { "" }))
    }

    pub fn has(&self, sha256: &Digest, executable: bool) -> bool {
        self.path(sha256, executable).as_std_path().symlink_metadata().is_ok()
    }

    /// One that is missing is not: it comes back where it is needed.
    pub fn is_changed(&self, file: &FrozenFile, listed: SystemTime) -> bool {
        let FileKind::File { executable } = file.kind else { return false };
        let object = self.path(&file.sha256, executable);
        let Ok(meta) = object.as_std_path().symlink_metadata() else { return false };
        let as_sealed = meta.is_file() && meta.len() == file.bytes && meta.mode() & 0o222 == 0;
        if as_sealed && meta.modified().is_ok_and(|modified| modified <= listed) {
            return false;
        }
        // Clocks are set back, too.
        let sum = open(object.as_std_path()).and_then(|mut content| read(&mut content, |_| Ok(())));
        sum.map_or(true, |(sha256, _)| sha256 != file.sha256)
    }

    /// Is that file the content: by its second name, or, where a file system gave none, by its sum?
    pub fn is_at(&self, there: &Path, sha256: &Digest, executable: bool) -> bool {
        let Ok(meta) = there.symlink_metadata() else { return false };
        let object = self.path(sha256, executable).as_std_path().symlink_metadata();
        let same = |object: Metadata| (object.dev(), object.ino()) == (meta.dev(), meta.ino());
        meta.is_file()
            && (object.is_ok_and(same)
                || (meta.mode() & 0o111 != 0) == executable
                    && open(there)
                        .and_then(|mut it| read(&mut it, |_| Ok(())))
                        .is_ok_and(|(sum, _)| sum == *sha256))
    }

    /// Takes a copy, and answers what was copied: a file that is written meanwhile has the digest of what was read.
    pub fn add(&mut self, from: &mut impl Read, executable: bool) -> io::Result<(Digest, u64)> {
        fs_err::create_dir_all(&self.dir)?;
        let mut copy = tempfile::Builder::new().prefix(".new-").tempfile_in(&self.dir)?;
        let (sha256, bytes) = read(from, |piece| copy.write_all(piece))?;
        let place = self.path(&sha256, executable);
        if !self.has(&sha256, executable) {
            let mode = if executable { 0o555 } else { 0o444 };
            copy.as_file().set_permissions(Permissions::from_mode(mode))?;
            fs_err::create_dir_all(place.parent().unwrap_or(&self.dir))?;
            copy.persist(&place).map_err(|error| error.error)?;
            self.unsynced.push(place);
        }
        Ok((sha256, bytes))
    }

    /// Makes what was added outlive a power cut, before anything refers to it.
    pub fn sync(&mut self) -> io::Result<()> {
        if self.unsynced.len() > SINGLE_SYNCS {
            rustix::fs::syncfs(File::open(&self.dir)?)?;
        } else {
            for path in &self.unsynced {
                fs_err::File::open(path)?.sync_all()?;
            }
        }
        self.unsynced.clear();
        Ok(())
    }
}

/// The sum of what is read.
pub fn summed(from: &mut impl Read) -> io::Result<Digest> {
    read(from, |_| Ok(())).map(|(sha256, _)| sha256)
}

/// The sum and size of what is read; `each` gets it in pieces.
fn read(from: &mut impl Read, mut each: impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<(Digest, u64)> {
    let (mut hash, mut bytes) = (Sha256::new(), 0);
    let mut piece = vec![0; 128 * 1024];
    loop {
        let read = match from.read(&mut piece) {
            Ok(0) => return Ok((Digest::from_sha256(&hash.finalize()), bytes)),
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        hash.update(&piece[..read]);
        each(&piece[..read])?;
        bytes += read as u64;
    }
}

/// Opens a file of the project: never through a link, never waiting at a FIFO.
pub(super) fn open(path: &Path) -> io::Result<File> {
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = File::options().read(true).custom_flags(flags.bits() as i32).open(path)?;
    match file.metadata()?.is_file() {
        true => Ok(file),
        false => Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no longer a plain file")),
    }
}
