use super::{Editor, EditorSlot};
use crate::app::{Model, Msg, Screen, Slot};

impl Model {
    /// What is typed while a file comes is for that file, not for the one that is still shown; None: it waits for it.
    pub(in crate::app) fn hold(&mut self, msg: Msg) -> Option<Msg> {
        let typed = match &msg {
            Msg::Type(_) | Msg::Paste(_) => true,
            // What else is done to a text.
            Msg::Act(action) => action.on.contains(&Screen::Editor) && action.id != "files",
            _ => false,
        };
        let comes = self.editor.coming.is_some() && self.tasks.waits(Slot::Editor(EditorSlot::Read));
        if !(typed && comes && self.screen == Screen::Editor && self.overlays.is_empty()) {
            return Some(msg);
        }
        self.editor.held.push(msg);
        None
    }

    /// What has waited for a file that is here now.
    pub(in crate::app) fn release(&mut self) -> Vec<Msg> {
        match (self.screen, &self.editor.coming) {
            (Screen::Editor, None) => std::mem::take(&mut self.editor.held),
            (Screen::Editor, Some(_)) => Vec::new(),
            // Whoever has left types for nobody.
            _ => {
                self.editor.held.clear();
                Vec::new()
            }
        }
    }
}

impl Editor {
    /// Nobody waits for a file any more, nor is anything typed for it.
    pub(super) fn forget_coming(&mut self) {
        self.coming = None;
        self.held.clear();
    }
}
