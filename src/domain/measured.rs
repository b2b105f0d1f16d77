use std::collections::BTreeMap;

use indexmap::{IndexMap, IndexSet};
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

/// Names of figures that some run has, each once: those of `first` in its order, then as `figure_names`.
pub fn figures_in_order<'a>(runs: &'a [Measured], first: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let all = figure_names(runs);
    let first: IndexSet<&str> = first.into_iter().filter(|name| all.contains(name)).collect();
    first.into_iter().chain(all.iter().copied()).collect::<IndexSet<_>>().into_iter().collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_that_several_ask_for_is_listed_once() {
        let run = Measured {
            token: Token::generate(),
            name: Name::new("model").unwrap(),
            version: Version::INITIAL,
            use_case: None,
            status: Status::Succeeded,
            started_at: Timestamp::UNIX_EPOCH,
            branch: None,
            params: IndexMap::new(),
            metrics: ["auc", "f1", "log_loss"].map(|name| (name.to_owned(), 0.5)).into(),
        };
        let asked = ["log_loss", "auc", "nosuch", "log_loss"];
        assert_eq!(figures_in_order(&[run], asked), ["log_loss", "auc", "f1"]);
    }
}
