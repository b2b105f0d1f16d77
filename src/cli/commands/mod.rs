//! One verb a file.

pub mod alias;
pub mod artifacts;
pub mod cancel;
pub mod check;
pub mod completions;
pub mod demo;
pub mod doctor;
pub mod init;
pub mod local;
pub mod logs;
pub mod new;
pub mod operators;
pub mod overview;
pub mod path;
pub mod plan;
pub mod preview;
pub mod resume;
mod resume_sending;
pub mod run;
pub mod runs;
pub mod schema;
pub mod show;
pub mod sql;
pub mod supervise;
pub mod sweep;
