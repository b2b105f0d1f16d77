use super::desk::Desk;
use super::wrong::of_git;
use crate::cli::UserError;
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
}
