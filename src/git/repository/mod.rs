mod changes;
mod commit;
mod files;
mod history;
mod merge;
mod missing;
mod open;
mod outline;
mod own_merges;
mod range_diff;
mod refs;
mod versions;
mod worktree;

use std::path::{Path, PathBuf};

use camino::{Utf8Path, Utf8PathBuf};

use super::own::OwnGit;
use super::{GitError, Prompt, facts};
use crate::domain::track::{CommitId, TreeId};

pub use changes::{ChangeKind, ContentKind, FileChange, FileSide};
pub use commit::{Commit, Who};
pub use history::{CommitSignature, Distance, LineCommit};
pub use outline::Outline;
pub use refs::Head;
pub use versions::CommitFiles;
pub use worktree::Worktree;

/// The repository that a project is in, possibly in a folder of it. Paths are relative to the repository, as bytes.
pub struct Repository {
    pub(super) git: git2::Repository,
    root: Utf8PathBuf,
    prompt: Prompt,
}

impl Repository {
    /// May ask for passwords and passphrases on the terminal from now on.
    pub fn asking(mut self) -> Self {
        self.prompt = Prompt::Terminal;
        self
    }

    /// The project's folder.
    pub fn root(&self) -> &Utf8Path {
        &self.root
    }

    /// The project's folder within the repository; empty where it is the whole.
    pub fn prefix(&self) -> PathBuf {
        let top = self.git.workdir().and_then(|dir| dir.canonicalize().ok());
        let root = self.root.as_std_path().canonicalize().ok();
        let below = top.zip(root).and_then(|(top, root)| root.strip_prefix(top).map(Path::to_owned).ok());
        below.unwrap_or_default()
    }

    /// The folder in which git itself keeps what is the clone's alone: no commit brings anything into it. One for all
    /// worktrees.
    pub fn own_folder(&self) -> Result<Utf8PathBuf, GitError> {
        let folder = Utf8PathBuf::from_path_buf(self.git.commondir().to_owned());
        folder.map_err(|_| GitError::Temporary(std::io::ErrorKind::InvalidFilename.into()))
    }

    /// A value of git's configuration, None where it is not set.
    pub fn config(&self, key: &str) -> Result<Option<String>, GitError> {
        self.own().config(key)
    }

    /// For this clone.
    pub fn set_config(&self, key: &str, value: &str) -> Result<(), GitError> {
        let args = ["config", "--local", key, value];
        self.own().succeed("remember a setting", args, b"").map(drop)
    }

    /// Whether history ends where the clone does, not where it began.
    pub fn is_shallow(&self) -> bool {
        // Of a worktree the library looks beside its own HEAD, and git keeps that for all of them together.
        let cut = || self.git.commondir().join("shallow").metadata().is_ok_and(|file| file.len() > 0);
        self.git.is_shallow() || cut()
    }

    /// Whether the project differs from its commit or has files that it does not, as a run records it.
    pub fn is_dirty(&self) -> Result<bool, GitError> {
        Ok(facts(&self.root)?.is_none_or(|facts| facts.dirty))
    }

    /// A file of the project that differs from its commit though `git status` does not show it.
    pub fn edited_unseen(&self) -> Result<Option<String>, GitError> {
        Ok(facts(&self.root)?.and_then(|facts| facts.unseen))
    }

    pub(super) fn own(&self) -> OwnGit<'_> {
        OwnGit { dir: &self.root, prompt: self.prompt }
    }

    /// Whether a commit is here; one that no branch has any more may not be.
    pub fn has(&self, id: &CommitId) -> bool {
        self.commit_at(id).is_ok()
    }

    pub(super) fn commit_at(&self, id: &CommitId) -> Result<git2::Commit<'_>, GitError> {
        let unknown = |_| GitError::Unknown(id.to_string());
        self.git.find_commit(oid(id.as_str())?).map_err(unknown)
    }
}

pub(super) fn oid(hex: &str) -> Result<git2::Oid, GitError> {
    git2::Oid::from_str(hex).map_err(|_| GitError::Unknown(hex.to_owned()))
}

pub(super) fn commit_id(oid: git2::Oid) -> Result<CommitId, GitError> {
    oid.to_string().try_into().map_err(|_| GitError::Unknown(oid.to_string()))
}

pub(super) fn tree_id(oid: git2::Oid) -> Result<TreeId, GitError> {
    oid.to_string().try_into().map_err(|_| GitError::Unknown(oid.to_string()))
}
