use std::path::Path;

use camino::Utf8Path;

use super::asks::Asks;
use super::snapshots::{looked_into, snapshots};
use crate::cli::report::RunFacts;
use crate::cli::{Place, Workspace};
use crate::domain::{Measured, NodeId, Plan, Run, RunLayout};
use crate::logs;
use crate::store::{self, Outputs, RunRef};

/// A run as its own directory tells it.
pub struct RecordedFacts {
    /// None: the run was copied to where no project is.
    place: Option<Place>,
    plan: Plan,
    layout: RunLayout,
    /// As the run was named, where that is no token of this project's.
    directory: Option<String>,
}

impl RecordedFacts {
    pub fn new(place: impl Into<Option<Place>>, plan: Plan, layout: RunLayout) -> Self {
        Self { place: place.into(), plan, layout, directory: None }
    }

    /// Of a run that was named so: by its directory, it need not be among this project's.
    pub fn named(mut self, reference: &str) -> Self {
        let directory = matches!(reference.parse(), Ok(RunRef::Directory(_)));
        self.directory = directory.then(|| reference.to_owned());
        self
    }

    /// What its workflow asks now, and its own figures. Who has no such workflow any more asks nothing.
    fn measured(&self) -> Option<(Asks, Measured)> {
        let figures = store::figures(&self.layout, self.plan.token, Outputs::Own).ok()?;
        let workspace = self.place.as_ref().and_then(|place| Workspace::open(Some(&place.root)).ok());
        let workflow = workspace.as_ref().and_then(|of| of.specs.workflows.get(&self.plan.name));
        Some((workflow.map(Asks::of).unwrap_or_default(), Measured::new(self.record()?, figures)))
    }

    fn read(&self, file: &Utf8Path) -> Option<String> {
        let kept = self.place.as_ref().and_then(|place| snapshots(place).ok());
        let scratch = tempfile::tempdir().ok()?;
        let unpacked = Utf8Path::from_path(scratch.path());
        let (frozen, snapshots) = looked_into(kept, unpacked, &self.plan.tree, &self.layout.code()).ok()?;
        let content = snapshots.read(&frozen, Path::new(file.as_str())).ok()??;
        String::from_utf8(content).ok()
    }
}

impl RunFacts for RecordedFacts {
    fn plan(&self) -> &Plan {
        &self.plan
    }

    fn run(&self) -> String {
        self.directory.clone().unwrap_or_else(|| self.plan.token.short())
    }

    fn record(&self) -> Option<Run> {
        store::read_run(&self.layout).ok()
    }

    fn figures(&self) -> Vec<(String, String)> {
        self.measured().map(|(asks, run)| asks.figures(&run)).unwrap_or_default()
    }

    fn unmet(&self) -> Vec<String> {
        self.measured().map(|(asks, run)| asks.unmet(&run)).unwrap_or_default()
    }

    fn tail(&self, node: &NodeId, attempt: u32, lines: usize) -> Vec<String> {
        // A step that wrote nothing yet has no log.
        let lines = logs::tail(&self.layout.log(node, attempt), lines).unwrap_or_default();
        lines.into_iter().map(|line| line.text).collect()
    }

    fn source(&self, file: &Utf8Path) -> Option<String> {
        // A message that cannot be shown at its place is still shown.
        self.read(file)
    }
}
