use camino::Utf8PathBuf;
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    Error,
    Warning,
}

/// A place in a text file. Lines and columns count from 1, columns in characters; `length` in characters, at least 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span {
    pub line: usize,
    pub column: usize,
    pub length: usize,
}

impl Span {
    pub const START: Self = Self { line: 1, column: 1, length: 1 };
}

/// One problem of a person's file: what is wrong, where, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnostic {
    /// Relative to the project's root.
    pub file: Utf8PathBuf,
    #[serde(flatten)]
    pub span: Span,
    pub severity: Severity,
    /// Stable and kebab-case, for machines: `unknown-key`.
    pub code: String,
    pub message: String,
    /// What to do; may be empty.
    pub help: String,
}
