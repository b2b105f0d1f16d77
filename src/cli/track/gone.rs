use super::desk::Desk;
use super::look::Looked;
use crate::cli::UserError;
use crate::domain::track::{CommitId, TrackId};
use crate::git::{RemoteTrack, TrackRefs};
use crate::review::{Roster, fold};

/// Tracks that this clone has seen, and whose ledger the remote has no more, or does not show: whoever removes one would
/// have everybody believe that there was none.
impl Desk {
    /// Each with the last entry that was seen, as far as the last fetch tells.
    pub(super) fn gone(&self) -> Result<Vec<(TrackId, CommitId)>, UserError> {
        let there = self.ledgers()?;
        let mut gone = Vec::new();
        for id in self.memory.ids()? {
            if !there.iter().any(|(known, _)| *known == id) {
                gone.extend(self.memory.read(&id)?.tip.map(|tip| (id, tip)));
            }
        }
        Ok(gone)
    }

    /// The only one of them that a person can mean by its name, the beginning of it, or the workflow.
    pub fn gone_named(&self, text: &str) -> Result<Option<(TrackId, CommitId)>, UserError> {
        let all = self.gone()?;
        let exact = all.iter().find(|(id, _)| id.as_str() == text);
        let mut fits = all.iter().filter(|(id, _)| id.as_str().starts_with(text));
        Ok(match (exact, fits.next(), fits.next()) {
            (Some(exact), ..) => Some(exact.clone()),
            (None, Some(one), None) => Some(one.clone()),
            _ => None,
        })
    }

    /// What is left of a track whose ledger is gone: that it was there.
    pub(super) fn look_at_gone(
        &self,
        id: &TrackId,
        tip: CommitId,
        roster: &Roster,
    ) -> Result<Looked, UserError> {
        let checked = self.verify(id, &[], roster, &mut self.memory.read(id)?);
        let known = self.circumstances(&[], roster, &roster.tip)?;
        let track = fold(id, &checked, &known);
        let kept =
            RemoteTrack { id: id.to_string(), tip, kept: TrackRefs::Custom, other: None, parted: None };
        Ok(Looked { track, kept, checked, known })
    }

    pub(super) fn is_gone(&self, id: &TrackId, tip: &CommitId) -> UserError {
        UserError::not_ready(format!("the ledger of {id} is gone from {}", self.remote))
            .because(format!("this clone has seen it there, up to {}", tip.short()))
            .to_do("ask who removed it, and have it pushed again by somebody who still has it")
            .to_do(format!("if it is gone for good, let go of it: greenroom track accept-rewritten {id}"))
    }

    /// Lets go of a track whose ledger is gone.
    pub fn forget(&self, id: &TrackId) -> Result<(), UserError> {
        self.memory.forget(id)
    }
}
