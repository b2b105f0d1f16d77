use std::sync::atomic::AtomicBool;

use super::code::BothCodes;
use crate::cli::{Place, Workspace};
use crate::domain::compare::Comparison;
use crate::domain::{Name, Threshold};
use crate::store::{self, Recorded};

/// Compares two runs, the code that they were made of included. `key`: columns by which rows are told apart. `place`: the
/// project whose snapshots may have that code; without one it comes from the runs' own copies.
pub fn compare(
    place: Option<&Place>,
    old: &Recorded,
    new: &Recorded,
    key: &[String],
    given_up: &AtomicBool,
) -> Comparison {
    let codes = BothCodes::read(place, old, new);
    let mut comparison = store::compare_runs(old, new, key, codes.changes.clone(), given_up);
    codes.fill(&mut comparison);
    comparison.leading.extend(place.into_iter().flat_map(|place| watched(place, &comparison.new.name)));
    comparison
}

/// The figures that monitors of a workflow look at, by the names that they may be known by.
fn watched(place: &Place, name: &Name) -> Vec<String> {
    let Ok(workspace) = Workspace::open(Some(&place.root)) else { return Vec::new() };
    let monitors = workspace.specs.workflows.get(name).into_iter().flat_map(|workflow| &workflow.monitors);
    let thresholds = monitors.filter_map(|monitor| Threshold::of(name, monitor));
    let names = |Threshold { metric, output, .. }: Threshold| {
        let whole = output.map(|output| format!("{output}.{metric}"));
        whole.into_iter().chain([metric])
    };
    thresholds.flat_map(names).collect()
}
