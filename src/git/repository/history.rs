use git2::{ErrorCode, Sort};

use super::commit::{Commit, Who, co_authors};
use super::{Repository, commit_id, oid, tree_id};
use crate::domain::track::{CommitId, TreeId};
use crate::git::GitError;

/// How far two commits are apart, in commits that the other has not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Distance {
    pub ahead: usize,
    pub behind: usize,
}

/// A commit of a branch's own line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineCommit {
    pub id: CommitId,
    /// Its first.
    pub parent: CommitId,
    pub tree: TreeId,
}

/// A commit's own signature, made by ssh for git.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommitSignature {
    /// What was signed.
    pub content: Vec<u8>,
    /// Armoured.
    pub signature: Vec<u8>,
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

    /// The commit before this one on its own line; None: it is the first, or a shallow clone ends here.
    pub fn first_parent(&self, id: &CommitId) -> Result<Option<CommitId>, GitError> {
        self.commit_at(id)?.parent_id(0).ok().map(commit_id).transpose()
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

    /// The commits of a branch's own line from `base`, which is not among them, to `tip`, oldest first, and at most so
    /// many of the newest.
    pub fn first_parents(
        &self,
        base: &CommitId,
        tip: &CommitId,
        most: usize,
    ) -> Result<Vec<LineCommit>, GitError> {
        self.commit_at(base)?;
        self.commit_at(tip)?;
        let wrong = GitError::of("read the history");
        let mut walk = self.git.revwalk().map_err(&wrong)?;
        walk.simplify_first_parent().map_err(&wrong)?;
        walk.push(oid(tip.as_str())?).map_err(&wrong)?;
        walk.hide(oid(base.as_str())?).map_err(&wrong)?;
        let ids = walk.take(most).collect::<Result<Vec<_>, _>>().map_err(&wrong)?;
        ids.into_iter().rev().map(|id| self.line_commit(&commit_id(id)?)).collect()
    }

    /// # Errors
    /// Also of a commit that is the very first.
    pub fn line_commit(&self, id: &CommitId) -> Result<LineCommit, GitError> {
        let commit = self.commit_at(id)?;
        let parent = commit.parent_id(0).map_err(GitError::of("tell a commit's parent"))?;
        Ok(LineCommit { id: id.clone(), parent: commit_id(parent)?, tree: tree_id(commit.tree_id())? })
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
        let commits: Vec<Commit> =
            walk.map(|id| self.commit(&commit_id(id.map_err(&wrong)?)?)).collect::<Result<_, _>>()?;
        if self.is_shallow() {
            commits.iter().try_for_each(|commit| self.has_parents(&commit.id))?;
        }
        Ok(commits)
    }

    /// Where a shallow clone ends, git and its library say that nothing came before: the commit itself knows better.
    pub(super) fn has_parents(&self, id: &CommitId) -> Result<(), GitError> {
        let odb = self.git.odb().map_err(GitError::of("read the history"))?;
        let commit = self.commit_at(id)?;
        let header = String::from_utf8_lossy(commit.raw_header_bytes()).into_owned();
        let missing = header
            .lines()
            .filter_map(|line| line.strip_prefix("parent "))
            .find(|parent| git2::Oid::from_str(parent).map_or(true, |parent| !odb.exists(parent)));
        missing.map_or(Ok(()), |parent| Err(GitError::Shallow(parent.to_owned())))
    }

    /// None: it has none, or one of another kind than ssh's, which nothing here can verify.
    pub fn signature(&self, id: &CommitId) -> Result<Option<CommitSignature>, GitError> {
        match self.git.extract_signature(&oid(id.as_str())?, None) {
            Ok((signature, content)) if signature.starts_with(b"-----BEGIN SSH SIGNATURE-----") => {
                Ok(Some(CommitSignature { content: content.to_vec(), signature: signature.to_vec() }))
            }
            Ok(_) => Ok(None),
            Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
            Err(error) => Err(GitError::of("read a commit's signature")(error)),
        }
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
