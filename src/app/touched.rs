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

/// Which of them are known to be as their run had them, and which not to be.
#[derive(Clone, Debug, Default)]
pub struct Alike {
    asked: Vec<Touched>,
    alike: Vec<Touched>,
    others: Vec<Touched>,
}

impl Alike {
    pub fn has(&self, touched: &Touched) -> bool {
        self.alike.contains(touched)
    }

    pub(super) fn set(&mut self, alike: Vec<Touched>) {
        let asked = std::mem::take(&mut self.asked);
        self.others.extend(asked.into_iter().filter(|touched| !alike.contains(touched)));
        self.alike.extend(alike);
    }
}

impl Model {
    /// Has those compared of which nothing is known: that takes reading them.
    pub(super) fn compare_touched(&mut self) -> Vec<Effect> {
        let (Some(project), Some(runs)) = (self.project.get(), self.runs.get()) else { return Vec::new() };
        let last = |flow: &WorkflowLook| Touched::of(flow, runs.judged_of(&flow.name)?);
        let touched: Vec<Touched> = project.workflows.iter().filter_map(last).collect();
        let Alike { asked, alike, others } = &mut self.alike;
        alike.retain(|known| touched.contains(known));
        others.retain(|known| touched.contains(known));
        let new = touched.into_iter().filter(|touched| !alike.contains(touched) && !others.contains(touched));
        let new: Vec<Touched> = new.collect();
        if new.is_empty() || (new == *asked && self.tasks.waits(Slot::Alike)) {
            return Vec::new();
        }
        asked.clone_from(&new);
        vec![self.tasks.ask(Slot::Alike, Ask::Alike(new))]
    }
}
