use serde::Serialize;

use super::{CommitId, TreeId};

/// What the repository holds of a track at this moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Present {
    /// The branch under review.
    pub head: CommitId,
    /// The target's tip.
    pub base: CommitId,
    pub merge: Merge,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Merge {
    Tree(TreeId),
    /// The files in which the two conflict.
    Conflicts(Vec<String>),
}

/// How far the target has gone on since something was signed over it, and what that does to the merge result.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BaseMoved {
    /// Commits that came.
    pub ahead: u64,
    /// It only went on: what was the tip is still part of it.
    pub follows: bool,
    /// Files in which the two merge results differ.
    pub files: u64,
    /// What of that has a bearing on what was signed.
    pub touched: Vec<Touched>,
}

/// A step and a file by which something has a bearing on a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Touched {
    pub step: String,
    pub file: String,
    pub by: Touch,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Touch {
    /// The file belongs to the closure of a step of the package.
    Closure,
    /// A step that the target has brought reads what the package takes away: `lake.delays.carrier`.
    Reads(String),
    /// The target has taken away what a step of the package reads.
    Lost(String),
    /// The two together are wrong where each is right: what a spec's problem says.
    Wrong(String),
}

/// For `git range-diff old_base..old_head new_base..new_head`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RangeDiff {
    pub old_base: CommitId,
    pub old_head: CommitId,
    pub new_base: CommitId,
    pub new_head: CommitId,
}

/// Whether an approval still is one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "standing")]
pub enum Standing {
    Holds,
    /// The target went on, and touched no step's closure: `base +14 commits, 3 files, none in the closure`.
    CarriedOver {
        ahead: u64,
        files: u64,
    },
    Void {
        why: String,
        /// The file of a closure that the target has changed.
        file: Option<String>,
        /// What to look at to see what changed since.
        range: Option<RangeDiff>,
    },
    /// The repository does not hold what it would be compared with.
    Unknown {
        why: String,
    },
}

impl Standing {
    /// The approved may be promoted.
    pub fn stands(&self) -> bool {
        matches!(self, Self::Holds | Self::CarriedOver { .. })
    }

    pub fn void(why: impl Into<String>) -> Self {
        Self::Void { why: why.into(), file: None, range: None }
    }
}
