use crate::domain::track::TreeChange;

/// How a file differs between the target and what the merge comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeFile {
    pub change: TreeChange,
    /// Why no lines, or not all of them, are here.
    pub told: Option<String>,
    pub hunks: Vec<Hunk>,
    /// Its lines have the same numbers at the head, which is what comments are about.
    pub at_head: bool,
}

/// A stretch of lines around some that changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hunk {
    /// The number of the first line of each side, from 1.
    pub old_from: usize,
    pub new_from: usize,
    pub old: Vec<String>,
    pub new: Vec<String>,
    pub rows: Vec<HunkRow>,
}

/// Lines beside each other, by their positions in a hunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HunkRow {
    pub old: Option<usize>,
    pub new: Option<usize>,
    /// Both say the same.
    pub same: bool,
}

impl Hunk {
    /// The line's number in the file as it will be; None: it is gone there.
    pub fn new_line(&self, row: usize) -> Option<u64> {
        let at = self.rows.get(row)?.new?;
        u64::try_from(self.new_from + at).ok()
    }
}

/// A workflow's steps before and after, beside each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlowDiff {
    pub workflow: String,
    /// Keys that differ outside of its steps.
    pub keys: Vec<String>,
    pub steps: Vec<StepPair>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepPair {
    /// `late ← load`
    pub before: Option<String>,
    pub after: Option<String>,
    pub sign: StepSign,
    /// Of its spec, those that differ.
    pub keys: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepSign {
    Same,
    Added,
    Removed,
    Changed,
}
