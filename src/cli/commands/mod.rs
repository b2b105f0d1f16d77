//! One verb a file.

pub mod completions;
pub mod overview;
