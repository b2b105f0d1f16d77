//! Plan → Run: one dispatcher owns the state, step executors report to it.

mod attempt;
mod board;
mod broken;
mod container;
mod dispatcher;
mod executor;
mod follow;
mod lanes;
mod launch;
mod once;
mod past;
mod ports;
mod prepare;
mod pump;
mod quota;
mod report;
mod retake;
mod setting;
mod steady;
mod stopping;
#[cfg(test)]
mod tests;
mod unless_stopped;
mod visit;

pub use container::container_name;
pub use dispatcher::{DriveError, Outcome, drive};
pub use past::Past;
pub use ports::*;
pub use setting::{Rooms, Setting, Stop};
pub use visit::Visit;
