//! Arguments, composition of the rooms, reporters, exit codes.

pub mod args;
mod commands;
mod exit;
mod invocation;
mod look;
mod output;
pub mod prompt;
pub mod report;
mod run;
pub mod text;
mod user_error;

pub use exit::Exit;
pub use invocation::Invocation;
pub use look::{Ink, Look, terminal_width};
pub use output::Output;
pub use run::run;
pub use user_error::UserError;
