use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};

use camino::Utf8PathBuf;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::watch;

use super::SupervisorError;
use crate::domain::Token;
use crate::engine::Stop;

/// The longest path a socket can have, less a little.
const LONGEST: usize = 100;

/// Listens for requests to stop; the socket goes with it.
pub struct Control {
    path: Utf8PathBuf,
}

impl Control {
    /// Must be called in a runtime.
    pub fn listen(token: Token, stop: watch::Sender<Stop>) -> Result<Self, SupervisorError> {
        let path = socket(token)?;
        // The lock of the run is ours, so a socket that is there is a dead one's.
        let _ = fs_err::remove_file(&path);
        let wrong = |source| SupervisorError::Socket { path: path.clone(), source };
        let listener = UnixListener::bind(&path).map_err(wrong)?;
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream, stop.clone()));
            }
        });
        Ok(Self { path })
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

/// Asks the supervisor of a run to stop it; returns when it has heard.
pub async fn ask(token: Token, stop: Stop) -> Result<(), SupervisorError> {
    let path = socket(token)?;
    let word = if stop == Stop::AtOnce { b'k' } else { b'c' };
    let talk = async {
        let mut stream = UnixStream::connect(&path).await?;
        stream.write_u8(word).await?;
        stream.read_u8().await
    };
    match talk.await {
        Ok(_) => Ok(()),
        Err(e) if matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused) => {
            Err(SupervisorError::Nobody)
        }
        Err(source) => Err(SupervisorError::Socket { path, source }),
    }
}

/// In `$XDG_RUNTIME_DIR`, or where that is missing or too long in a short temporary folder of the caller's own.
fn socket(token: Token) -> Result<Utf8PathBuf, SupervisorError> {
    let name = format!("{token}.sock");
    if let Ok(runtime) = std::env::var("XDG_RUNTIME_DIR") {
        let dir = Utf8PathBuf::from(runtime).join("greenroom");
        let path = dir.join(&name);
        if path.as_str().len() <= LONGEST && own(&dir).is_ok() {
            return Ok(path);
        }
    }
    let dir = Utf8PathBuf::from(format!("/tmp/greenroom-{}", rustix::process::getuid().as_raw()));
    match own(&dir) {
        Ok(()) => Ok(dir.join(name)),
        Err(source) => Err(SupervisorError::Socket { path: dir, source }),
    }
}

/// Makes the folder, or makes sure that it is the caller's and nobody else can enter.
fn own(dir: &Utf8PathBuf) -> io::Result<()> {
    match std::fs::DirBuilder::new().mode(0o700).create(dir) {
        Err(e) if e.kind() != io::ErrorKind::AlreadyExists => return Err(e),
        _ => {}
    }
    let facts = fs_err::symlink_metadata(dir)?;
    let ours =
        facts.is_dir() && facts.uid() == rustix::process::getuid().as_raw() && facts.mode() & 0o077 == 0;
    if ours { Ok(()) } else { Err(io::Error::other("it belongs to somebody else, or others may enter it")) }
}
