use camino::{Utf8Path, Utf8PathBuf};

use super::Repository;
use crate::domain::track::CommitId;
use crate::git::own::OwnGit;
use crate::git::{GitError, Prompt};

/// The files of a commit, checked out beside the person's own; gone when it is dropped. Filters such as LFS work as
/// the person has them; submodules are empty.
pub struct Worktree {
    path: Utf8PathBuf,
    repository: Utf8PathBuf,
    _keep: tempfile::TempDir,
}

impl Worktree {
    /// `within`: a folder that is there, in which it gets one of its own.
    pub fn add(repository: &Repository, commit: &CommitId, within: &Utf8Path) -> Result<Self, GitError> {
        repository.commit_at(commit)?;
        let keep = tempfile::Builder::new().prefix("greenroom-").tempdir_in(within);
        let keep = keep.map_err(GitError::Temporary)?;
        let path = Utf8PathBuf::from_path_buf(keep.path().join("review"))
            .map_err(|_| GitError::Temporary(std::io::ErrorKind::InvalidFilename.into()))?;
        let own = repository.own();
        let mut args = vec!["-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false"];
        args.extend(["worktree", "add", "--quiet", "--detach", path.as_str(), commit.as_str()]);
        let worktree = Self { path: path.clone(), repository: repository.root().to_owned(), _keep: keep };
        own.succeed("check the commit out", args, b"")?;
        Ok(worktree)
    }

    pub fn path(&self) -> &Utf8Path {
        &self.path
    }
}

impl Drop for Worktree {
    fn drop(&mut self) {
        let own = OwnGit { dir: &self.repository, prompt: Prompt::Never };
        // The folder goes all the same, and git forgets what is gone.
        let _ = own.run(["worktree", "remove", "--force", "--force", self.path.as_str()], b"");
    }
}
