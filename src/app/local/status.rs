use super::LocalNews;
use crate::app::{Effect, Model, Screen};

impl Model {
    pub(in crate::app) fn heard_local(&mut self, news: LocalNews) -> Vec<Effect> {
        let mut built = false;
        let lost = match news {
            LocalNews::Log(lines) => {
                self.local.log.add(lines);
                return Vec::new();
            }
            LocalNews::Status(status) => {
                built = self.health.get().is_none_or(|before| before.images != status.images);
                self.health.set(Ok(*status));
                false
            }
            LocalNews::Lost(trouble) => {
                self.health.set(Err(trouble));
                true
            }
            LocalNews::Unread(trouble) => {
                self.health.set(Err(trouble));
                false
            }
        };
        let changed = std::mem::replace(&mut self.local.lost, lost) != lost;
        self.local.findings_are_old |= changed;
        // What nobody could look into for want of an engine or image, perhaps can be now.
        let checked =
            if !lost && (changed || built) && self.is_unchecked() { self.check_text() } else { Vec::new() };
        // What was found of an engine says nothing of another.
        let findings = (changed && self.screen == Screen::Local).then(|| self.ask_findings());
        checked.into_iter().chain(findings).collect()
    }
}
