use jiff::Timestamp;
use serde::Serialize;

use super::bodies::{Opened, Place};
use super::{
    CheckStatus, CommitId, Contributors, FailedBefore, Fault, LineNow, Package, PackagedCheck, Parted,
    RangeDiff, RedCheck, Redness, Side, Standing, Target, TrackId, TrackStep, TreeId,
};
use crate::domain::{Digest, Name};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CellState {
    /// Something before it is not done.
    Waiting,
    /// Somebody can do it now.
    Ready,
    Done,
    /// It was done, and what changed since has undone that.
    Void,
    /// The last that was said about it does not count.
    Invalid,
}

impl CellState {
    /// One letter, for a row of eight.
    pub fn symbol(self) -> char {
        match self {
            Self::Done => '✓',
            Self::Ready => '●',
            Self::Waiting => '·',
            Self::Void => '↺',
            Self::Invalid => '✗',
        }
    }
}

/// One of the eight steps, as it stands.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Cell {
    pub step: TrackStep,
    pub state: CellState,
    pub since: Option<Timestamp>,
    pub by: Vec<Name>,
    /// A sentence, with nothing in it that is hostile to a terminal.
    pub why: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NextAction {
    Open,
    AgreeDesign,
    Seal,
    Review,
    /// The package has to be sealed again: changes were requested, or an approval of it is void, or would be.
    SealAgain,
    /// The target has the branch's commits, and took back what they brought.
    BringAgain,
    Promote,
    /// Somebody has merged it: that is to be written down.
    Record,
    RunStage,
    VerifyStage,
    Arm,
    Release,
    Monitor,
    CoOwn,
    CoSign,
    /// The ledger is not the one that was seen before.
    AskAboutLedger,
    /// The ledger that was seen before is not there any more.
    AskAboutGoneLedger,
    /// There are two, and either may hide what the other has.
    AskAboutPartedLedgers,
    Nothing,
}

impl NextAction {
    pub fn title(self) -> &'static str {
        match self {
            Self::Open => "open the track",
            Self::AgreeDesign => "agree to the design",
            Self::Seal => "package the branch",
            Self::Review => "review the package",
            Self::SealAgain => "package the branch again",
            Self::BringAgain => "revert on the branch what took it back",
            Self::Promote => "promote to stage",
            Self::Record => "record that it is on its target",
            Self::RunStage => "run it with stage's Airflow",
            Self::VerifyStage => "verify the run in stage",
            Self::Arm => "arm the release",
            Self::Release => "release",
            Self::Monitor => "apply monitors and send a test alert",
            Self::CoOwn => "accept the co-owned run",
            Self::CoSign => "sign what was done in haste",
            Self::AskAboutLedger => "ask who rewrote the ledger",
            Self::AskAboutGoneLedger => "the ledger is gone: ask who removed it",
            Self::AskAboutPartedLedgers => "there are two ledgers: ask which is right",
            Self::Nothing => "nothing",
        }
    }

    /// What somebody has to know who would do it.
    pub fn note(self) -> Option<&'static str> {
        match self {
            Self::RunStage | Self::VerifyStage | Self::Arm | Self::Release | Self::Monitor | Self::CoOwn => {
                Some(LATER)
            }
            Self::BringAgain => Some(BRING_AGAIN),
            _ => None,
        }
    }
}

/// Commits that a target has are not merged to it once more.
pub const BRING_AGAIN: &str = "merge the target into the branch, then git revert COMMIT, of the one that took it back; or open another track";

/// No command signs those.
const LATER: &str =
    "steps 5 to 8 are signed by a later version: until then, run it in stage with your own Airflow";

/// What is to be done next, and whose it is.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Next {
    pub action: NextAction,
    /// None: of either.
    pub side: Option<Side>,
    /// Those who can.
    pub people: Vec<Name>,
}

impl Next {
    /// Those who can, or which side is missing where nobody can; empty where there is nothing to do.
    pub fn whose(&self) -> String {
        let names: Vec<&str> = self.people.iter().map(Name::as_str).collect();
        match (names.is_empty(), self.side, self.action) {
            (_, _, NextAction::Nothing) => String::new(),
            (false, ..) => names.join(", "),
            (true, Some(side), _) => format!("an {}, of whom there is none who may", side.title()),
            (true, None, _) => "anybody".to_owned(),
        }
    }
}

/// A sealed package.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SealedPackage {
    /// The ledger's commit, which holds the evidence.
    pub entry: CommitId,
    pub digest: Digest,
    pub by: Name,
    /// Who vouches for the seal, where the key of `by` counts no more.
    pub covered_by: Vec<Name>,
    pub at: Timestamp,
    pub target: Target,
    pub manifest: Package,
    /// Or why it cannot be told.
    pub contributors: Result<Contributors, String>,
    /// The merge comes to what the manifest says; or why that cannot be told.
    pub merge: Result<(), String>,
    /// Why its evidence is not what the manifest names, as far as it was read.
    pub broken: Vec<String>,
    /// Checks that keep it from being approved.
    pub red: Vec<RedCheck>,
    /// From the package whose place it took.
    pub since: Option<RangeDiff>,
}

