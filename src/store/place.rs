use std::fs::Permissions;
use std::io::{self, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use sha2::{Digest as _, Sha256};

use crate::domain::Digest;

/// The same file under a second name, or a durable copy where the file system (or its owner) allows no link.
/// Read-only either way.
pub(super) fn link_or_copy(from: &Path, to: &Path) -> io::Result<()> {
    match fs_err::hard_link(from, to) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
        Err(_) => {
            fs_err::copy(from, to)?;
            fs_err::File::open(to)?.sync_all()?;
            fs_err::set_permissions(to, Permissions::from_mode(0o444))
        }
        Ok(()) => Ok(()),
    }
}

/// The sum and size of a file's content.
pub(super) fn hash_file(path: &Path) -> io::Result<(Digest, u64)> {
    let mut file = fs_err::File::open(path)?;
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
