use std::fmt;

use serde::{Deserialize, Serialize};

use crate::domain::Name;

/// What steps make and read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Dataset {
    /// `dataset.table` of the warehouse, as it is written.
    Table { name: String },
    /// An output of a step that is no table.
    Artifact { workflow: Name, step: Name, output: Name },
    /// Files that no step makes: of the project, of storage, or a URI; as they are written.
    Files { pattern: String },
}

impl Dataset {
    pub fn table(name: impl Into<String>) -> Self {
        Self::Table { name: name.into() }
    }

    /// Many tables at once, by the beginning of their names.
    pub fn is_pattern(&self) -> bool {
        matches!(self, Self::Table { name } if name.ends_with('*'))
    }

    /// Whether a pattern stands for another table.
    pub fn matches(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Table { name: pattern }, Self::Table { name }) => {
                let start = pattern.strip_suffix('*');
                start.is_some_and(|start| name.starts_with(start)) && !other.is_pattern()
            }
            _ => false,
        }
    }
}

/// As people name it: `lake.flights`, `daily_delays.report.report`, `data/*.csv`.
impl fmt::Display for Dataset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Table { name } => f.write_str(name),
            Self::Artifact { workflow, step, output } => write!(f, "{workflow}.{step}.{output}"),
            Self::Files { pattern } => f.write_str(pattern),
        }
    }
}

/// A step of a workflow.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct StepId {
    pub workflow: Name,
    pub step: Name,
}

impl fmt::Display for StepId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.workflow, self.step)
    }
}
