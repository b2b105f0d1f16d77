//! What people and machines see of runs: pure functions from data to text, and reporters that follow events.

mod diagnostic;
mod failure;
pub mod figures;
mod json;
mod live;
mod live_line;
mod located;
mod narrator;
mod plain;
mod reporter;
mod step_line;
mod summary;
pub mod table;
mod tally;

#[cfg(test)]
mod scene;

pub use diagnostic::{diagnostic, diagnostics};
pub use json::Json;
pub use live::Live;
pub use located::located;
pub use plain::Plain;
pub use reporter::{Reporter, RunFacts, reporter};
pub use summary::step_table;
pub use tally::{NodeTally, Tally, Underway};
