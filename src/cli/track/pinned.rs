use camino::Utf8PathBuf;
use serde::{Deserialize, Serialize};

use super::desk::Desk;
use super::wrong::of_git;
use crate::cli::{Exit, UserError};
use crate::domain::Digest;
use crate::domain::track::{CommitId, RefName};
use crate::store::atomic_write;

/// The last commit of a target at which all was as it should be with who may sign: what has counted in this clone goes on
/// to count here.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Pinned {
    pub target: RefName,
    /// The project's, from the root of its repository.
    pub folder: String,
    pub commit: CommitId,
    /// By which it came to count.
    pub begun: CommitId,
}

/// How the files are called, and the refs that keep their commits: what no branch leads to any more git would let go some
/// weeks later, and with it what was known.
const KIND: &str = "signers-";
const REFS: &str = "refs/greenroom/known/";

impl Desk {
    pub(super) fn pinned(&self) -> Result<Option<Pinned>, UserError> {
        self.read_pin(&self.pins()?.join(self.pin_name()))
    }

    /// Of other folders of the repository that lead to the same target.
    pub(super) fn pinned_elsewhere(&self) -> Result<Vec<Pinned>, UserError> {
        let Ok(all) = self.pins()?.read_dir_utf8() else { return Ok(Vec::new()) };
        let (mut found, own) = (Vec::new(), self.folder());
        for entry in all.flatten().filter(|entry| entry.file_name().starts_with(KIND)) {
            let pin = self.read_pin(entry.path())?;
            found.extend(pin.filter(|pin| pin.target == self.target && pin.folder != own));
        }
        Ok(found)
    }

    /// That it cannot be kept makes the next look longer, no more.
    pub(super) fn pin(&self, tip: &CommitId, begun: &CommitId) {
        let pin = Pinned {
            target: self.target.clone(),
            folder: self.folder(),
            commit: tip.clone(),
            begun: begun.clone(),
        };
        let (Ok(folder), Ok(text)) = (self.pins(), serde_json::to_string(&pin)) else { return };
        let path = folder.join(self.pin_name());
        if fs_err::read_to_string(&path).is_ok_and(|kept| kept == text) {
            return;
        }
        // Its commit first: the file is of no use without.
        let Ok(name) = format!("{REFS}{}", self.pin_name()).parse::<RefName>() else { return };
        let before = self.repository.tip(&name).ok().flatten();
        let held = self.repository.move_ref(&name, before.as_ref(), tip).is_ok();
        let made = held && fs_err::create_dir_all(&folder).is_ok();
        let _ = made.then(|| atomic_write(&path, text.as_bytes()));
    }

    fn pins(&self) -> Result<Utf8PathBuf, UserError> {
        Ok(self.repository.own_folder().map_err(|error| of_git(&error))?.join("greenroom"))
    }

    /// A repository may hold more than one project, and each may lead to more than one target.
    fn pin_name(&self) -> String {
        let of = format!("{}\n{}", self.target, self.folder());
        format!("{KIND}{}", Digest::of(of.as_bytes()).short())
    }

    /// What cannot be read is told: to forget is what somebody wants who writes a list anew.
    fn read_pin(&self, path: &camino::Utf8Path) -> Result<Option<Pinned>, UserError> {
        let wrong = |error: &(dyn std::error::Error + 'static)| {
            UserError::from_error(
                Exit::NotReady,
                "what this clone knows of who may sign cannot be used",
                error,
            )
            .to_do(format!(
                "if you know why: rm {path}, and this clone takes who may sign for what is said now"
            ))
        };
        match fs_err::read(path) {
            Ok(text) => serde_json::from_slice(&text).map(Some).map_err(|error| wrong(&error)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(wrong(&error)),
        }
    }
}
