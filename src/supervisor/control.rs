use std::io;
use std::os::unix::fs::MetadataExt;
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::watch;
use tokio::time::timeout;

use super::{RunLock, SupervisorError, own_folder};
use crate::domain::Token;
use crate::engine::Stop;

/// A supervisor that stands still, with its disk, must not hold up who asks it.
const ANSWER: Duration = Duration::from_secs(2);

/// The longest path a socket can have, less a little.
const LONGEST: usize = 100;

/// Listens for requests to stop; the socket goes with it.
pub struct Control {
    path: Utf8PathBuf,
    /// Where there is no folder of the caller's own.
    _folder: Option<TempDir>,
}

impl Control {
    /// Must be called in a runtime.
    pub fn listen(token: Token, stop: watch::Sender<Stop>) -> Result<Self, SupervisorError> {
        let (path, folder) = socket(token)?;
        // The lock of the run is ours, so a socket that is there is a dead one's.
        let _ = fs_err::remove_file(&path);
        let wrong = |source| SupervisorError::Socket { path: path.clone(), source };
        let listener = UnixListener::bind(&path).map_err(wrong)?;
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream, stop.clone()));
            }
        });
        Ok(Self { path, _folder: folder })
    }

    pub(super) fn path(&self) -> &Utf8Path {
        &self.path
    }
}

impl Drop for Control {
    fn drop(&mut self) {
        let _ = fs_err::remove_file(&self.path);
    }
}

async fn answer(mut stream: UnixStream, stop: watch::Sender<Stop>) {
    let asked = match stream.read_u8().await {
        Ok(b'c') => Stop::Gently,
        Ok(b'k') => Stop::AtOnce,
        _ => return,
    };
    stop.send_if_modified(|said| {
        let more = asked > *said;
        *said = asked.max(*said);
        more
    });
    // The asker may be gone; what it asked for holds.
    let _ = stream.write_u8(b'.').await;
}

/// Asks the supervisor of a run to stop it; returns when it has heard. Where it listens stands in the run's lock: the
/// caller's own `$XDG_RUNTIME_DIR` may be another than the supervisor's (sudo, cron, another login).
pub async fn ask(token: Token, lock: &Utf8Path, stop: Stop) -> Result<(), SupervisorError> {
    let path = RunLock::socket(lock).filter(|path| is_of(token, path)).ok_or(SupervisorError::Nobody)?;
    let word = if stop == Stop::AtOnce { b'k' } else { b'c' };
    let talk = async {
        let mut stream = UnixStream::connect(&path).await?;
        stream.write_u8(word).await?;
        stream.read_u8().await
    };
    let late = |_| Err(io::Error::new(io::ErrorKind::TimedOut, "it does not answer"));
    match timeout(ANSWER, talk).await.unwrap_or_else(late) {
        Ok(_) => Ok(()),
        Err(e) if matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused) => {
            Err(SupervisorError::Nobody)
        }
        Err(source) => Err(SupervisorError::Socket { path, source }),
    }
}

/// In `$XDG_RUNTIME_DIR`, or where that is missing or too long in a short temporary folder of the caller's own. Anybody
/// may have made the one of that name; whoever looks for the socket is told its path, so any other does.
fn socket(token: Token) -> Result<(Utf8PathBuf, Option<TempDir>), SupervisorError> {
    let name = format!("{token}.sock");
    let runtime = std::env::var("XDG_RUNTIME_DIR").map(Utf8PathBuf::from);
    // Its specification has a relative one ignored.
    if let Some(runtime) = runtime.ok().filter(|dir| dir.is_absolute()) {
        let dir = runtime.join("greenroom");
        let path = dir.join(&name);
        if path.as_str().len() <= LONGEST && own_folder(&dir).is_ok() {
            return Ok((path, None));
        }
    }
    let dir = Utf8PathBuf::from(format!("/tmp/greenroom-{}", rustix::process::getuid().as_raw()));
    if own_folder(&dir).is_ok() {
        return Ok((dir.join(name), None));
    }
    let made = tempfile::Builder::new().prefix("greenroom-").tempdir_in("/tmp");
    let made = made.map_err(|source| SupervisorError::Socket { path: dir.clone(), source })?;
    let path = Utf8PathBuf::from_path_buf(made.path().join(name)).unwrap_or(dir);
    Ok((path, Some(made)))
}

/// A lock's text is a file like others: nothing but this run's socket is spoken to, and only one of the caller's own.
fn is_of(token: Token, path: &Utf8Path) -> bool {
    let uid = rustix::process::getuid().as_raw();
    path.is_absolute()
        && path.file_name() == Some(&format!("{token}.sock"))
        && fs_err::symlink_metadata(path).is_ok_and(|facts| facts.uid() == uid || uid == 0)
}
