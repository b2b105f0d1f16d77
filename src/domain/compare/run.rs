use std::collections::HashMap;

use serde::Serialize;

use super::{Change, Parted, StepDifference};
use crate::domain::{FileDiff, Name, NodeId, Run, Status, Token, Version};

/// Two runs, side by side.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comparison {
    pub old: ComparedRun,
    pub new: ComparedRun,
    /// None: what they made is the same, or neither run's plan tells in which order.
    pub first: Option<Parted>,
    /// Both plans could be read: only then it is known what steps were given.
    #[serde(skip)]
    pub planned: bool,
    /// What their steps could see of the project is not the same, whether or not it can be said what.
    #[serde(skip)]
    pub other_tree: bool,
    /// Figures that matter more than others, by the names that they may be known by: those first that matter most.
    #[serde(skip)]
    pub leading: Vec<Vec<String>>,
    pub params: Vec<Change<String>>,
    /// By their names in the spec, and the id of each.
    pub images: Vec<Change<String>>,
    pub metrics: Vec<Change<f64>>,
    /// Files of the project that differ, line by line where a step that differs reads them.
    pub code: Vec<FileDiff>,
    /// In an order in which each comes after what it needs.
    pub steps: Vec<StepDifference>,
    /// Of the runs' own records, what is not as it was written: what they say is then not all there was.
    pub damaged: Vec<String>,
    /// What could not be read, and so is not compared; the damage is among it.
    pub doubts: Vec<String>,
}

/// One of the two.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ComparedRun {
    pub token: Token,
    pub name: Name,
    pub version: Version,
    pub use_case: Option<Name>,
    pub env: Name,
    pub status: Status,
    /// From start to end; None: it has not ended.
    pub seconds: Option<f64>,
}

/// How the code of two runs differs; who can read it tells.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CodeChanges {
    /// In order of path.
    pub files: Vec<FileDiff>,
    /// Of them, those that each step reads and that differed for who made what it left.
    pub read: HashMap<NodeId, Vec<String>>,
    /// Of the parameters that differ for these, those that each step may ask for.
    pub asked: HashMap<NodeId, Vec<String>>,
    /// Why some of it is not known.
    pub doubts: Vec<String>,
}

impl ComparedRun {
    pub fn of(run: &Run) -> Self {
        Self {
            token: run.token,
            name: run.name.clone(),
            version: run.version,
            use_case: run.use_case.clone(),
            env: run.env.clone(),
            status: run.status,
            seconds: run.finished_at.map(|end| run.took_until(end).as_secs_f64()),
        }
    }

    /// `churn training 1.0.0`.
    pub fn title(&self) -> String {
        format!("{} {}", super::super::run::title(&self.name, self.use_case.as_ref()), self.version)
    }
}