impl SealedPackage {
    /// How a check came out for an earlier package, where it failed and was not made again since.
    pub fn failed_before(&self, id: &str) -> Option<&FailedBefore> {
        self.red.iter().filter(|red| red.id == id).find_map(|red| match &red.why {
            Redness::FailedBefore(before) => Some(before),
            _ => None,
        })
    }

    /// Those of the manifest; one that failed before, and was not made again since, stands as it came out then.
    pub fn checks(&self) -> Vec<PackagedCheck> {
        let told = self.manifest.checks.iter().map(|check| match self.failed_before(&check.id) {
            Some(before) => {
                PackagedCheck { status: CheckStatus::Failed, why: Some(before.to_string()), ..check.clone() }
            }
            None => check.clone(),
        });
        told.collect()
    }
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Approval {
    pub entry: CommitId,
    pub by: Name,
    pub at: Timestamp,
    pub expires: Option<Timestamp>,
    pub note: String,
    pub package: Digest,
    pub standing: Standing,
}

/// Somebody's words, as they were written.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Remark {
    pub entry: CommitId,
    pub by: Name,
    pub at: Timestamp,
    pub text: String,
    pub place: Option<Place>,
    /// None: it is about no line, or nobody has looked; the ledger does not tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub now: Option<LineNow>,
    pub answers: Option<CommitId>,
    pub head: CommitId,
    /// That it is about, if it is about one.
    pub package: Option<Digest>,
    /// It asks for changes.
    pub requests: bool,
}

/// What one side has signed and the other has not: the other signs the payload of this very entry.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Pending {
    /// `design.agreed`
    pub transition: &'static str,
    pub entry: CommitId,
    pub by: Name,
    pub lacks: Side,
    pub expires: Option<Timestamp>,
}

/// An entry that does not count.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct InvalidEntry {
    pub entry: CommitId,
    /// As far as it can be read: `review.approved`.
    pub transition: Option<&'static str>,
    /// Whom it names, which proves nothing.
    pub claimed: Option<Name>,
    pub why: Fault,
}

/// Whether the ledger is the only one, and the one that this machine has seen before, or goes on from it. Where it is not,
/// nothing is decided by it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LedgerState {
    Intact,
    /// The last seen tip is no part of it any more.
    Rewritten {
        seen: CommitId,
    },
    /// There is none any more.
    Gone {
        seen: CommitId,
    },
    /// There is another, and neither goes on from the other.
    Parted(Box<Parted>),
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Promotion {
    pub entry: CommitId,
    pub by: Name,
    pub at: Timestamp,
    pub commit: CommitId,
    pub tree: TreeId,
}

/// A track as its ledger tells it. Never stored: a fold over the entries that count.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Track {
    pub id: TrackId,
    pub ledger: LedgerState,
    /// The last entry.
    pub tip: Option<CommitId>,
    pub design: Option<Opened>,
    /// Eight, in their order.
    pub cells: Vec<Cell>,
    pub next: Next,
    /// The newest that counts.
    pub package: Option<SealedPackage>,
    pub approval: Option<Approval>,
    pub promotion: Option<Promotion>,
    /// Requests for changes among them; oldest first.
    pub remarks: Vec<Remark>,
    pub pending: Vec<Pending>,
    pub invalid: Vec<InvalidEntry>,
    /// `path = value` of what a newer Greenroom wrote into entries that count.
    pub unknown: Vec<String>,
    /// Why nobody can look at the package any more: its branch is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gone: Option<String>,
    /// Why an approval that is given now would be void from the start: the branch or the target has moved on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outdated: Option<String>,
    /// The target's commit by which it came there as it was approved, where nobody has recorded that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub came: Option<CommitId>,
    pub abandoned: bool,
}

impl Track {
    /// It was given up, and nobody has to do anything about that any more.
    pub fn is_over(&self) -> bool {
        self.abandoned && self.next.action == NextAction::Nothing
    }

    pub fn cell(&self, step: TrackStep) -> Option<&Cell> {
        self.cells.iter().find(|cell| cell.step == step)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_signed_yet_is_told_as_the_readme_tells_it() {
        assert_eq!(NextAction::RunStage.note(), Some(LATER));
        assert_eq!(NextAction::Promote.note(), None);
        let readme = include_str!("../../../README.md");
        let words: Vec<&str> = readme.split_whitespace().collect();
        assert!(words.join(" ").to_lowercase().contains(&LATER.to_lowercase()));
    }
}
