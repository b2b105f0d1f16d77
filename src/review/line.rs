use std::collections::BTreeSet;

use super::{PortError, Repository};
use crate::domain::track::CommitId;

/// What a branch itself has held, along first parents up to its present tip. What came in by a merge only was never the
/// branch: whoever works on a branch of their own may write anything into it for a while.
pub(super) struct Line<'r> {
    repository: &'r dyn Repository,
    tip: CommitId,
    /// Each that is known to be on it, so that the way is not gone again for those before.
    known: BTreeSet<CommitId>,
}

impl<'r> Line<'r> {
    pub(super) fn of(repository: &'r dyn Repository, tip: &CommitId) -> Self {
        Self { repository, tip: tip.clone(), known: BTreeSet::from([tip.clone()]) }
    }

    pub(super) fn has(&mut self, commit: &CommitId) -> Result<bool, PortError> {
        if self.known.contains(commit) {
            return Ok(true);
        }
        let since = self.repository.line(commit, &self.tip)?;
        let has = since.first().is_some_and(|first| first.parent == *commit);
        if has {
            self.known.extend(since.into_iter().map(|one| one.id));
            self.known.insert(commit.clone());
        }
        Ok(has)
    }
}
