use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::{Digest, Name, NodeId, TableName, Token};

/// A file a step left in storage. `path` is relative to the step's (or cell's) directory, with `/`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Artifact {
    /// Bytes that are not UTF-8 are escaped as `\xNN`, a backslash as `\\`.
    pub path: String,
    pub bytes: u64,
    pub sha256: Digest,
}

/// One named output: where it lies and what it weighs. A directory's `sha256` is over its files' paths and sums.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Produced {
    /// Relative to the run's directory.
    pub path: String,
    pub bytes: u64,
    pub sha256: Digest,
    /// Where they could be counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows: Option<u64>,
}

/// A table as a step found it: lineage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableRead {
    pub table: TableName,
    pub files: u64,
    pub rows: u64,
    /// Over the list of files and their sums.
    pub sha256: Digest,
    /// Over what its partitions hold, whatever their files are called: the same in two lakes that hold the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<Digest>,
}

/// `_run/steps/<step>[.<cell>].json`. A step has succeeded if and only if this exists.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// The format of this file: 1.
    pub greenroom: u32,
    pub token: Token,
    pub node: NodeId,
    pub attempt: u32,
    pub started_at: jiff::Timestamp,
    pub finished_at: jiff::Timestamp,
    pub exit_code: i64,
    pub peak_memory_bytes: Option<u64>,
    /// The image's id, `sha256:…`.
    pub image: String,
    pub outputs: IndexMap<Name, Produced>,
    /// Every file, in order of path.
    pub files: Vec<Artifact>,
    /// Folders that it left with nothing in them, as paths of files are written.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub empty: Vec<String>,
    pub reads: Vec<TableRead>,
    pub writes: BTreeMap<TableName, Vec<String>>,
    /// Taken over from another run, whose files these are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken_from: Option<Token>,
    /// False when its log could not be kept whole.
    pub log_complete: bool,
}
