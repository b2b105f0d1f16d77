//! One verb a file.

pub mod cancel;
pub mod check;
pub mod completions;
pub mod doctor;
pub mod local;
pub mod overview;
pub mod plan;
pub mod resume;
pub mod run;
pub mod supervise;
