use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TreeChangeKind {
    Added,
    Removed,
    Modified,
    Renamed,
}

/// What a changed file holds, as far as that matters for showing it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TreeContent {
    Text,
    Binary,
    LfsPointer,
    /// A symbolic link.
    Link,
    Submodule,
}

/// A file that differs between two trees.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TreeChange {
    /// From the repository's root. Bytes that are not UTF-8 are escaped as `\xNN`, a backslash as `\\`.
    pub path: String,
    /// Of a renamed one.
    pub was: Option<String>,
    pub kind: TreeChangeKind,
    pub content: TreeContent,
    /// Lines that came and went; None where they are not counted.
    pub lines: Option<(u64, u64)>,
}
