use jiff::Timestamp;
use serde::Serialize;

use super::{
    Approval, CheckStatus, CommitId, GivenChange, InvalidEntry, Next, OutputChange, PackagedCheck, Remark,
    StepCost, Target, TrackId, TreeChange, TreeId,
};
use crate::domain::{Digest, Name, Token};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum VerdictKind {
    /// There is nothing to judge yet.
    Nothing,
    /// All that is required is green: it waits for an engineer.
    Ready,
    /// Something is red: it cannot be approved as it is.
    Blocked,
    Approved,
    /// It is on its target.
    Promoted,
    /// The approval is one no more.
    Void,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Verdict {
    pub kind: VerdictKind,
    pub text: String,
}

/// How much a change may hurt, the worst last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Weight {
    Small,
    Notable,
    Breaking,
    /// It changes who may sign, or fails a check.
    Grave,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Risk {
    pub weight: Weight,
    /// `lake.delays loses the column carrier`
    pub what: String,
    /// `weekly_report.summary reads it`
    pub why: String,
}

/// A run that the package holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Ran {
    pub run: Token,
    pub name: Name,
    pub milliseconds: Option<u64>,
    pub steps: u64,
    /// Those that were taken over from an earlier run.
    pub taken: u64,
    pub rows_read: u64,
    /// None: no output's rows are counted.
    pub rows_written: Option<u64>,
    pub peak_memory_bytes: Option<u64>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NotChecked {
    pub what: String,
    pub why: String,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SealedFacts {
    pub package: Digest,
    pub by: Name,
    pub at: Timestamp,
    pub target: Target,
    pub head: CommitId,
    pub merge_tree: TreeId,
    pub commits: Option<u64>,
}

/// How the commits became others since somebody looked at them: the lines of `git range-diff`, as it wrote them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Since {
    /// `eli approved it`
    pub what: String,
    pub lines: Vec<String>,
    /// Lines that are left out, and what tells them all.
    pub more: u64,
    pub command: String,
    /// They are not among the lines.
    pub merges: Vec<MergeChange>,
}

/// A merge commit, and what it changes besides what git makes of its sides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MergeChange {
    pub commit: CommitId,
    pub subject: String,
    /// As git quotes paths; None: it cannot be told.
    pub files: Option<Vec<String>>,
}

/// The engineer's first screen, as data. What comes from the repository or from people is as it was written, and has to be
/// neutralised where it is shown; what is Greenroom's own words already is.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Card {
    pub track: TrackId,
    pub need: Option<String>,
    pub verdict: Verdict,
    /// The worst first.
    pub risks: Vec<Risk>,
    pub ran: Vec<Ran>,
    pub not_checked: Vec<NotChecked>,
    pub cost: Vec<StepCost>,
    /// False: the target has no packaged run that it could be compared with.
    pub has_before: bool,
    /// What the run that all this is compared with was given otherwise.
    pub given: Vec<GivenChange>,
    pub outputs: Vec<OutputChange>,
    /// The commit that the target goes back to.
    pub rollback: Option<Target>,
    /// The worst first.
    pub checks: Vec<PackagedCheck>,
    pub files: Vec<TreeChange>,
    pub sealed: Option<SealedFacts>,
    pub approval: Option<Approval>,
    /// What was reviewed before was another.
    pub since: Option<Since>,
    /// Why the evidence is not what the manifest names.
    pub broken: Vec<String>,
    /// Whose commits prove nothing, what a newer Greenroom wrote.
    pub warnings: Vec<String>,
    pub remarks: Vec<Remark>,
    pub invalid: Vec<InvalidEntry>,
    pub next: Next,
}

impl Card {
    pub fn riskiest(&self) -> Option<&Risk> {
        self.risks.first()
    }

    pub fn count(&self, status: CheckStatus) -> usize {
        self.checks.iter().filter(|check| check.status == status).count()
    }

    /// Lines that came and went, in the files of which they are counted.
    pub fn lines(&self) -> (u64, u64) {
        let counted = self.files.iter().filter_map(|file| file.lines);
        counted.fold((0, 0), |(added, removed), (come, gone)| (added + come, removed + gone))
    }
}
