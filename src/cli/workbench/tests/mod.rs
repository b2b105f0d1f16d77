//! The workbench driven by keys, on a screen in memory; answers come from the tests, in place of the machine.

mod artifacts;
mod compared;
mod completion;
mod doubted;
mod editor;
mod ends;
mod from_editor;
mod graph;
mod lake;
mod local;
mod loops;
mod matrix;
mod metrics;
mod mistakes;
mod notices;
mod odd;
mod onward;
mod opening;
mod review;
mod reviewed;
mod room;
mod said;
mod saving;
mod screens;
mod stage;
mod starts;
mod verdict;
mod waits;
mod watch;
mod ways;
mod whole;

pub use stage::{Stage, YAML, project};
