use serde::Serialize;

/// How a file differs between two moments, a few unchanged lines around each change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FileDiff {
    /// Relative to the project.
    pub path: String,
    pub lines: Vec<DiffLine>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DiffLine {
    Same(String),
    Gone(String),
    Come(String),
    /// Unchanged lines are left out here.
    Gap,
    /// What cannot be shown line by line, and why.
    Told(String),
}
