use camino::Utf8Path;

use super::{OpenFile, Over, SaveFile};
use crate::app::{Ask, Deed, Effect, Model, Slot, Trouble};

impl Model {
    /// Writes the file that is shown.
    pub(in crate::app) fn save(&mut self) -> Vec<Effect> {
        self.editor.completion = None;
        let Some(save) = self.saving(false) else { return Vec::new() };
        if self.being_saved(&save.path).is_some() {
            // Two at once would each take the other's for somebody else's.
            self.editor.file_mut().into_iter().for_each(|file| file.save_again = true);
            return Vec::new();
        }
        self.start(Deed::Save(save))
    }

    /// Leaves the workbench once every file is saved; stays where one cannot be.
    pub(in crate::app) fn save_all_and_quit(&mut self) -> Vec<Effect> {
        self.editor.completion = None;
        let unsaved = || self.editor.files.iter().filter(|file| file.unsaved);
        if let Some(told) = unsaved().find_map(OpenFile::contested) {
            self.notices.tell(told);
            self.editor.leaving = false;
            return Vec::new();
        }
        if unsaved().next().is_none() {
            return self.quit();
        }
        let begun = unsaved().filter(|file| self.being_saved(&file.path).is_none());
        let saves: Vec<SaveFile> = begun.map(|file| saving(file, false)).collect();
        self.editor.leaving = true;
        saves.into_iter().flat_map(|save| self.start(Deed::Save(save))).collect()
    }

    /// What is being written there at this moment.
    pub(in crate::app) fn being_saved(&self, path: &Utf8Path) -> Option<&SaveFile> {
        self.jobs.jobs.values().find_map(|job| match &job.deed {
            Deed::Save(save) if save.path == path => Some(save),
            _ => None,
        })
    }

    /// What saving the file that is shown would write.
    pub(in crate::app) fn saving(&self, over_anything: bool) -> Option<SaveFile> {
        self.editor.file().map(|file| saving(file, over_anything))
    }

    /// It has been written, or not: then somebody else may have been there.
    pub(in crate::app) fn saved(&mut self, save: &SaveFile, ended: Result<(), Trouble>) -> Vec<Effect> {
        let file = self.editor.files.iter_mut().find(|file| file.path == save.path);
        match ended {
            Ok(()) => {
                self.editor.changed.insert(save.path.clone(), self.now);
                let mut again = None;
                let mut told = format!("{} is saved", save.path);
                if let Some(file) = file {
                    file.written(&save.text);
                    let wanted = std::mem::take(&mut file.save_again);
                    if file.unsaved {
                        told += ", without what was typed since";
                        again = wanted.then(|| saving(file, false));
                    }
                }
                let is_new = save.over == Over::Read(None);
                if is_new && ["workflows", "blueprints"].iter().any(|folder| save.path.starts_with(folder)) {
                    self.board.begun = Some(save.path.clone());
                }
                let again = match again {
                    Some(save) if !self.editor.leaving => self.start(Deed::Save(save)),
                    _ => {
                        self.notices.tell(told);
                        Vec::new()
                    }
                };
                let project = self.tasks.ask(Slot::Project, Ask::Project);
                // What was looked at before is not true any more.
                let leave = match self.editor.leaving {
                    true => self.save_all_and_quit(),
                    false => Vec::new(),
                };
                [vec![project], self.look_at_files(), self.check_files(), again, leave].concat()
            }
            Err(trouble) => {
                self.editor.leaving = false;
                file.into_iter().for_each(|file| file.save_again = false);
                self.notices.wrong(trouble);
                self.look_at_files()
            }
        }
    }
}

fn saving(file: &OpenFile, over_anything: bool) -> SaveFile {
    let over = if over_anything { Over::Anything } else { Over::Read(file.read.clone()) };
    SaveFile { path: file.path.clone(), text: file.text(), over }
}
