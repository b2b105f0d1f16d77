use git2::{ErrorCode, Sort};

use super::commit::{Commit, Who, co_authors};
use super::{Repository, commit_id, oid};
use crate::domain::track::CommitId;
use crate::git::GitError;

/// How far two commits are apart, in commits that the other has not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Distance {
    pub ahead: usize,
    pub behind: usize,
}

impl Repository {
    /// None where they have no history in common, as far as this clone goes.
    pub fn merge_base(&self, one: &CommitId, other: &CommitId) -> Result<Option<CommitId>, GitError> {
        self.commit_at(one)?;
        self.commit_at(other)?;
        match self.git.merge_base(oid(one.as_str())?, oid(other.as_str())?) {
            Ok(base) => commit_id(base).map(Some),
            Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
            Err(error) => Err(GitError::of("find the common ancestor")(error)),
        }
    }

    /// A commit counts as its own ancestor.
    pub fn is_ancestor(&self, ancestor: &CommitId, of: &CommitId) -> Result<bool, GitError> {
        self.commit_at(ancestor)?;
        self.commit_at(of)?;
        let descends = self.git.graph_descendant_of(oid(of.as_str())?, oid(ancestor.as_str())?);
        Ok(ancestor == of || descends.map_err(GitError::of("compare two commits"))?)
    }

    /// Of `head` from `base`.
    pub fn distance(&self, base: &CommitId, head: &CommitId) -> Result<Distance, GitError> {
        self.commit_at(base)?;
        self.commit_at(head)?;
        let apart = self.git.graph_ahead_behind(oid(head.as_str())?, oid(base.as_str())?);
        let (ahead, behind) = apart.map_err(GitError::of("compare two commits"))?;
        Ok(Distance { ahead, behind })
    }

    /// What `head` has and `base` has not, newest first.
    pub fn commits(&self, base: &CommitId, head: &CommitId) -> Result<Vec<Commit>, GitError> {
        self.commit_at(base)?;
        self.commit_at(head)?;
        let wrong = GitError::of("read the history");
        let mut walk = self.git.revwalk().map_err(&wrong)?;
        walk.set_sorting(Sort::TOPOLOGICAL | Sort::TIME).map_err(&wrong)?;
        walk.push(oid(head.as_str())?).map_err(&wrong)?;
        walk.hide(oid(base.as_str())?).map_err(&wrong)?;
        walk.map(|id| self.commit(&commit_id(id.map_err(&wrong)?)?)).collect()
    }

    pub fn commit(&self, id: &CommitId) -> Result<Commit, GitError> {
        let commit = self.commit_at(id)?;
        let message = String::from_utf8_lossy(commit.message_bytes()).into_owned();
        let signed =
            ["gpgsig", "gpgsig-sha256"].iter().any(|field| commit.header_field_bytes(*field).is_ok());
        Ok(Commit {
            id: id.clone(),
            author: Who::of(&commit.author()),
            committer: Who::of(&commit.committer()),
            co_authors: co_authors(&message),
            message,
            time: commit.time().seconds(),
            signed,
        })
    }
}
