use std::collections::HashMap;

use rayon::prelude::*;

use crate::app::RunMarks;
use crate::cli::Workspace;
use crate::domain::{Measured, Name, RunLayout, RunQuery, Threshold, Token, Workflow};
use crate::spec::Condition;
use crate::store::{self, Recorded, Runs, read_notes};

/// Runs that are looked through for what they lack, each time: of older ones it is told when they are selected.
const LOOKED_AT: usize = 2_000;

/// What is said of the runs that are listed. What of it cannot be read is not said.
pub(super) fn marks(workspace: &Workspace, runs: &Runs, listed: &[Recorded]) -> HashMap<Token, RunMarks> {
    let mut marks: HashMap<Token, RunMarks> = HashMap::new();
    for recorded in listed {
        let Ok(notes) = read_notes(&RunLayout::at(&recorded.path)) else { continue };
        let (pinned, notes) = (notes.is_pinned(), notes.texts().map(str::to_owned).collect::<Vec<_>>());
        if pinned || !notes.is_empty() {
            marks.insert(recorded.run.token, RunMarks { pinned, notes, ..RunMarks::default() });
        }
    }
    let newest = &listed[..listed.len().min(LOOKED_AT)];
    let is_damaged = |found: &&Recorded| store::is_damaged(&RunLayout::at(&found.path), found.run.status);
    for found in newest.par_iter().filter(is_damaged).collect::<Vec<_>>() {
        marks.entry(found.run.token).or_default().damaged = true;
    }
    for (name, alias) in runs.aliases() {
        if let Ok(Some(moved)) = runs.alias(&name, &alias) {
            marks.entry(moved.token).or_default().aliases.push(alias);
        }
    }
    let workflows = workspace.specs.workflows.values();
    let asks: HashMap<&Name, Asks> =
        workflows.filter_map(|workflow| Some((&workflow.name, asks(workflow)?))).collect();
    // Who asks of no figure does not wait for them.
    let measured =
        if asks.is_empty() { Vec::new() } else { runs.measured(&RunQuery::default(), listed.len()).runs };
    for run in measured {
        let figure = asks.get(&run.name).and_then(|asks| asks.of(&run));
        if figure.is_some() {
            marks.entry(run.token).or_default().figure = figure;
        }
    }
    marks
}

/// By what runs of a workflow are judged, or watched.
struct Asks {
    accept: Vec<String>,
    thresholds: Vec<Threshold>,
}

/// None: by nothing.
fn asks(workflow: &Workflow) -> Option<Asks> {
    let accept = workflow.blueprint.as_ref().and_then(|blueprint| blueprint.accept.as_deref());
    let accept = accept.and_then(|accept| Condition::new(accept).ok());
    let accept = accept.map(|accept| accept.names().to_vec()).unwrap_or_default();
    let watched = workflow.monitors.iter();
    let thresholds: Vec<_> = watched.filter_map(|monitor| Threshold::of(&workflow.name, monitor)).collect();
    (!accept.is_empty() || !thresholds.is_empty()).then_some(Asks { accept, thresholds })
}

impl Asks {
    fn of(&self, run: &Measured) -> Option<(String, f64)> {
        let judged = self.accept.iter().find_map(|name| run.known_as(name));
        let watched = || self.thresholds.iter().find_map(|asked| asked.figure(std::slice::from_ref(run)));
        let name = judged.or_else(watched)?;
        Some((name.to_owned(), *run.metrics.get(name)?))
    }
}
