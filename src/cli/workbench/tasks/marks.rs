use std::collections::HashMap;

use rayon::prelude::*;

use crate::app::RunMarks;
use crate::cli::Workspace;
use crate::cli::stage::Asks;
use crate::domain::{Name, RunLayout, RunQuery, Token};
use crate::store::{self, Listing, Recorded, Runs, read_notes};

/// Runs that are looked through for what they lack, each time: of older ones it is told when they are selected.
const LOOKED_AT: usize = 2_000;

/// What is said of the runs that are listed. What of it cannot be read is not said.
pub(super) fn marks(workspace: &Workspace, runs: &Runs, listing: &Listing) -> HashMap<Token, RunMarks> {
    let listed = &listing.runs;
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
    let spoilt = listed.iter().filter(|found| listing.spoilt.contains(&found.path));
    for found in newest.par_iter().filter(is_damaged).collect::<Vec<_>>().into_iter().chain(spoilt) {
        marks.entry(found.run.token).or_default().damaged = true;
    }
    for (name, alias) in runs.aliases() {
        if let Ok(Some(moved)) = runs.alias(&name, &alias) {
            marks.entry(moved.token).or_default().aliases.push(alias);
        }
    }
    let workflows = workspace.specs.workflows.values();
    let asks = workflows.map(|workflow| (&workflow.name, Asks::of(workflow)));
    let asks: HashMap<&Name, Asks> = asks.filter(|(_, asks)| !asks.is_empty()).collect();
    // Who asks of no figure does not wait for them.
    let measured =
        if asks.is_empty() { Vec::new() } else { runs.measured(&RunQuery::default(), listed.len()).runs };
    for run in measured {
        let Some(asks) = asks.get(&run.name) else { continue };
        let (figure, unmet) = (asks.figure(&run), asks.unmet(&run));
        if figure.is_some() || !unmet.is_empty() {
            let marks = marks.entry(run.token).or_default();
            (marks.figure, marks.unmet) = (figure, unmet);
        }
    }
    marks
}
