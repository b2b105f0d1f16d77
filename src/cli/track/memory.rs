use camino::Utf8PathBuf;

use crate::cli::{Exit, UserError};
use crate::domain::track::{Seen, TrackId};
use crate::git::Repository;
use crate::store::atomic_write;

use super::wrong::of_git;

/// What this clone remembers of ledgers, in a folder of git's own: a branch that is checked out brings nothing into that.
pub(super) struct Memory {
    folder: Utf8PathBuf,
}

impl Memory {
    pub fn of(repository: &Repository) -> Result<Self, UserError> {
        let folder = repository.own_folder().map_err(|error| of_git(&error))?;
        Ok(Self { folder: folder.join("greenroom") })
    }

    /// Nothing of a track that was never looked at. What cannot be read is told: to forget is what somebody who rewrites a
    /// ledger wants.
    pub fn read(&self, id: &TrackId) -> Result<Seen, UserError> {
        let path = self.path(id);
        let text = match fs_err::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Seen::default()),
            Err(error) => return Err(wrong(id, &error)),
        };
        serde_json::from_slice(&text).map_err(|error| {
            wrong(id, &error).to_do(format!(
                "if you know why: rm {}, and this clone takes the ledger for what it is now",
                path
            ))
        })
    }

    pub fn write(&self, id: &TrackId, seen: &Seen) -> Result<(), UserError> {
        let write = || {
            fs_err::create_dir_all(&self.folder)?;
            let text = serde_json::to_vec(seen)?;
            atomic_write(&self.path(id), &text)
        };
        write().map_err(|error| wrong(id, &error))
    }

    /// Every track whose ledger this clone has seen.
    pub fn ids(&self) -> Result<Vec<TrackId>, UserError> {
        let cannot = |error: &std::io::Error| {
            UserError::from_error(Exit::NotReady, "what this clone remembers of tracks cannot be read", error)
        };
        let all = match self.folder.read_dir_utf8() {
            Ok(all) => all,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(cannot(&error)),
        };
        let mut ids = Vec::new();
        for entry in all {
            let entry = entry.map_err(|error| cannot(&error))?;
            ids.extend(entry.file_name().strip_suffix(".json").and_then(|id| TrackId::new(id).ok()));
        }
        ids.sort();
        Ok(ids)
    }

    pub fn forget(&self, id: &TrackId) -> Result<(), UserError> {
        fs_err::remove_file(self.path(id)).map_err(|error| wrong(id, &error))
    }

    fn path(&self, id: &TrackId) -> Utf8PathBuf {
        self.folder.join(format!("{id}.json"))
    }
}

fn wrong(id: &TrackId, error: &(dyn std::error::Error + 'static)) -> UserError {
    UserError::from_error(Exit::NotReady, format!("what this clone remembers of {id} cannot be used"), error)
}
