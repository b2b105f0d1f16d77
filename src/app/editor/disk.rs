use camino::Utf8Path;

use super::{EditorAnswer, EditorAsk, EditorSlot, OnDisk, Outside};
use crate::app::{Answer, Ask, Effect, Model, Slot, Trouble};
use crate::domain::Digest;

impl Model {
    /// Files may have changed: asks what has become of those that are open.
    pub(in crate::app) fn look_at_files(&mut self) -> Vec<Effect> {
        self.editor.listed = false;
        if self.editor.files.is_empty() {
            return Vec::new();
        }
        let files = self.editor.files.iter().map(|file| (file.path.clone(), file.read.clone())).collect();
        vec![self.tasks.ask(Slot::Editor(EditorSlot::Look), Ask::Editor(EditorAsk::Look(files)))]
    }

    /// The screen is turned to: what its files and its names are now.
    pub(in crate::app) fn show_editor(&mut self) -> Vec<Effect> {
        if let Some(coming) = &mut self.editor.coming {
            coming.led_here = false;
        }
        [self.look_at_files(), self.check_files()].concat()
    }

    pub(in crate::app) fn editor_answered(
        &mut self,
        slot: EditorSlot,
        answer: Result<Answer, Trouble>,
    ) -> Vec<Effect> {
        match answer {
            Ok(Answer::Editor(EditorAnswer::Read(read))) => self.opened(read),
            Ok(Answer::Editor(EditorAnswer::Looked(changed))) => {
                // One that was removed and is not there is no other than before.
                for file in &mut self.editor.files {
                    file.outside = file.outside.filter(|outside| *outside == Outside::Gone);
                }
                changed.into_iter().for_each(|(path, found)| self.found_on_disk(&path, found));
                self.check_files()
            }
            Ok(Answer::Editor(EditorAnswer::Checked { problems, known })) => self.checked(&problems, known),
            Ok(_) => Vec::new(),
            Err(trouble) => {
                self.notices.wrong(trouble);
                if slot == EditorSlot::Read {
                    self.not_opened();
                }
                Vec::new()
            }
        }
    }

    /// What nobody has typed into is shown as it is now; what somebody has stays, and it is told.
    fn found_on_disk(&mut self, path: &Utf8Path, found: OnDisk) {
        if let (OnDisk::Text(read), Some(save)) = (&found, self.being_saved(path))
            && read.digest == Some(Digest::of(save.text.as_bytes()))
        {
            // Its own writing, which has not been told yet.
            return;
        }
        let Some(file) = self.editor.files.iter_mut().find(|file| file.path == path) else { return };
        match found {
            OnDisk::Text(read) if file.may_become(&read) => {
                file.read_again(&read);
                self.editor.changed.insert(path.to_owned(), self.now);
            }
            OnDisk::Text(_) | OnDisk::Unreadable => file.outside = Some(Outside::Changed),
            OnDisk::Gone => file.removed(),
        }
    }
}
