use std::path::{Path, PathBuf};
use std::sync::Arc;

use camino::Utf8PathBuf;

use super::FolderOrder;
use crate::domain::{Entries, EntryFacts, Listing, Preview};

/// What is asked of the environment's store; paths are relative to where its runs lie.
#[derive(Clone, Debug, PartialEq)]
pub enum ArtifactsAsk {
    /// What stands in a folder, in batches.
    Folder { below: PathBuf },
    /// Which of a folder's entries fit what was typed, in which order.
    Arrange { below: PathBuf, listing: Listing, text: String, order: FolderOrder },
    /// Size and last change of some entries, by number and name.
    Facts { below: PathBuf, entries: Vec<(u32, Vec<u8>)> },
    /// A look into a file or folder; what is laid out is laid out for so many columns.
    Preview { path: PathBuf, columns: usize },
}

impl ArtifactsAsk {
    /// Into what it looks.
    pub fn place(&self) -> &Path {
        match self {
            Self::Folder { below } | Self::Arrange { below, .. } | Self::Facts { below, .. } => below,
            Self::Preview { path, .. } => path,
        }
    }
}

/// One question of each at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ArtifactsSlot {
    Folder,
    Arrange,
    Facts,
    Preview,
}

#[derive(Clone, Debug)]
pub enum ArtifactsAnswer {
    /// All of a folder was read; `more`: all that may be in memory.
    Folder {
        more: bool,
    },
    Arranged(Vec<u32>),
    /// None: it is gone.
    Facts(Vec<(u32, Option<EntryFacts>)>),
    Preview(Box<Preview>),
}

#[derive(Clone, Debug)]
pub enum ArtifactsNews {
    /// Where the environment's runs lie, absolute.
    Root(Utf8PathBuf),
    /// More entries of the folder, in order of name among themselves.
    Entries(Arc<Entries>),
}
