use std::io;

use camino::Utf8PathBuf;

#[derive(Debug, thiserror::Error)]
pub enum SupervisorError {
    #[error("another process drives this run")]
    Held,
    #[error("could not lock {path}: {source}")]
    Lock { path: Utf8PathBuf, source: io::Error },
    #[error("could not start the process that drives the run: {0}")]
    Start(#[source] io::Error),
    #[error("the control socket {path}: {source}")]
    Socket { path: Utf8PathBuf, source: io::Error },
    #[error("nobody drives this run")]
    Nobody,
}
