use std::fs::{File, TryLockError};
use std::io;
use std::sync::Arc;

use camino::Utf8Path;

/// As long as one lives, no snapshot goes: what was frozen is not recorded as a run's yet.
#[derive(Clone, Debug)]
pub struct Hold(#[expect(dead_code, reason = "the lock is let go with it")] Arc<File>);

impl Hold {
    pub(super) fn together(state: &Utf8Path) -> io::Result<Self> {
        let file = open(state)?;
        file.lock_shared()?;
        Ok(Self(Arc::new(file)))
    }

    /// For who lets snapshots go; None: somebody is starting a run from one.
    pub(super) fn alone(state: &Utf8Path) -> io::Result<Option<Self>> {
        let file = open(state)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self(Arc::new(file)))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }
}

fn open(state: &Utf8Path) -> io::Result<File> {
    fs_err::create_dir_all(state)?;
    File::options().write(true).create(true).truncate(false).open(state.join("lock"))
}
