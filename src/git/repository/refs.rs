use git2::ErrorCode;

use super::{Repository, commit_id, oid};
use crate::domain::track::{CommitId, RefName};
use crate::git::GitError;

/// Where the person works.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// None: nothing was committed yet.
    pub commit: Option<CommitId>,
    /// None: the head is detached.
    pub branch: Option<RefName>,
}

impl Repository {
    /// What a ref points at; None where there is none, or nothing that leads to a commit.
    pub fn tip(&self, name: &RefName) -> Result<Option<CommitId>, GitError> {
        match self.git.find_reference(name.as_str()) {
            Ok(found) => found.peel_to_commit().ok().map(|commit| commit_id(commit.id())).transpose(),
            Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
            Err(error) => Err(GitError::of("read a ref")(error)),
        }
    }

    /// The commit that a person means: a branch, a tag, an abbreviated id, `HEAD~2`.
    pub fn resolve(&self, text: &str) -> Result<CommitId, GitError> {
        let unknown = |_| GitError::Unknown(text.to_owned());
        let commit = self.git.revparse_single(text).and_then(|object| object.peel_to_commit());
        commit_id(commit.map_err(unknown)?.id())
    }

    pub fn head(&self) -> Result<Head, GitError> {
        let head = self.git.find_reference("HEAD").map_err(GitError::of("read HEAD"))?;
        let branch = head.symbolic_target().ok().flatten().and_then(|name| name.parse().ok());
        let commit = head.peel_to_commit().ok().map(|commit| commit_id(commit.id())).transpose()?;
        Ok(Head { commit, branch })
    }

    /// Whether a branch of this clone was once at a commit, as far as git's record of that goes back.
    pub fn was_at(&self, branch: &RefName, commit: &CommitId) -> Result<bool, GitError> {
        let commit = oid(commit.as_str())?;
        let record = self.git.reflog(branch.as_str()).map_err(GitError::of("read where a branch was"))?;
        Ok(record.iter().any(|moved| moved.id_new() == commit || moved.id_old() == commit))
    }

    /// The main branch of a remote, as far as this clone was told when it was made.
    pub fn main_branch(&self, remote: &str) -> Option<RefName> {
        let head = self.git.find_reference(&format!("refs/remotes/{remote}/HEAD")).ok()?;
        let name = head.symbolic_target().ok().flatten()?;
        RefName::branch(name.strip_prefix(&format!("refs/remotes/{remote}/"))?).ok()
    }

    /// Every ref below `prefix` (`refs/greenroom/tracks/`) that leads to a commit, by name. One whose name is no
    /// UTF-8 is nobody's whom Greenroom knows, and is left out.
    pub fn refs(&self, prefix: &str) -> Result<Vec<(RefName, CommitId)>, GitError> {
        let found = self.refs_below(prefix)?.into_iter();
        Ok(found.filter_map(|(name, commit)| Some((name, commit?))).collect())
    }

    /// Refs below `prefix` that are there and lead to no commit: whoever looks for a ledger there finds none.
    pub fn refs_to_no_commit(&self, prefix: &str) -> Result<Vec<RefName>, GitError> {
        let found = self.refs_below(prefix)?.into_iter();
        Ok(found.filter(|(_, commit)| commit.is_none()).map(|(name, _)| name).collect())
    }

    /// By name, each with the commit that it leads to.
    fn refs_below(&self, prefix: &str) -> Result<Vec<(RefName, Option<CommitId>)>, GitError> {
        let wrong = GitError::of("list refs");
        let mut found = Vec::new();
        for reference in self.git.references().map_err(&wrong)? {
            let reference = reference.map_err(&wrong)?;
            let name =
                std::str::from_utf8(reference.name_bytes()).ok().filter(|name| name.starts_with(prefix));
            let Some(name) = name.and_then(|name| name.parse::<RefName>().ok()) else { continue };
            let commit = reference.peel_to_commit().ok().map(|commit| commit_id(commit.id())).transpose()?;
            found.push((name, commit));
        }
        found.sort();
        Ok(found)
    }

    /// One that is not there is none already.
    pub(in crate::git) fn remove_ref(&self, name: &RefName) -> Result<(), GitError> {
        let wrong = GitError::of("remove a ref");
        match self.git.find_reference(name.as_str()) {
            Ok(mut found) => found.delete().map_err(wrong),
            Err(error) if error.code() == ErrorCode::NotFound => Ok(()),
            Err(error) => Err(wrong(error)),
        }
    }

    /// Moves a local ref from what it is taken to be (None: not there yet).
    ///
    /// # Errors
    /// [`GitError::Moved`] where it is something else by now.
    pub fn move_ref(&self, name: &RefName, from: Option<&CommitId>, to: &CommitId) -> Result<(), GitError> {
        let to = oid(to.as_str())?;
        let why = "greenroom";
        let moved = match from {
            Some(from) => self.git.reference_matching(name.as_str(), to, true, oid(from.as_str())?, why),
            None => self.git.reference(name.as_str(), to, false, why),
        };
        match moved {
            Ok(_) => Ok(()),
            Err(error)
                if [ErrorCode::Exists, ErrorCode::Modified, ErrorCode::NotFound].contains(&error.code()) =>
            {
                Err(GitError::Moved(name.clone()))
            }
            Err(error) => Err(GitError::of("move a ref")(error)),
        }
    }
}
