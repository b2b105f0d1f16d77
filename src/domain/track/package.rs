use serde::{Deserialize, Serialize};

use super::{CheckStatus, CommitId, RefName, TrackId, TreeId};
use crate::domain::{Digest, Name, Token};

/// A file below `evidence/` of the ledger's commit that seals a package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// One segment: `check.images-pinned.json`.
    pub name: String,
    pub bytes: u64,
    pub sha256: Digest,
}

/// A local run, as SLSA provenance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackagedRun {
    pub run: Token,
    pub name: Name,
    pub evidence: Evidence,
}

/// A check, as an in-toto test result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackagedCheck {
    pub id: String,
    pub title: String,
    pub status: CheckStatus,
    /// The first of the worst that it found.
    pub why: Option<String>,
    /// Why all or some of it was not looked at.
    pub not_checked: Option<String>,
    pub evidence: Evidence,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DiffKind {
    Dag,
    Lineage,
    Data,
    Cost,
}

impl DiffKind {
    pub fn title(self) -> &'static str {
        match self {
            Self::Dag => "steps",
            Self::Lineage => "lineage",
            Self::Data => "data",
            Self::Cost => "cost",
        }
    }
}

/// A diff against the base, as plain JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackagedDiff {
    pub kind: DiffKind,
    pub evidence: Evidence,
}

/// The manifest of a branch sealed for review: over which commits, and the sums of all the evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Package {
    /// The format of this manifest: 1.
    pub greenroom: u32,
    pub track: TrackId,
    pub target: RefName,
    /// The branch that is under review.
    pub branch: RefName,
    pub head: CommitId,
    /// The target's tip.
    pub base: CommitId,
    pub merge_tree: TreeId,
    pub runs: Vec<PackagedRun>,
    pub checks: Vec<PackagedCheck>,
    pub diffs: Vec<PackagedDiff>,
}
