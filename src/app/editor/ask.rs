use std::sync::Arc;

use camino::Utf8PathBuf;

use super::{FileText, Known};
use crate::domain::{Diagnostic, Digest};

/// What is asked of the project's files, one question of each kind at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EditorSlot {
    Read,
    Look,
    Check,
}

/// A question about the project's files.
#[derive(Clone, Debug, PartialEq)]
pub enum EditorAsk {
    /// The text of one, relative to the project.
    Read(Utf8PathBuf),
    /// The same; of one that is not there yet, what it begins with.
    Begin(Utf8PathBuf),
    /// What has become of those that were read like this; None: there was none.
    Look(Vec<(Utf8PathBuf, Option<Digest>)>),
    /// What is wrong in the specs where these texts stand in the place of what is on disk, and which names there are.
    Check {
        texts: Vec<(Utf8PathBuf, Arc<str>)>,
        /// Whose lake has the tables.
        env: String,
        /// What was known before, if which files and tables there are has not changed since.
        known: Option<Arc<Known>>,
    },
}

#[derive(Clone, Debug)]
pub enum EditorAnswer {
    Read(FileText),
    /// Those that are not any more what they were.
    Looked(Vec<(Utf8PathBuf, OnDisk)>),
    Checked {
        problems: Vec<Diagnostic>,
        known: Arc<Known>,
    },
}

/// What has become of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OnDisk {
    Text(FileText),
    Gone,
    /// It is there, but cannot be edited any more.
    Unreadable,
}

/// A text that is to become a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SaveFile {
    /// Relative to the project.
    pub path: Utf8PathBuf,
    pub text: Arc<str>,
    pub over: Over,
}

/// What may be lost by it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Over {
    /// What was read, and nothing else; None: there must be no such file.
    Read(Option<Digest>),
    /// The person was asked.
    Anything,
}
