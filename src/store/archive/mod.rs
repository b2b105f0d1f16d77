//! Runs as one file: a zstd-packed tar whose first entry tells all others with their sizes and sums. Where contents go is
//! decided by that index, which is held to the layout of a run first; the names of entries only have to agree with it.

mod contents;
mod entries;
mod error;
mod export;
mod import;
mod index;
mod staging;
#[cfg(test)]
pub(super) mod testing;
#[cfg(test)]
mod tests;
mod verify;

pub use error::ArchiveError;
pub use export::{Exported, export};
pub use import::{Archive, Target};
pub use index::{Index, PackedRun};
pub(super) use staging::abandoned;
