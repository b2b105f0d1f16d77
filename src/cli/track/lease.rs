use super::desk::Desk;
use super::wrong::of_git;
use crate::cli::UserError;
use crate::domain::text::safe;
use crate::domain::track::{CommitId, RefName};
use crate::git::Lease;

impl Desk {
    /// What the remote's branch has to be for `head` to be pushed there. After a rebase or an amended commit it is moved
    /// only from a commit that this very branch was at: what others have pushed meanwhile is never written over.
    pub fn lease(&self, branch: &RefName, head: &CommitId) -> Result<Lease, UserError> {
        let Some(tip) = self.tip_there(branch)? else { return Ok(Lease::FastForward) };
        let rewritten = || {
            let git = &self.repository;
            Ok(git.has(&tip) && !git.is_ancestor(&tip, head)? && git.was_at(branch, &tip)?)
        };
        match rewritten().map_err(|error| of_git(&error))? {
            true => Ok(Lease::At(tip)),
            false => Ok(Lease::FastForward),
        }
    }

    /// # Errors
    /// Where others have pushed to it what `head` has not.
    pub fn is_up_to_date(&self, branch: &RefName, head: &CommitId) -> Result<(), UserError> {
        let Some(tip) = self.tip_there(branch)? else { return Ok(()) };
        let has = self.repository.is_ancestor(&tip, head).map_err(|error| of_git(&error))?;
        match has || self.lease(branch, head)? != Lease::FastForward {
            true => Ok(()),
            false => Err(self.behind(branch)),
        }
    }

    pub(super) fn behind(&self, branch: &RefName) -> UserError {
        let (branch, remote) = (safe(branch.short()), &self.remote);
        UserError::wrong(format!("`{branch}` on {remote} has commits that yours has not"))
            .to_do(format!("bring them in, and run it once more: git pull --rebase {remote} {branch}"))
    }
}
