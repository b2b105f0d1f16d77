//! Arguments, composition of the rooms, reporters, exit codes.

pub mod args;
mod commands;
pub mod complete;
mod exit;
mod invocation;
mod local_error;
mod local_look;
mod look;
mod machine;
mod near_file;
mod nearest;
mod output;
mod place;
pub mod prompt;
mod query;
mod readiness;
pub mod report;
mod run;
mod sample;
pub mod scaffold;
mod stage;
mod state_folder;
mod sweep;
mod user_error;
mod workbench;
mod workspace;

pub use exit::Exit;
pub use invocation::Invocation;
pub use look::{Ink, Look, terminal_width};
pub use machine::Machine;
pub use output::Output;
pub use place::Place;
pub use run::run;
pub use user_error::UserError;
pub use workspace::Workspace;
