use std::fs::TryLockError;
use std::io;

use camino::Utf8Path;

use crate::disk::{Access, open_record, read_record};
use crate::domain::RunLayout;

/// Does somebody hold the run's lock? Asked with a shared lock that is let go at once, so that readers do not take
/// each other for the supervisor.
pub fn is_driven(lock: &Utf8Path) -> io::Result<bool> {
    let file = match open_record(lock, Access::Read) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    match file.try_lock_shared() {
        Ok(()) => Ok(false),
        Err(TryLockError::WouldBlock) => Ok(true),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// Who drives the run, as the lock says. None in the instant before the supervisor has signed.
pub(super) fn driver(layout: &RunLayout) -> Option<u32> {
    let signed = String::from_utf8(read_record(&layout.lock()).ok()?).ok()?;
    signed.lines().next()?.parse().ok()
}
