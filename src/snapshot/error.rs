use std::io;
use std::path::PathBuf;

use camino::Utf8PathBuf;

use crate::domain::Digest;

#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    #[error("{what}")]
    Io { what: String, source: io::Error },
    #[error("{} is a path that leaves the project", .0.display())]
    Path(PathBuf),
    #[error("cannot read {}: make it readable, or add it to .gitignore", path.display())]
    Unreadable { path: PathBuf, source: io::Error },
    #[error("`{glob}` is not a pattern of files: {why}")]
    BadGlob { glob: String, why: String },
    #[error("no file of the project matches `{0}`")]
    NoMatch(String),
    /// Nobody froze it here, or it was cleaned up: unpack it from a run that has it.
    #[error("the snapshot {} is not on this machine", .0.short())]
    Gone(Digest),
    /// Of what is kept, only that copy is at fault: it is made again where it is missing.
    #[error("the frozen copy of {} was changed: remove {state}, which is made again", path.display())]
    Changed { path: PathBuf, state: Utf8PathBuf },
    /// An archive or list that does not hold what it claims to.
    #[error("{what} is damaged or was changed: {why}")]
    Damaged { what: String, why: String },
}

/// `.map_err(failed("…"))`: the disk's fault, with what was being done.
pub(super) fn failed(what: impl Into<String>) -> impl FnOnce(io::Error) -> SnapshotError {
    let what = what.into();
    move |source| SnapshotError::Io { what, source }
}
