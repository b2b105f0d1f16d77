use std::collections::{BTreeMap, BTreeSet};

use indexmap::{IndexMap, IndexSet};
use jiff::Timestamp;
use serde::Serialize;

use super::counters::only_counts;
use super::run_figures::known_as;
use super::{Known, Name, Run, RunFigures, Status, Token, Version};

/// A run by its figures.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Measured {
    pub token: Token,
    pub name: Name,
    pub version: Version,
    pub use_case: Option<Name>,
    /// As `Run::only`.
    pub only: Option<Name>,
    pub status: Status,
    pub started_at: Timestamp,
    pub branch: Option<String>,
    pub params: IndexMap<Name, serde_json::Value>,
    pub metrics: BTreeMap<String, f64>,
    /// By the same names, the output that each is of: `step.output`.
    pub outputs: BTreeMap<String, String>,
    /// By the same names, the cell of its step, of each that one has.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub cells: BTreeMap<String, String>,
    /// Outputs of type metrics that it made itself, `step.output`, as far as is known: also those without a figure.
    pub made: BTreeSet<String>,
    /// It came as an archive.
    pub foreign: bool,
    /// Its record, or what it made, is not whole, where that was looked at.
    pub damaged: bool,
}

impl Measured {
    pub fn new(run: Run, RunFigures { values: metrics, outputs, cells, mut made, .. }: RunFigures) -> Self {
        let Run { token, name, version, use_case, only, status, started_at, branch, params, .. } = run;
        // Who reads what is kept of a run alone knows those of its figures.
        made.extend(outputs.values().cloned());
        let (foreign, damaged) = (false, false);
        Self {
            token,
            name,
            version,
            use_case,
            only,
            status,
            started_at,
            branch,
            params,
            metrics,
            outputs,
            cells,
            made,
            foreign,
            damaged,
        }
    }

    /// As `RunFigures::known_as`.
    pub fn known_as<'a>(&'a self, asked: &'a str) -> Option<&'a str> {
        known_as(&self.metrics, &self.outputs, asked)
    }

    pub fn known(&self) -> Known<'_> {
        Known { values: &self.metrics, outputs: &self.outputs, cells: &self.cells }
    }
}

/// Runs of one workflow know a figure by the same name, as `RunFigures::align` has it.
pub fn align(runs: &mut [Measured]) {
    let mut taken: Vec<(Name, RunFigures)> = runs
        .iter_mut()
        .map(|run| {
            let (values, outputs) = (std::mem::take(&mut run.metrics), std::mem::take(&mut run.outputs));
            let cells = std::mem::take(&mut run.cells);
            (run.name.clone(), RunFigures { values, outputs, cells, ..RunFigures::default() })
        })
        .collect();
    let mut by_name: BTreeMap<&Name, Vec<&mut RunFigures>> = BTreeMap::new();
    taken.iter_mut().for_each(|(name, figures)| by_name.entry(name).or_default().push(figures));
    by_name.values_mut().for_each(|all| RunFigures::align(all));
    for (run, (_, figures)) in runs.iter_mut().zip(taken) {
        (run.metrics, run.outputs, run.cells) = (figures.values, figures.outputs, figures.cells);
    }
}

/// Names of figures that some run has, each once: those of `first` in its order, then as `figure_names`.
pub fn figures_in_order<'a>(runs: &'a [Measured], first: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let all = figure_names(runs);
    let first: IndexSet<&str> = first.into_iter().filter(|name| all.contains(name)).collect();
    first.into_iter().chain(all.iter().copied()).collect::<IndexSet<_>>().into_iter().collect()
}

/// Names of figures, those first that most runs have; of as many, by their names. What only counts comes after all that
/// tell how good a run is.
pub fn figure_names(runs: &[Measured]) -> Vec<&str> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for name in runs.iter().flat_map(|run| run.metrics.keys()) {
        *counts.entry(name).or_default() += 1;
    }
    let mut names: Vec<(&str, usize)> = counts.into_iter().collect();
    names.sort_by_key(|(name, count)| (only_counts(name), std::cmp::Reverse(*count)));
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
            only: None,
            status: Status::Succeeded,
            started_at: Timestamp::UNIX_EPOCH,
            branch: None,
            params: IndexMap::new(),
            metrics: ["auc", "f1", "log_loss"].map(|name| (name.to_owned(), 0.5)).into(),
            outputs: BTreeMap::new(),
            cells: BTreeMap::new(),
            made: BTreeSet::new(),
            foreign: false,
            damaged: false,
        };
        let asked = ["log_loss", "auc", "nosuch", "log_loss"];
        assert_eq!(figures_in_order(&[run], asked), ["log_loss", "auc", "f1"]);
    }

    #[test]
    fn a_figure_of_one_output_is_one_figure_in_all_runs() {
        let token = Token::generate();
        let run = |figures: &[(&str, f64, &str)]| Measured {
            token,
            name: Name::new("model").unwrap(),
            version: Version::INITIAL,
            use_case: None,
            only: None,
            status: Status::Succeeded,
            started_at: Timestamp::UNIX_EPOCH,
            branch: None,
            params: IndexMap::new(),
            metrics: figures.iter().map(|(name, value, _)| ((*name).to_owned(), *value)).collect(),
            outputs: figures.iter().map(|(name, _, of)| ((*name).to_owned(), (*of).to_owned())).collect(),
            cells: BTreeMap::new(),
            made: BTreeSet::new(),
            foreign: false,
            damaged: false,
        };
        let both = run(&[("auc", 0.8, "evaluate.metrics"), ("train.fit.auc", 0.99, "train.fit")]);
        let mut runs =
            [run(&[("auc", 0.98, "train.fit")]), both.clone(), run(&[("auc", 0.7, "evaluate.metrics")])];
        let judged = runs[2].clone();
        align(&mut runs);
        assert_eq!(runs, [run(&[("train.fit.auc", 0.98, "train.fit")]), both, judged.clone()]);
        // Where no run has both, a step may have got another name.
        let mut renamed = [run(&[("auc", 0.9, "fit.metrics")]), judged];
        let as_they_were = renamed.clone();
        align(&mut renamed);
        assert_eq!(renamed, as_they_were);
    }
}
