use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{CommitId, RefName, TrackId, Transition, TreeId};
use crate::domain::{Digest, Name, Role};

/// The branch that a track leads to, as it stood when an event was signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    #[serde(rename = "ref")]
    pub name: RefName,
    pub tip: CommitId,
}

/// One entry of a track's ledger: what was signed, by whom, over which commit, base, merge result and package.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    pub track: TrackId,
    pub transition: Transition,
    /// Who says to have signed it, one of `people:`.
    pub person: Name,
    pub role: Role,
    /// What the person's clock said.
    pub at: Timestamp,
    pub expires: Option<Timestamp>,
    /// The ledger's commit it follows; None: it is the first.
    pub previous: Option<CommitId>,
    pub target: Target,
    /// The target's tip when it was signed, whatever commit of the target it is over. None: a Greenroom signed it that did not
    /// write that down.
    pub seen: Option<CommitId>,
    pub head: CommitId,
    /// What the target would hold after the merge; None where the two conflict.
    pub merge_tree: Option<TreeId>,
    pub package: Option<Digest>,
}
