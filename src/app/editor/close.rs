use super::EditorSlot;
use crate::app::{Ask, Effect, Model, Overlay, Slot};

/// What would lose text that is not saved, and therefore waits for `y`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Discard {
    Quit,
    Close,
    ReadAgain,
}

impl Model {
    /// Leaves the workbench, unless text would be lost.
    pub(in crate::app) fn quit(&mut self) -> Vec<Effect> {
        if self.editor.any_unsaved() {
            return self.ask_to_discard(Discard::Quit);
        }
        self.done = true;
        vec![Effect::Forget(Slot::Run)]
    }

    pub(in crate::app) fn ask_to_discard(&mut self, discard: Discard) -> Vec<Effect> {
        self.overlays.retain(|overlay| !matches!(overlay, Overlay::Discard(_)));
        self.overlays.push(Overlay::Discard(discard));
        Vec::new()
    }

    /// The person has said `y`, or nothing would be lost.
    pub(in crate::app) fn discard(&mut self, discard: Discard) -> Vec<Effect> {
        match discard {
            Discard::Quit => {
                self.done = true;
                vec![Effect::Forget(Slot::Run)]
            }
            Discard::Close => {
                let current = self.editor.current;
                if current < self.editor.files.len() {
                    self.editor.files.remove(current);
                }
                self.editor.current = current.min(self.editor.files.len().saturating_sub(1));
                self.editor.completion = None;
                // What it held for the others is not there any more.
                self.check_files()
            }
            Discard::ReadAgain => {
                let Some(path) = self.editor.file().map(|file| file.path.clone()) else { return Vec::new() };
                let ask = Ask::Editor(super::EditorAsk::Read(path));
                vec![self.tasks.ask(Slot::Editor(EditorSlot::Read), ask)]
            }
        }
    }

    /// What is asked before text is lost.
    pub fn discards(&self, discard: Discard) -> String {
        let unsaved = self.editor.files.iter().filter(|file| file.unsaved).map(|file| file.path.as_str());
        let shown = self.editor.file().map_or("", |file| file.path.as_str());
        match discard {
            Discard::Quit => format!("Quit without saving {}?", unsaved.collect::<Vec<_>>().join(", ")),
            Discard::Close => format!("Close {shown} without saving it?"),
            Discard::ReadAgain => format!("Read {shown} again, in place of what is typed?"),
        }
    }
}
