use std::fs::Permissions;
use std::io::{self, Read, Seek};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use std::sync::atomic::AtomicBool;

use sha2::{Digest as _, Sha256};

use super::given_up::UntilGivenUp;
use crate::disk::{Access, open_plain};
use crate::domain::Digest;

/// The rights of a file that a step made and that nobody may change.
const SEALED: u32 = 0o444;

/// The same file under a second name, or a durable copy where the file system (or its owner) allows no link.
/// Read-only either way.
pub(super) fn link_or_copy(from: &Path, to: &Path) -> io::Result<()> {
    match fs_err::hard_link(from, to) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
        Err(_) => {
            fs_err::copy(from, to)?;
            fs_err::File::open(to)?.sync_all()?;
            fs_err::set_permissions(to, Permissions::from_mode(SEALED))
        }
        Ok(()) => Ok(()),
    }
}

/// A file of a directory that may be anybody's, under a second name where it is as a seal leaves it, else as a durable
/// copy that is. Answers the sum of what is then there.
///
/// # Errors
/// `NotFound`, or `InvalidData` for what is no plain file that lies there.
pub(super) fn link_or_copy_sealed(
    dir: &Path,
    below: &Path,
    to: &Path,
    given_up: &AtomicBool,
) -> io::Result<Digest> {
    let from = open_plain(dir, below, Access::Read)?;
    let meta = from.metadata()?;
    let mine = meta.uid() == rustix::process::geteuid().as_raw();
    let sealed = mine && meta.mode() & 0o7777 == SEALED;
    if sealed && fs_err::hard_link(dir.join(below), to).is_ok() {
        // Another file may have been put in its place meanwhile.
        let linked = fs_err::symlink_metadata(to)?;
        if (linked.dev(), linked.ino()) == (meta.dev(), meta.ino()) {
            return hash(&mut UntilGivenUp { file: from, given_up }).map(|(sum, _)| sum);
        }
        fs_err::remove_file(to)?;
    }
    let mut copy = fs_err::OpenOptions::new().read(true).write(true).create_new(true).open(to)?;
    io::copy(&mut UntilGivenUp { file: from, given_up }, &mut copy)?;
    copy.set_permissions(Permissions::from_mode(SEALED))?;
    copy.sync_all()?;
    copy.rewind()?;
    hash(&mut UntilGivenUp { file: copy, given_up }).map(|(sum, _)| sum)
}

/// The sum and size of a file's content.
pub(super) fn hash_file(path: &Path) -> io::Result<(Digest, u64)> {
    hash(&mut fs_err::File::open(path)?)
}

/// The sum and size of what a file holds from where it stands.
pub fn hash(file: &mut impl Read) -> io::Result<(Digest, u64)> {
    let (mut hash, mut bytes) = (Sha256::new(), 0);
    let mut piece = vec![0; 128 * 1024];
    loop {
        match file.read(&mut piece)? {
            0 => return Ok((Digest::from_sha256(&hash.finalize()), bytes)),
            read => {
                hash.update(&piece[..read]);
                bytes += read as u64;
            }
        }
    }
}
