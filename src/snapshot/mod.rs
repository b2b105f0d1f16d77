//! The project's files frozen by content.
//!
//! Below the state directory lie `objects/` (each content once, read-only), `lists/` (what a tree consists of, named
//! by its own sha256), `trees/` and `views/` (folders of hard links to mount) and `stat_cache`. All of it but the
//! archives of runs is a cache: a run's tree comes back from its `_run/code.tar.zst`.

mod archive;
mod error;
mod folder;
mod freeze;
mod frozen;
mod globs;
mod hold;
mod links;
mod listing;
mod objects;
mod snapshots;
mod spare;
mod stat_cache;
#[cfg(test)]
mod tests;
mod watch;

pub use archive::Room;
pub use error::SnapshotError;
pub use freeze::{Freeze, LeftOut};
pub use frozen::{Change, FileKind, Frozen, FrozenFile};
pub use globs::Globs;
pub use hold::Hold;
pub use objects::summed;
pub use snapshots::Snapshots;
pub use spare::{Needed, Spare};
pub use watch::Watch;
