use std::io;

use camino::Utf8PathBuf;

use crate::domain::Token;
use crate::engine::StoreError;

/// Why a run was not packed or taken in. Nothing is left of what was begun.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// The archive, or the run, is not what it should be.
    #[error("{0}")]
    Bad(String),
    /// A run that is to be taken in has the token of one that lies elsewhere among the same runs: a token is one run.
    #[error("run {} is here already, in another place than the archive has it: {place}", token.short())]
    Known { token: Token, place: Utf8PathBuf },
    /// A person interrupted it.
    #[error("it was interrupted")]
    Stopped,
    #[error("{what}: {source}")]
    Io { what: String, source: io::Error },
}

/// `.map_err(failed("…"))`: the disk's fault, with what was being done.
pub(super) fn failed(what: impl Into<String>) -> impl FnOnce(io::Error) -> ArchiveError {
    let what = what.into();
    move |source| match stopped(&source) {
        true => ArchiveError::Stopped,
        false => ArchiveError::Io { what, source },
    }
}

pub(super) fn bad<T>(why: impl Into<String>) -> Result<T, ArchiveError> {
    Err(ArchiveError::Bad(why.into()))
}

/// Why a read ended that would have gone on.
#[derive(Debug, thiserror::Error)]
#[error("it was interrupted")]
pub(super) struct Stopped;

pub(super) fn stopped(error: &io::Error) -> bool {
    error.get_ref().is_some_and(|source| source.is::<Stopped>())
}

impl From<StoreError> for ArchiveError {
    /// What is missing, torn or edited is the run's own fault.
    fn from(error: StoreError) -> Self {
        use io::ErrorKind::{InvalidData, NotFound};
        match error {
            StoreError::Io { what, source } if !matches!(source.kind(), InvalidData | NotFound) => {
                Self::Io { what, source }
            }
            error => Self::Bad(error.to_string()),
        }
    }
}
