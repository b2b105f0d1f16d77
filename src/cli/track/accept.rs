use super::desk::Desk;
use super::look::Looked;
use crate::cli::UserError;
use crate::domain::track::TrackId;

impl Desk {
    /// Takes a ledger that was rewritten for what it is now; what was known of entries that are gone is forgotten.
    pub fn accept(&self, id: &TrackId, looked: Looked) -> Result<Looked, UserError> {
        let mut seen = self.memory.read(id)?;
        looked.checked.accept_rewritten(&mut seen);
        self.memory.write(id, &seen)?;
        self.look(id, looked.kept, &self.roster()?)
    }
}
