//! Opening files of a directory that somebody else may have made: a run that was copied in or unpacked.

mod plain;
mod record;

pub use plain::{Access, is_plain, open_plain};
pub use record::{open_record, read_record};
