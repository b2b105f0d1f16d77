use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::CommitId;
use crate::domain::Digest;

/// What this machine remembers of a track's ledger, so that one that was rolled back or rewritten is noticed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// The last tip.
    pub tip: Option<CommitId>,
    /// The entries that were valid when this machine looked at them.
    pub events: BTreeSet<CommitId>,
    /// Digest of statement and signature → fingerprint of the key, of signatures that were good. That never changes; whose
    /// key it is may, and is asked anew each time.
    pub signatures: BTreeMap<Digest, String>,
}
