use camino::Utf8PathBuf;
use jiff::Timestamp;

use super::{Ask, Effect, Model, PastRun, Slot, WorkflowLook};
use crate::domain::Status;

/// A workflow that was written to after its last success began. What is in it may be the same, as after a checkout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Touched {
    pub workflow: String,
    pub changed_at: Timestamp,
    /// The run's directory.
    pub run: Utf8PathBuf,
}

impl Touched {
    pub fn of(flow: &WorkflowLook, last: &PastRun) -> Option<Self> {
        let changed_at = flow.changed_at.filter(|changed| *changed > last.run.started_at)?;
        let touched = || Self { workflow: flow.name.clone(), changed_at, run: last.path.clone() };
        matches!(last.status(), Status::Succeeded | Status::Skipped).then(touched)
    }
}

/// Which of them are known to be as their run had them.
#[derive(Clone, Debug, Default)]
pub struct Alike {
    /// Those that were compared last, or are being compared.
    asked: Vec<Touched>,
    alike: Vec<Touched>,
}

impl Alike {
    pub fn has(&self, touched: &Touched) -> bool {
        self.alike.contains(touched)
    }

    pub(super) fn set(&mut self, alike: Vec<Touched>) {
        self.alike = alike;
    }
}

impl Model {
    /// Has them compared, if they are others than last time: that takes reading them.
    pub(super) fn compare_touched(&mut self) -> Vec<Effect> {
        let (Some(project), Some(runs)) = (self.project.get(), self.runs.get()) else { return Vec::new() };
        let last = |flow: &WorkflowLook| Touched::of(flow, runs.of(&flow.name).next()?);
        let touched: Vec<Touched> = project.workflows.iter().filter_map(last).collect();
        if touched == self.alike.asked {
            return Vec::new();
        }
        self.alike.asked.clone_from(&touched);
        match touched.is_empty() {
            true => Vec::new(),
            false => vec![self.tasks.ask(Slot::Alike, Ask::Alike(touched))],
        }
    }
}
