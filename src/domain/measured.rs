use std::collections::BTreeMap;

use indexmap::IndexMap;
use jiff::Timestamp;
use serde::Serialize;

use super::{Name, Run, Status, Token, Version};

/// A run by its figures.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Measured {
    pub token: Token,
    pub name: Name,
    pub version: Version,
    pub use_case: Option<Name>,
    pub status: Status,
    pub started_at: Timestamp,
    pub branch: Option<String>,
    pub params: IndexMap<Name, serde_json::Value>,
    pub metrics: BTreeMap<String, f64>,
}

impl Measured {
    pub fn new(run: Run, metrics: BTreeMap<String, f64>) -> Self {
        let Run { token, name, version, use_case, status, started_at, branch, params, .. } = run;
        Self { token, name, version, use_case, status, started_at, branch, params, metrics }
    }
}

/// Names of figures, those first that most runs have; of as many, by their names.
pub fn figure_names(runs: &[Measured]) -> Vec<&str> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for name in runs.iter().flat_map(|run| run.metrics.keys()) {
        *counts.entry(name).or_default() += 1;
    }
    let mut names: Vec<(&str, usize)> = counts.into_iter().collect();
    names.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    names.into_iter().map(|(name, _)| name).collect()
}
