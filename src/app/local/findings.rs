use super::{LocalAsk, LocalSlot};
use crate::app::{Ask, Effect, Model, Slot};

impl Model {
    /// Looking at the machine tries a container, so it is done when somebody looks, and not all the time.
    pub(in crate::app) fn show_local(&mut self) -> Vec<Effect> {
        let slot = Slot::Local(LocalSlot::Findings);
        let known = self.local.findings.get().is_some() && !self.local.findings_are_old;
        if known || self.tasks.waits(slot) { Vec::new() } else { vec![self.ask_findings()] }
    }

    pub(in crate::app) fn ask_findings(&mut self) -> Effect {
        self.local.findings_are_old = false;
        self.tasks.ask(Slot::Local(LocalSlot::Findings), Ask::Local(LocalAsk::Findings))
    }
}
