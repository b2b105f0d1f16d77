//! Opening files of a directory that somebody else may have made: a run that was copied in or unpacked, a project that
//! was cloned.

mod links;
mod plain;
mod record;

pub use links::refuse_links;
pub use plain::{Access, is_plain, open_folder, open_plain};
pub use record::{LONGEST_RECORD, open_record, read_record, read_short_record, refuse_longer};
