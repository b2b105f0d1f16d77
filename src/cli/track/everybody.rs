use super::desk::Desk;
use super::look::Looked;
use super::wrong::of_review;
use crate::cli::UserError;
use crate::domain::Digest;
use crate::domain::track::Vouched;
use crate::review::{Ledger as _, fold};

impl Desk {
    /// Whether a package is approved for whoever looks at its track for the first time too, and not only here, where an
    /// entry was seen while its key was still good. Else why not.
    pub fn approved_for_everybody(
        &self,
        looked: &Looked,
        digest: &Digest,
    ) -> Result<Result<(), String>, UserError> {
        let pinned = looked.checked.entries.iter().any(|entry| entry.standing == Ok(Vouched::Pinned));
        let Some(here) = looked.track.approval.as_ref().filter(|given| pinned && given.package == *digest)
        else {
            return Ok(Ok(()));
        };
        let (id, roster) = (&looked.track.id, self.roster()?);
        let links = self.git().links(&looked.kept.tip).map_err(|error| of_review(&error.into()))?;
        let mut seen = self.memory.read(id)?;
        seen.events.clear();
        let checked = self.verify(id, &links, &roster, &mut seen);
        let known = self.circumstances(&checked.entries, &roster, &roster.tip)?;
        let track = fold(id, &checked, &known);
        if track.approval.is_some_and(|given| given.package == *digest) {
            return Ok(Ok(()));
        }
        let sealed = looked.track.package.as_ref().map(|package| &package.entry);
        let mut invalid = track.invalid.iter();
        let fault = invalid.find(|one| one.entry == here.entry || Some(&one.entry) == sealed);
        let fault = fault.map(|one| format!(": {}", one.why)).unwrap_or_default();
        Ok(Err(format!("the approval of {} counts in this clone only, which saw it before{fault}", here.by)))
    }
}
