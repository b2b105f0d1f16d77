use std::io;

use camino::Utf8PathBuf;

use crate::engine::StoreError;

/// Why nobody can tell what may go.
#[derive(Debug, thiserror::Error)]
pub enum GarbageError {
    /// What lies there may have been made of any run.
    #[error("{path} cannot be looked into: {why}")]
    Closed { path: Utf8PathBuf, why: String },
    /// Which run it means may be any.
    #[error("the alias {alias} cannot be read: {why}")]
    Alias { alias: String, file: Utf8PathBuf, why: String },
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What was read, or why it says nothing: it is missing, torn, or no file. What may not be read might say anything.
pub(super) fn or_torn<T>(
    read: Result<T, StoreError>,
    torn: &mut Option<String>,
) -> Result<Option<T>, GarbageError> {
    use io::ErrorKind::{InvalidData, IsADirectory, NotADirectory, NotFound};
    match read {
        Ok(read) => Ok(Some(read)),
        Err(StoreError::Io { source, what })
            if matches!(source.kind(), InvalidData | IsADirectory | NotADirectory | NotFound) =>
        {
            torn.get_or_insert_with(|| format!("{what}: {source}"));
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}
