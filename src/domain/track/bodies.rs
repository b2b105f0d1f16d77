//! What each kind of event says besides what all of them do. Texts are people's own and have to be neutralised where
//! they are shown.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Check, CommitId, Package, TreeId};
use crate::domain::{Digest, Name, Token};

/// `track.opened`: the design that is to be agreed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Opened {
    pub workflow: Name,
    /// What it is needed for.
    pub need: String,
    pub inputs: Vec<String>,
    pub outputs: Vec<String>,
    /// One of each side at least.
    pub owners: Vec<Name>,
    /// Those that answer the need.
    pub operators: Vec<Name>,
    /// The branch that it is worked on, as a person says it.
    pub branch: Option<String>,
    /// Duplicate flow and operators, as they were looked at then.
    pub checks: Vec<Check>,
}

/// `design.agreed`, by both sides.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Agreed {
    /// The ledger's commit of the `track.opened` that is agreed to.
    pub design: CommitId,
}

/// `run.recorded`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Recorded {
    pub run: Token,
    pub plan: Digest,
    /// Image → its id.
    pub images: BTreeMap<Name, String>,
    /// `step.output` → its sha256.
    pub outputs: BTreeMap<String, Digest>,
    /// The tree was the commit's.
    pub clean: bool,
}

/// `package.sealed`. The event's `package` is the digest of this manifest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sealing {
    pub manifest: Package,
}

/// `review.approved`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Approved {
    pub note: String,
}

/// `changes.requested`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Requested {
    pub reason: String,
}

/// A line of a file at the event's head.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    pub path: String,
    /// From 1.
    pub line: u64,
}

/// `comment`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Said {
    pub text: String,
    pub place: Option<Place>,
    /// The ledger's commit of the comment it answers.
    pub answers: Option<CommitId>,
}

/// `stage.ran`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StageRan {
    /// Airflow's run id.
    pub run: String,
    /// The version of the bundle that ran.
    pub bundle: CommitId,
    pub success: bool,
    /// `step.output` → its sha256.
    pub outputs: BTreeMap<String, Digest>,
}

/// `stage.verified`, by both sides.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StageVerified {
    /// That of the `stage.ran` that is vouched for.
    pub run: String,
}

/// `release.armed`, by both sides over the same; for 24 hours.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Armed {
    pub tag: String,
    /// What the target will hold.
    pub tree: TreeId,
    /// What to go back to.
    pub rollback: CommitId,
}

/// `release.executed`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Executed {
    pub tag: String,
    pub commit: CommitId,
    pub tree: TreeId,
    pub rollback: CommitId,
}

/// `monitoring.applied`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Monitoring {
    /// Id → digest of what was applied.
    pub dashboards: BTreeMap<String, Digest>,
    pub monitors: BTreeMap<String, Digest>,
    /// When a test alert came in.
    pub test_alert: Option<Timestamp>,
}

/// `coown.accepted`, by both sides.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CoOwned {
    /// Good runs in production.
    pub runs: Vec<String>,
    pub runbook: String,
    /// Who is called, and when.
    pub duty: String,
}

/// `rolled_back`: one may, the other side signs it later.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RolledBack {
    pub to: CommitId,
    pub reason: String,
}

/// `abandoned`: one may, the other side signs it later.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Abandoned {
    pub reason: String,
}

/// `promoted`: the fact that the target's tree is the approved one, whoever merged it and however.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Promoted {
    /// Of the target branch.
    pub commit: CommitId,
    pub tree: TreeId,
}
