//! Files of the project that are edited here: their texts, what is wrong in them, and what can be typed where.

mod ask;
mod check;
mod close;
mod complete;
mod completion;
mod disk;
mod file;
mod find;
mod follow;
mod held;
mod keys;
mod known;
mod new_file;
mod open;
mod save;

pub use ask::{EditorAnswer, EditorAsk, EditorSlot, OnDisk, Over, SaveFile};
pub use close::Discard;
pub(super) use complete::Spelling;
pub use complete::{Item, Outline};
pub use completion::Completion;
pub use file::{FileText, OpenFile, Outside};
pub use find::{Find, Places, found};
pub use known::{Known, QueryUse, Table};
pub use new_file::FileChoice;
pub use open::Location;

use std::collections::HashMap;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use jiff::Timestamp;

use self::open::Coming;
use super::Msg;

/// The files that are open, one of them shown.
#[derive(Clone, Debug, Default)]
pub struct Editor {
    pub files: Vec<OpenFile>,
    /// Among them.
    pub current: usize,
    pub find: Find,
    pub completion: Option<Completion>,
    pub known: Arc<Known>,
    /// What is to be shown once it has been read.
    pub coming: Option<Coming>,
    /// What was typed for it meanwhile.
    held: Vec<Msg>,
    /// From where one was led elsewhere, the last one last.
    pub(super) trail: Vec<Location>,
    /// What was last asked to be checked is not what is typed now.
    stale: bool,
    /// Which files and tables there are is known.
    listed: bool,
    /// When files were last seen to become others: a run that began before has not had them so.
    changed: HashMap<Utf8PathBuf, Timestamp>,
    /// Once all is saved, the workbench is left.
    leaving: bool,
}

impl Editor {
    pub fn file(&self) -> Option<&OpenFile> {
        self.files.get(self.current)
    }

    pub fn file_mut(&mut self) -> Option<&mut OpenFile> {
        self.files.get_mut(self.current)
    }

    pub fn can_go_back(&self) -> bool {
        !self.trail.is_empty()
    }

    /// The file has become another since then.
    pub fn has_changed_since(&self, path: &Utf8Path, since: Timestamp) -> bool {
        self.changed.get(path).is_some_and(|changed| *changed > since)
    }

    pub fn any_unsaved(&self) -> bool {
        self.files.iter().any(|file| file.unsaved)
    }
}
