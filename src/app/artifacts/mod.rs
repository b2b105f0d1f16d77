//! The files that runs have left: one folder at a time, and a look into what is selected.

mod answers;
mod arrange;
mod asks;
mod folder;
mod go;
mod peek;

pub use arrange::{FolderOrder, arrange};
pub use asks::{ArtifactsAnswer, ArtifactsAsk, ArtifactsNews, ArtifactsSlot};
pub use folder::Folder;
pub use peek::{LINES_A_COLUMN, Peek, PeekTab, bytes_a_line};

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

use camino::Utf8PathBuf;

use super::{Filter, Model, PastRun};
use crate::domain::{Entry, Token};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ArtifactsPane {
    #[default]
    List,
    Preview,
}

#[derive(Clone, Debug, Default)]
pub struct ArtifactsScreen {
    /// Where the environment's runs lie, absolute, once it is known.
    pub root: Option<Utf8PathBuf>,
    pub folder: Folder,
    /// The folder out of which `esc` leaves the screen.
    pub entered: PathBuf,
    pub filter: Filter,
    pub order: FolderOrder,
    pub pane: ArtifactsPane,
    /// The preview alone.
    pub full: bool,
    pub peek: Peek,
    /// What opens a file on the person's desktop; else why nothing does.
    pub desktop: Desktop,
}

/// The program that opens a file as a click on it would.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Desktop {
    Program(String),
    None { why: String },
}

impl Default for Desktop {
    fn default() -> Self {
        Self::None { why: "there is no desktop".to_owned() }
    }
}

impl ArtifactsScreen {
    pub fn selected(&self) -> Option<Entry<'_>> {
        self.folder.listing.get(self.folder.selected_number()?)
    }

    /// Of all marked entries, or the selected one: below the root.
    pub fn wanted_paths(&self) -> Vec<PathBuf> {
        match self.folder.marked.is_empty() {
            true => self.selected_path().into_iter().collect(),
            false => {
                let marked = self.folder.marked.iter();
                marked.map(|name| self.folder.below.join(OsStr::from_bytes(name))).collect()
            }
        }
    }

    /// Of the selected entry, absolute.
    pub fn path(&self) -> Option<PathBuf> {
        Some(self.root.as_ref()?.as_std_path().join(self.selected_path()?))
    }

    /// Of the selected entry, below the root.
    pub fn selected_path(&self) -> Option<PathBuf> {
        self.selected().map(|entry| self.folder.path_of(entry))
    }
}

impl Model {
    /// The run whose directory has this name.
    pub fn run_named(&self, name: &str) -> Option<&PastRun> {
        let token: Token = name.parse().ok()?;
        self.runs.get()?.runs.iter().find(|past| past.run.token == token)
    }
}
