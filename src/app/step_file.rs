use camino::{Utf8Path, Utf8PathBuf};

use super::{LiveRun, WorkflowScreen};
use crate::domain::{InputSource, NodeId, RunLayout};

/// What a step reads or has made, as it can be pointed at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepFile {
    /// On this machine, where the step's container has it below `/store`; of an input that is no file, its value.
    pub path: String,
    /// In the run's directory, if it lies there.
    pub below: Option<Utf8PathBuf>,
}

impl LiveRun {
    /// The inputs of a step, and behind them its outputs.
    pub fn files(&self, id: &NodeId) -> Vec<StepFile> {
        let Some((node, tally)) = self.node(id) else { return Vec::new() };
        let inputs = node.inputs.values().map(|input| match input.source {
            InputSource::Step { .. } => self.local(&input.value),
            InputSource::Value => StepFile { path: input.value.clone(), below: None },
        });
        let outputs = tally.outputs.values().map(|output| self.own(output.path.clone().into()));
        inputs.chain(outputs).collect()
    }

    fn own(&self, below: Utf8PathBuf) -> StepFile {
        StepFile { path: self.past.path.join(&below).into(), below: Some(below) }
    }

    /// Of a path as containers have it.
    fn local(&self, inside: &str) -> StepFile {
        /// Folders of a run's directory below the root.
        const DEEP: usize = 5;
        let path = Utf8Path::new(inside);
        let Some(root) = self.past.path.ancestors().nth(DEEP) else {
            return StepFile { path: inside.to_owned(), below: None };
        };
        if let Ok(below) = path.strip_prefix(RunLayout::of(root, &self.plan).inside()) {
            return self.own(below.to_owned());
        }
        let local = path.strip_prefix("/store").map_or(path.to_owned(), |below| root.join(below));
        StepFile { path: local.into(), below: None }
    }
}

impl WorkflowScreen {
    /// Of what the selected step reads and has made, the one that is pointed at.
    pub fn selected_file(&self) -> Option<StepFile> {
        let mut files = self.live.as_ref()?.files(self.node()?);
        let last = files.len().checked_sub(1)?;
        Some(files.swap_remove(self.scroll.min(last)))
    }
}
