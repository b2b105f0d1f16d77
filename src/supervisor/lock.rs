use std::fs::{File, TryLockError};
use std::io::{Seek, Write};
use std::os::unix::fs::MetadataExt;
use std::process::Stdio;
use std::thread::sleep;
use std::time::{Duration, Instant};

use camino::{Utf8Path, Utf8PathBuf};

use super::SupervisorError;
use crate::disk::{Access, open_record, read_record};

/// The lock of a run. Held means running; free without a `run_finished` means interrupted.
///
/// The process that starts a supervisor takes it and hands the open file down, so at no moment is it free.
#[derive(Debug)]
pub struct RunLock(File);

/// A reader that looks whether the lock is held has it for an instant.
const READERS_INSTANT: Duration = Duration::from_millis(500);

impl RunLock {
    pub fn acquire(path: &Utf8Path) -> Result<Self, SupervisorError> {
        let wrong = |source| SupervisorError::Lock { path: path.to_owned(), source };
        if let Some(parent) = path.parent() {
            fs_err::create_dir_all(parent).map_err(wrong)?;
        }
        let file = open_record(path, Access::Write).map_err(wrong)?;
        let deadline = Instant::now() + READERS_INSTANT;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Self(file)),
                Err(TryLockError::Error(source)) => return Err(wrong(source)),
                Err(TryLockError::WouldBlock) if Instant::now() > deadline => {
                    return Err(SupervisorError::Held);
                }
                // No event tells when a lock becomes free.
                Err(TryLockError::WouldBlock) => sleep(Duration::from_millis(20)),
            }
        }
    }

    /// The lock that the starting process handed down as standard input. Whatever else stands there, or a lock that
    /// another process holds, is `Held`: whoever drives the run must not be disturbed.
    pub fn inherited(path: &Utf8Path) -> Result<Self, SupervisorError> {
        let file = rustix::io::dup(std::io::stdin()).map_err(|e| SupervisorError::Start(e.into()))?;
        let file = File::from(file);
        let is_it = || -> std::io::Result<bool> {
            let (handed, lock) = (file.metadata()?, fs_err::symlink_metadata(path)?);
            Ok((handed.dev(), handed.ino()) == (lock.dev(), lock.ino()))
        };
        match is_it().map_err(|source| SupervisorError::Lock { path: path.to_owned(), source })? {
            true if file.try_lock().is_ok() => Ok(Self(file)),
            _ => Err(SupervisorError::Held),
        }
    }

    /// Writes who drives the run, for people and for `runs --json`, and on the next line where it listens.
    pub(super) fn sign(&mut self, socket: &Utf8Path) -> std::io::Result<()> {
        self.0.set_len(0)?;
        self.0.rewind()?;
        write!(self.0, "{}\n{socket}\n", std::process::id())
    }

    /// Where the process that holds the lock listens. None until it has signed.
    pub(super) fn socket(path: &Utf8Path) -> Option<Utf8PathBuf> {
        let text = String::from_utf8(read_record(path).ok()?).ok()?;
        let signed = text.strip_suffix('\n')?;
        signed.lines().nth(1).map(Utf8PathBuf::from)
    }

    pub(super) fn hand_down(&self) -> std::io::Result<Stdio> {
        Ok(Stdio::from(self.0.try_clone()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_held_lock_is_refused_and_a_copy_keeps_it() {
        let dir = tempfile::tempdir().unwrap();
        let path = camino::Utf8PathBuf::from_path_buf(dir.path().join("lock")).unwrap();
        let first = RunLock::acquire(&path).unwrap();
        assert!(matches!(RunLock::acquire(&path), Err(SupervisorError::Held)));
        let copy = first.0.try_clone().unwrap();
        drop(first);
        assert!(matches!(RunLock::acquire(&path), Err(SupervisorError::Held)), "the child still has it");
        drop(copy);
        assert!(RunLock::acquire(&path).is_ok());
    }
}
