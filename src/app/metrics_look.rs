use crate::domain::{Breach, Measured, Threshold};

/// Figures of runs, and what monitors ask of them.
#[derive(Clone, Debug, Default)]
pub struct MetricsLook {
    /// Newest first.
    pub runs: Vec<Measured>,
    /// There are more of them.
    pub older: bool,
    pub thresholds: Vec<Threshold>,
    pub breaches: Vec<Breach>,
    /// Runs of whose figures some count for nothing, for somebody changed their files.
    pub altered: usize,
}
