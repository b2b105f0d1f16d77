//! Plan → Run: one dispatcher owns the state, step executors report to it.

mod ports;

pub use ports::*;
