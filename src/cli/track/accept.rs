use super::desk::{Desk, Looked};
use super::wrong::of_review;
use crate::cli::UserError;
use crate::domain::track::{Seen, TrackId};
use crate::review::Ledger as _;

impl Desk {
    /// Forgets what this clone knew of a ledger that was rewritten, but for signatures, which do not change; from now on it
    /// goes by the ledger as it is there.
    pub fn accept(&self, id: &TrackId, looked: Looked) -> Result<Looked, UserError> {
        let roster = self.roster()?;
        let signatures = self.memory.read(id)?.signatures;
        let mut seen = Seen { signatures, ..Seen::default() };
        let links = self.git().links(&looked.kept.tip).map_err(|error| of_review(&error.into()))?;
        self.verify(id, &links, &roster, &mut seen).remember(&mut seen);
        self.memory.write(id, &seen)?;
        self.look(id, looked.kept, &roster)
    }
}
