use super::{Action, Effect, Model, Screen, Slot};
use crate::domain::Status;

impl Model {
    /// On the Board: what the newest run of the selected workflow failed by is to be mended next, and only the run tells
    /// where that is.
    pub(super) fn is_to_be_mended(&self) -> bool {
        let (Some(flow), Some(project), Some(runs)) =
            (self.selected_workflow(), self.project.get(), self.runs.get())
        else {
            return false;
        };
        let read = self.project.trouble.is_none() && project.errors(&flow.file).next().is_none();
        let failed = || runs.of(&flow.name).next().is_some_and(|last| last.status() == Status::Failed);
        self.screen == Screen::Board && read && failed()
    }

    /// Opens the run as enter does, and goes on to where it failed as soon as that is known.
    pub(super) fn open_failure(&mut self, then: &'static Action) -> Vec<Effect> {
        let Some(name) = self.selected_workflow().map(|flow| flow.name.clone()) else { return Vec::new() };
        let effects = self.open_workflow(&name);
        self.workflow.then = Some(then);
        effects
    }

    /// Does what waits until a failure has been read: its step, and the end of the log.
    pub(super) fn go_on_to_failure(&mut self) -> Vec<Effect> {
        let Some(then) = self.workflow.then else { return Vec::new() };
        let reads = |slot| self.tasks.waits(slot);
        let found = self.workflow.live.as_ref().is_some_and(|live| live.first_failed().is_some());
        if self.screen == Screen::Workflow && (reads(Slot::Log) || !found && reads(Slot::Run)) {
            return Vec::new();
        }
        self.workflow.then = None;
        let known = self.screen == Screen::Workflow && self.workflow.live.is_some();
        if known && (then.applies)(self).is_ok() { (then.act)(self) } else { Vec::new() }
    }
}
