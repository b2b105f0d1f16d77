//! The command line, as clap reads it.

mod alias;
mod command;
mod diff;
mod export_run;
mod fork;
mod gc;
mod help;
mod import_run;
mod inside;
mod lineage;
mod local;
mod look;
mod metrics;
mod note;
mod package;
mod param;
mod refused;
mod review;
mod root;
mod run;
mod runs;
mod start;
mod track;
mod write;

pub use alias::Alias;
pub use command::Command;
pub use diff::Diff;
pub use export_run::ExportRun;
pub use fork::Fork;
pub use gc::Gc;
pub use help::{command, parse};
pub use import_run::ImportRun;
pub use inside::{Inside, Notebook, Shell};
pub use lineage::Lineage;
pub use local::{LocalBuild, LocalCommand, LocalDown, LocalLogs, LocalRestart, LocalShell};
pub use look::{Artifacts, Completions, Logs, OutputPath, PreviewFile, Show};
pub use metrics::Metrics;
pub use note::Note;
pub use package::Package;
pub use param::{ParamError, parse_param};
pub use review::{Approve, Comment, Promote, RequestChanges, Review, ReviewCommand, ReviewRerun, ReviewShow};
pub use root::{Args, Global};
pub use run::{Base, Cancel, Plan, Resume, Run, Supervise, Target};
pub use runs::{RunFilter, Runs};
pub use start::{Demo, DemoCommand, DemoReview, Doctor, Init, New, NewKind};
pub use track::{
    TrackAbandon, TrackAcceptRewritten, TrackAgree, TrackCommand, TrackList, TrackOpen, TrackSetup, TrackShow,
};
pub use write::{Check, Operators, Schema, SchemaKind, Sql};
