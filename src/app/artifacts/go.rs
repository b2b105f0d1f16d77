use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::{ArtifactsAsk, ArtifactsPane, ArtifactsSlot, Folder};
use crate::app::{Ask, Effect, Filter, Model, PastRun, Screen, Slot};
use crate::domain::EntryKind;

impl Model {
    /// The screen is turned to by itself: one stays where one was.
    pub(in crate::app) fn show_artifacts(&mut self) -> Vec<Effect> {
        self.artifacts.entered = PathBuf::new();
        // Settings may have changed.
        self.artifacts.root = None;
        match self.artifacts.folder.ended {
            true => self.read_folder_again(),
            false => self.open_folder(self.artifacts.folder.below.clone(), None),
        }
    }

    /// Shows what a run has left, or one of its files, by its path in the run's directory.
    pub(in crate::app) fn open_run_folder(&mut self, past: &PastRun, file: Option<&Path>) -> Vec<Effect> {
        let run = &past.run;
        let run = PathBuf::from(format!("{}/{}/{}", run.name, run.version, run.token));
        let folder = run.join(file.and_then(Path::parent).unwrap_or(Path::new("")));
        let name = file.and_then(Path::file_name).map(|name| name.as_bytes().to_vec());
        self.go_into(Screen::Artifacts);
        self.artifacts.entered.clone_from(&folder);
        self.artifacts.full = false;
        self.open_folder(folder, name)
    }

    fn open_folder(&mut self, below: PathBuf, wanted: Option<Vec<u8>>) -> Vec<Effect> {
        let screen = &mut self.artifacts;
        screen.folder = Folder::at(below, wanted);
        screen.filter = Filter::default();
        screen.pane = ArtifactsPane::List;
        self.ask_folder()
    }

    /// What was asked about the entries that were known is worthless from here on.
    fn ask_folder(&mut self) -> Vec<Effect> {
        let below = self.artifacts.folder.below.clone();
        let about = [ArtifactsSlot::Arrange, ArtifactsSlot::Facts].map(Slot::Artifacts);
        let mut effects: Vec<Effect> = about.map(|slot| self.tasks.forget(slot)).into();
        effects.push(self.ask_artifacts(ArtifactsSlot::Folder, ArtifactsAsk::Folder { below }));
        effects
    }

    /// Looks again at what stands in the folder.
    pub(in crate::app) fn read_folder_again(&mut self) -> Vec<Effect> {
        if self.tasks.waits(Slot::Artifacts(ArtifactsSlot::Folder)) {
            return Vec::new();
        }
        self.artifacts.folder.read_again();
        self.artifacts.peek.asked = None;
        self.ask_folder()
    }

    /// Runs have come or gone: folders that hold them are read again where they are looked at.
    pub(in crate::app) fn runs_folder_changed(&mut self) -> Vec<Effect> {
        const VERSION: usize = 2;
        let above_runs = self.artifacts.folder.below.components().count() <= VERSION;
        match self.screen == Screen::Artifacts && above_runs {
            true => self.read_folder_again(),
            false => Vec::new(),
        }
    }

    /// Into a folder, or to the preview of a file.
    pub(in crate::app) fn enter_artifact(&mut self) -> Vec<Effect> {
        let Some(entry) = self.artifacts.selected() else { return Vec::new() };
        match entry.kind {
            EntryKind::Folder => {
                let below = self.artifacts.folder.path_of(entry);
                self.open_folder(below, None)
            }
            EntryKind::File => {
                self.artifacts.pane = ArtifactsPane::Preview;
                Vec::new()
            }
            EntryKind::Link => self.refuse("a link is not followed: it may lead anywhere"),
            EntryKind::Other => self.refuse("it is no file: nothing can be read from it"),
        }
    }

    fn refuse(&mut self, why: &str) -> Vec<Effect> {
        self.notices.tell(why);
        Vec::new()
    }

    /// To the folder that holds this one; None: it is the outermost.
    pub(in crate::app) fn leave_folder(&mut self) -> Option<Vec<Effect>> {
        let below = &self.artifacts.folder.below;
        let parent = below.parent()?.to_owned();
        let from = below.file_name().map(|name: &OsStr| name.as_bytes().to_vec());
        Some(self.open_folder(parent, from))
    }

    pub(in crate::app) fn ask_artifacts(&mut self, slot: ArtifactsSlot, ask: ArtifactsAsk) -> Effect {
        let root = self.artifacts.root.clone();
        self.tasks.ask(Slot::Artifacts(slot), Ask::Artifacts { root, ask })
    }

    /// Has the entries put in order again; what was being done about it is worthless.
    pub(in crate::app) fn arrange_folder(&mut self) -> Vec<Effect> {
        let screen = &self.artifacts;
        let ask = ArtifactsAsk::Arrange {
            below: screen.folder.below.clone(),
            listing: screen.folder.listing.clone(),
            text: screen.filter.text().to_owned(),
            order: screen.order,
        };
        vec![self.ask_artifacts(ArtifactsSlot::Arrange, ask)]
    }

    /// Asks for a look into what is selected; one question at a time, or whoever runs through a list would fill the
    /// machine with them.
    pub(in crate::app) fn ask_peek(&mut self) -> Vec<Effect> {
        let columns = self.artifacts.columns(self.seen.width);
        let Some(path) = self.artifacts.selected_path() else { return Vec::new() };
        let wanted = Some((path.clone(), columns));
        if self.artifacts.peek.asked == wanted {
            return Vec::new();
        }
        if self.tasks.waits(Slot::Artifacts(ArtifactsSlot::Preview)) {
            self.artifacts.peek.stale = true;
            return Vec::new();
        }
        self.artifacts.peek.asked = wanted;
        vec![self.ask_artifacts(ArtifactsSlot::Preview, ArtifactsAsk::Preview { path, columns })]
    }

    /// A frame was drawn: sizes are asked for of what it shows, and what was laid out for another width is laid out anew.
    pub(in crate::app) fn artifacts_drawn(&mut self) -> Vec<Effect> {
        let mut effects = self.ask_peek();
        if !self.overlays.is_empty() || self.tasks.waits(Slot::Artifacts(ArtifactsSlot::Facts)) {
            return effects;
        }
        let entries = self.artifacts.folder.unknown(self.seen.rows());
        if !entries.is_empty() {
            let below = self.artifacts.folder.below.clone();
            effects.push(self.ask_artifacts(ArtifactsSlot::Facts, ArtifactsAsk::Facts { below, entries }));
        }
        effects
    }
}
