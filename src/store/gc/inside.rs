use std::fs::{File, TryLockError};
use std::io;

use crate::domain::RunLayout;

/// As long as one lives, somebody is inside of the run, in a shell or a notebook: nothing of it goes. Its directory itself
/// is locked, so that nothing has to be written there, and who drives the run is not kept from it.
#[derive(Debug)]
pub struct Inside(#[expect(dead_code, reason = "the lock is let go with it")] File);

impl Inside {
    /// Several may be in there.
    pub fn of(layout: &RunLayout) -> io::Result<Self> {
        let folder = File::open(layout.dir())?;
        folder.lock_shared()?;
        Ok(Self(folder))
    }
}

/// Asked with a lock that is let go at once.
pub(super) fn is_entered(layout: &RunLayout) -> io::Result<bool> {
    match File::open(layout.dir())?.try_lock() {
        Ok(()) => Ok(false),
        Err(TryLockError::WouldBlock) => Ok(true),
        Err(TryLockError::Error(error)) => Err(error),
    }
}
