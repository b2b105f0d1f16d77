//! `events.jsonl`: written by the one who drives a run, read by everybody else, live or years later.

mod line;
mod log;
mod read;
mod tail;

pub use log::EventLog;
pub(super) use read::last_event;
pub use read::read_events;
pub use tail::Events;
