//! What people and machines see of runs: pure functions from data to text, and reporters that follow events.

mod aliases_table;
mod artifact_tree;
mod building;
mod comparison;
mod diagnostic;
mod doctor_view;
mod failure;
mod json;
mod live;
mod live_line;
mod local_status;
mod narrator;
mod operators_view;
mod patience;
mod plain;
mod plan_view;
mod preview_view;
mod progress;
mod quiet_echo;
mod reporter;
mod rows_view;
mod run_row;
mod runs_table;
mod show;
mod step_line;
mod summary;
mod sweep_table;
pub mod table;

#[cfg(test)]
mod scene;

pub use aliases_table::{AliasRow, aliases_table};
pub use artifact_tree::{ArtifactRow, artifact_tree};
pub use building::Building;
pub use comparison::{comparison_json, comparison_view};
pub use diagnostic::{diagnostic, diagnostics};
pub use doctor_view::doctor_view;
pub use json::Json;
pub use live::Live;
pub use local_status::local_status;
pub use operators_view::{OperatorUse, operator_json, operator_view, operators_view};
pub use patience::Patience;
pub use plain::Plain;
pub use plan_view::plan_view;
pub use preview_view::{preview_json, preview_view};
pub use progress::Progress;
pub use reporter::{Reporter, RunFacts, reporter};
pub use rows_view::rows_view;
pub use run_row::RunRow;
pub use runs_table::runs_table;
pub use show::{show, show_json};
pub use summary::step_table;
pub use sweep_table::{SweepRow, sweep_table};
