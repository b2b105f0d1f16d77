//! Plan → Run: one dispatcher owns the state, step executors report to it.

mod attempt;
mod board;
mod container;
mod dispatcher;
mod executor;
mod follow;
mod lanes;
mod launch;
mod past;
mod ports;
mod report;
mod setting;
mod steady;

pub use dispatcher::{DriveError, Outcome, drive};
pub use past::Past;
pub use ports::*;
pub use setting::{Rooms, Setting, Stop};
