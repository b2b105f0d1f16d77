use std::time::Duration;

use camino::Utf8PathBuf;
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::{Blueprint, Name, Param, Schedule, Step, Version};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Workflow,
    Blueprint,
}

/// What is watched once it runs by schedule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Monitor {
    pub name: Name,
    /// `freshness`, `rows`, `duration`, `failure`, `metric`.
    pub kind: String,
    /// `step.output`
    pub output: Option<(Name, Name)>,
    pub max_age: Option<Duration>,
    /// The figure that a monitor of kind `metric` watches; `min` and `max` are good, what is beyond is not.
    pub metric: Option<String>,
    pub min: Option<f64>,
    pub max: Option<f64>,
    pub notify: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Workflow {
    pub kind: Kind,
    pub name: Name,
    pub version: Version,
    pub description: String,
    pub owners: Vec<Name>,
    pub params: IndexMap<Name, Param>,
    pub schedule: Option<Schedule>,
    /// In the order written; `needs` form no cycle.
    pub steps: IndexMap<Name, Step>,
    pub monitors: Vec<Monitor>,
    /// What a blueprint says besides; its steps are the components.
    pub blueprint: Option<Blueprint>,
    /// Relative to the project's root.
    pub file: Utf8PathBuf,
}
