use camino::Utf8PathBuf;

use super::{EditorAsk, EditorSlot, FileText, OpenFile};
use crate::app::{Ask, Effect, Model, Screen, Slot};
use crate::domain::Diagnostic;

/// A place in a file of the project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    pub path: Utf8PathBuf,
    /// From 0.
    pub row: usize,
    /// From 0.
    pub letter: usize,
}

/// A file that is being read in order to be shown.
#[derive(Clone, Debug)]
pub struct Coming {
    pub spot: Location,
    failure: Option<Diagnostic>,
    /// One came from another screen for it, and has not turned to this one since.
    pub(super) led_here: bool,
}

/// Places that are remembered to go back to.
const REMEMBERED: usize = 100;

impl Model {
    /// Shows a place of a file to be edited; and what failed there, where that is why one comes.
    pub(in crate::app) fn edit(&mut self, spot: Location, failure: Option<Diagnostic>) -> Vec<Effect> {
        self.show_file(spot, failure, EditorAsk::Read)
    }

    fn show_file(
        &mut self,
        spot: Location,
        failure: Option<Diagnostic>,
        ask: fn(Utf8PathBuf) -> EditorAsk,
    ) -> Vec<Effect> {
        let led_here = self.screen != Screen::Editor;
        self.go_into(Screen::Editor);
        self.bring_up(self.editor.current);
        let open = self.editor.files.iter().position(|file| file.path == spot.path);
        self.editor.forget_coming();
        if let Some(index) = open {
            self.editor.current = index;
            self.stand(spot.row, spot.letter, failure);
            return self.look_at_files();
        }
        let ask = ask(spot.path.clone());
        self.editor.coming = Some(Coming { spot, failure, led_here });
        vec![self.tasks.ask(Slot::Editor(EditorSlot::Read), Ask::Editor(ask))]
    }

    /// What is offered and searched for is of the file that was shown before.
    fn bring_up(&mut self, index: usize) {
        self.editor.current = index;
        self.editor.completion = None;
        self.editor.find = super::Find::default();
    }

    fn stand(&mut self, row: usize, letter: usize, failure: Option<Diagnostic>) {
        let page = self.seen.page;
        let Some(file) = self.editor.file_mut() else { return };
        file.buffer.go_to(row, letter);
        file.failure = failure.or(file.failure.take());
        // In the middle, so that what is around it is seen too.
        file.top = row.saturating_sub(page / 2);
    }

    /// A text has been read: of a file that comes, or of one that is open.
    pub(super) fn opened(&mut self, read: FileText) -> Vec<Effect> {
        let open = self.editor.files.iter_mut().find(|file| file.path == read.path);
        let coming = self.editor.coming.take_if(|coming| coming.spot.path == read.path);
        match (open, coming) {
            // There is nothing to read, and this may be the last of it.
            (Some(file), _) if read.digest.is_none() && !file.is_new() => {
                file.removed();
                self.notices.tell(file.outside_told().unwrap_or_default());
            }
            (Some(file), _) => file.read_again(&read),
            (None, Some(Coming { spot, failure, .. })) => {
                self.editor.files.push(OpenFile::new(read));
                self.editor.current = self.editor.files.len() - 1;
                self.stand(spot.row, spot.letter, failure);
            }
            (None, None) => {}
        }
        self.check_files()
    }

    /// One that was to come cannot be read.
    pub(super) fn not_opened(&mut self) {
        let led_here = self.editor.coming.as_ref().is_some_and(|coming| coming.led_here);
        self.editor.forget_coming();
        if led_here && self.screen == Screen::Editor {
            self.screen = self.trail.pop().unwrap_or(Screen::Board);
        }
    }

    /// Where the cursor stands in the file that is shown.
    pub fn here(&self) -> Option<Location> {
        let file = self.editor.file()?;
        let (row, letter) = file.buffer.cursor();
        Some(Location { path: file.path.clone(), row, letter })
    }

    /// To a file, where one was in it.
    pub fn turn_to_file(&mut self, path: Utf8PathBuf) -> Vec<Effect> {
        let Some(index) = self.editor.files.iter().position(|file| file.path == path) else {
            return self.follow_to(Location { path, row: 0, letter: 0 });
        };
        // Who turns elsewhere does not wait for another any more.
        self.editor.forget_coming();
        self.go_into(Screen::Editor);
        if index != self.editor.current {
            self.remember_here();
            self.bring_up(index);
        }
        self.look_at_files()
    }

    /// To a file that is not there yet; it is there once it is saved.
    pub(in crate::app) fn begin_file(&mut self, path: Utf8PathBuf) -> Vec<Effect> {
        self.remember_here();
        self.show_file(Location { path, row: 0, letter: 0 }, None, EditorAsk::Begin)
    }

    /// To a place from which one wants to come back.
    pub(in crate::app) fn follow_to(&mut self, spot: Location) -> Vec<Effect> {
        self.remember_here();
        self.edit(spot, None)
    }

    fn remember_here(&mut self) {
        self.editor.trail.extend(self.here());
        let spare = self.editor.trail.len().saturating_sub(REMEMBERED);
        self.editor.trail.drain(..spare);
    }
}
