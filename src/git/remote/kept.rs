use super::{GitError, Repository, TrackRefs};
use crate::domain::Digest;
use crate::domain::track::{CommitId, RefName};

/// Where a branch of a remote is kept here. Flat, whatever it is called: what is left of `ana/late` would be in the way of
/// a branch `ana` for ever, and names that differ in nothing but case are one where files are.
pub(super) fn branch_here(remote: &str, branch: &RefName) -> Result<RefName, GitError> {
    let name = Digest::of(branch.as_str().as_bytes());
    let name = format!("refs/greenroom/remotes/{remote}/tips/{}", name.as_str());
    name.parse().map_err(|_| GitError::Unknown(branch.to_string()))
}

/// Where a ledger of a remote is kept here.
fn ledger_here(remote: &str, kept: TrackRefs, id: &str) -> Result<RefName, GitError> {
    let name = format!("refs/greenroom/remotes/{remote}/{}/{id}", kept.folder());
    name.parse().map_err(|_| GitError::Unknown(id.to_owned()))
}

impl Repository {
    /// The tip that a branch had on a remote when it was last fetched; None where it never was.
    pub fn branch_tip(&self, remote: &str, branch: &RefName) -> Result<Option<CommitId>, GitError> {
        self.tip(&branch_here(remote, branch)?)
    }

    /// What has landed on a remote is known here without another fetch.
    pub fn note_branch(&self, remote: &str, branch: &RefName, tip: &CommitId) -> Result<(), GitError> {
        self.note(&branch_here(remote, branch)?, tip)
    }

    /// The same of a ledger.
    pub fn note_ledger(
        &self,
        remote: &str,
        (kept, id): (TrackRefs, &str),
        tip: &CommitId,
    ) -> Result<(), GitError> {
        self.note(&ledger_here(remote, kept, id)?, tip)
    }

    fn note(&self, name: &RefName, tip: &CommitId) -> Result<(), GitError> {
        let _turn = self.turn();
        let before = self.tip(name)?;
        self.move_ref(name, before.as_ref(), tip)
    }
}
