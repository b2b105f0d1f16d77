use std::path::Path;

use camino::Utf8Path;

use super::snapshots::{of_run, snapshots};
use crate::cli::Place;
use crate::cli::report::RunFacts;
use crate::domain::{NodeId, Plan, RunLayout};
use crate::logs;

/// A run as its own directory tells it.
pub struct RecordedFacts {
    place: Place,
    plan: Plan,
    layout: RunLayout,
}

impl RecordedFacts {
    pub fn new(place: Place, plan: Plan, layout: RunLayout) -> Self {
        Self { place, plan, layout }
    }
}

impl RunFacts for RecordedFacts {
    fn plan(&self) -> &Plan {
        &self.plan
    }

    fn tail(&self, node: &NodeId, attempt: u32, lines: usize) -> Vec<String> {
        // A step that wrote nothing yet has no log.
        let lines = logs::tail(&self.layout.log(node, attempt), lines).unwrap_or_default();
        lines.into_iter().map(|line| line.text).collect()
    }

    fn source(&self, file: &Utf8Path) -> Option<String> {
        // A message that cannot be shown at its place is still shown.
        let frozen = of_run(&self.place, &self.plan.tree, &self.layout.code()).ok()?;
        let content = snapshots(&self.place).read(&frozen, Path::new(file.as_str())).ok()??;
        String::from_utf8(content).ok()
    }
}
