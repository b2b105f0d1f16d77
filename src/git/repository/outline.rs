use std::path::Path;

use camino::{Utf8Path, Utf8PathBuf};

use super::Repository;
use super::files::is_within;
use crate::domain::track::CommitId;
use crate::git::GitError;

/// Of a file whose text counts, in bytes: specs and queries have far less.
const LARGEST: u64 = 1 << 20;
/// Where a project keeps what is a machine's own: no commit has a say in it.
const OWN: &str = ".greenroom";

/// A project's folder as a commit has it, for whoever reads specs: every file is there by its name, and small ones have
/// their text; nothing is checked out, so no filter runs, and no link leads anywhere. Gone when it is dropped.
pub struct Outline {
    path: Utf8PathBuf,
    _keep: tempfile::TempDir,
}

impl Outline {
    pub fn of(repository: &Repository, commit: &CommitId) -> Result<Self, GitError> {
        let keep = tempfile::Builder::new().prefix("greenroom-").tempdir().map_err(GitError::Temporary)?;
        let path = Utf8Path::from_path(keep.path()).map(Utf8Path::canonicalize_utf8);
        let path = path.unwrap_or_else(|| Err(std::io::ErrorKind::InvalidFilename.into()));
        let path = path.map_err(GitError::Temporary)?;
        let prefix = repository.prefix();
        for file in repository.files(commit, &prefix)? {
            let below = file.strip_prefix(&prefix).unwrap_or(&file);
            // A tree can be made by hand, with names that no checkout would write.
            if is_within(below) && !below.starts_with(OWN) {
                let content = repository.text(commit, &file)?;
                write(&path.as_std_path().join(below), &content).map_err(GitError::Temporary)?;
            }
        }
        Ok(Self { path, _keep: keep })
    }

    pub fn path(&self) -> &Utf8Path {
        &self.path
    }
}

impl Repository {
    /// The content of a small file; of a large one nothing.
    fn text(&self, commit: &CommitId, file: &Path) -> Result<Vec<u8>, GitError> {
        match self.file_within(commit, file, LARGEST) {
            Err(GitError::TooLarge { .. }) => Ok(Vec::new()),
            read => Ok(read?.unwrap_or_default()),
        }
    }
}

fn write(path: &Path, content: &[u8]) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        fs_err::create_dir_all(folder)?;
    }
    fs_err::write(path, content)
}
