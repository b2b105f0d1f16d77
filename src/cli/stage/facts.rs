use std::path::Path;

use camino::Utf8Path;

use super::snapshots::{of_run_in, snapshots};
use crate::cli::Place;
use crate::cli::report::RunFacts;
use crate::domain::{NodeId, Plan, Run, RunLayout};
use crate::logs;
use crate::snapshot::Snapshots;
use crate::store::{self, RunRef};

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

    fn read(&self, snapshots: &Snapshots, file: &Utf8Path) -> Option<String> {
        let frozen = of_run_in(snapshots, &self.plan.tree, &self.layout.code()).ok()?;
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

    fn tail(&self, node: &NodeId, attempt: u32, lines: usize) -> Vec<String> {
        // A step that wrote nothing yet has no log.
        let lines = logs::tail(&self.layout.log(node, attempt), lines).unwrap_or_default();
        lines.into_iter().map(|line| line.text).collect()
    }

    fn source(&self, file: &Utf8Path) -> Option<String> {
        // A message that cannot be shown at its place is still shown.
        match &self.place {
            Some(place) => self.read(&snapshots(place).ok()?, file),
            None => {
                let state = tempfile::tempdir().ok()?;
                self.read(&Snapshots::at(Utf8Path::from_path(state.path())?.join("snapshots")), file)
            }
        }
    }
}
