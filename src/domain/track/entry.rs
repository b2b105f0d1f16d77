use serde::Serialize;

use super::{CommitId, Event, Fault};
use crate::domain::Name;

/// Why a signature counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "by", content = "what")]
pub enum Vouched {
    /// The target's signers of today have the key.
    Now,
    /// It was valid when this machine saw it first.
    Pinned,
    /// The key was the target's when these other people, whose own signatures are valid today, signed later entries.
    Covered(Vec<Name>),
}

/// A link of the ledger, looked at.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub commit: CommitId,
    /// As far as it can be read; of one with a fault it is what somebody claims.
    pub event: Option<Event>,
    /// Fields that this Greenroom does not know, as `path = value`; a newer one wrote them.
    pub unknown: Vec<String>,
    /// The fingerprint of the key, of a signature that counts.
    pub key: Option<String>,
    pub standing: Result<Vouched, Fault>,
}

impl Entry {
    pub fn valid(&self) -> Option<&Event> {
        self.event.as_ref().filter(|_| self.standing.is_ok())
    }
}
