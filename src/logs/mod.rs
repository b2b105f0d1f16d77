//! Frames → mask → spool and index on disk; windows of lines.

#[cfg(test)]
mod fuzz;
mod index;
mod line;
mod live;
mod mask;
mod neutralise;
mod reader;
mod run_logs;
mod search;
mod sink;
mod spelling;
mod spool;
mod tail;
mod whole;
mod window;

pub use line::Line;
pub use live::LiveLines;
pub use mask::Mask;
pub use neutralise::neutralise;
pub use reader::Reader;
pub use run_logs::RunLogs;
pub use search::{Needle, Searched, search};
pub use tail::{lines, tail};
pub use whole::is_whole;
pub use window::{Window, last_window, length, window};
