use super::history::runs_there;
use crate::cli::Workspace;
use crate::domain::{Measured, Name, RunQuery, figure_names};

/// Runs that are looked back at.
const MOST: usize = 1_000;

/// Runs of a workflow by the figures that they are known to have had; none before the first.
#[derive(Default)]
pub struct KnownFigures {
    pub runs: Vec<Measured>,
}

impl KnownFigures {
    /// As far as this machine knows them: nothing is fetched.
    pub fn of(workspace: &Workspace, env: &str, name: &Name) -> Self {
        let runs = runs_there(workspace, env);
        let measured = runs.map(|runs| runs.measured(&RunQuery::of(Some(name)), MOST).runs);
        Self { runs: measured.unwrap_or_default() }
    }

    pub fn has(&self, asked: &str) -> bool {
        self.runs.iter().any(|run| !run.known().all(asked).is_empty())
    }

    pub fn names(&self) -> Vec<&str> {
        figure_names(&self.runs)
    }
}
