use std::sync::Arc;

use super::{EditorAsk, EditorSlot, Known};
use crate::app::{Ask, Effect, Model, Overlay, Screen, Slot};
use crate::domain::Diagnostic;

impl Model {
    /// Has the specs checked with what is typed; one question at a time, or fast typing would never be answered.
    pub(in crate::app) fn check_files(&mut self) -> Vec<Effect> {
        let slot = Slot::Editor(EditorSlot::Check);
        if self.tasks.waits(slot) {
            self.editor.stale = true;
            return Vec::new();
        }
        self.editor.stale = false;
        let unsaved = self.editor.files.iter().filter(|file| file.unsaved && file.extension() == "yaml");
        let texts = unsaved.map(|file| (file.path.clone(), file.text())).collect();
        let known = std::mem::replace(&mut self.editor.listed, true).then(|| self.editor.known.clone());
        vec![self.tasks.ask(slot, Ask::Editor(EditorAsk::Check { texts, env: self.env.clone(), known }))]
    }

    /// Runs may have written tables: where somebody types, they are known at once.
    pub(in crate::app) fn lake_changed(&mut self) -> Vec<Effect> {
        self.editor.listed = false;
        match self.screen {
            Screen::Editor | Screen::Lake => self.check_files(),
            _ => Vec::new(),
        }
    }

    pub(super) fn checked(&mut self, problems: &[Diagnostic], known: Arc<Known>) -> Vec<Effect> {
        let first = self.editor.known.files.is_empty();
        self.editor.known = known;
        // Whoever looks for a file already has the list before them.
        if let Some(Overlay::Files(picker)) = self.overlays.last_mut().filter(|_| first) {
            let typed = self.editor.new_file(picker.filter.text());
            picker.set_items(self.editor.file_choices(), typed);
        }
        for file in &mut self.editor.files {
            file.problems = problems.iter().filter(|problem| problem.file == file.path).cloned().collect();
        }
        // Which tables are to come is known now.
        let text = self.check_text();
        let specs = if self.editor.stale { self.check_files() } else { Vec::new() };
        [text, specs].concat()
    }
}
