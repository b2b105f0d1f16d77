//! The command line, as clap reads it.

mod alias;
mod command;
mod help;
mod inside;
mod local;
mod look;
mod param;
mod refused;
mod root;
mod run;
mod start;
mod write;

pub use alias::Alias;
pub use command::Command;
pub use help::{command, parse};
pub use inside::{Inside, Notebook, Shell};
pub use local::{LocalBuild, LocalCommand, LocalDown, LocalLogs, LocalRestart, LocalShell};
pub use look::{Artifacts, Completions, Logs, OutputPath, PreviewFile, Runs, Show};
pub use param::{ParamError, parse_param};
pub use root::{Args, Global};
pub use run::{Base, Cancel, Plan, Resume, Run, Supervise, Target};
pub use start::{Demo, Doctor, Init, New, NewKind};
pub use write::{Check, Operators, Schema, SchemaKind, Sql};
