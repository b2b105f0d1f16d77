use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::{Digest, Name, Status, TableName, Token};

/// What a run did, as its records tell it, without a single row of its data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunReport {
    pub run: Token,
    pub name: Name,
    pub version: String,
    /// Of a blueprint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub use_case: Option<Name>,
    pub status: Status,
    pub started_at: Timestamp,
    pub finished_at: Option<Timestamp>,
    pub commit: Option<String>,
    pub dirty: bool,
    pub params: BTreeMap<Name, serde_json::Value>,
    /// In the order in which they ended.
    pub steps: Vec<StepReport>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StepReport {
    /// `step` or `step.cell`
    pub step: String,
    /// The wall time of the attempt that succeeded.
    pub milliseconds: u64,
    pub peak_memory_bytes: Option<u64>,
    /// The image's id.
    pub image: String,
    /// Taken over from an earlier run: it did not run in this one.
    pub taken: bool,
    pub outputs: BTreeMap<Name, OutputReport>,
    pub reads: Vec<InputReport>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutputReport {
    pub bytes: u64,
    pub rows: Option<u64>,
    pub sha256: Digest,
    /// Of a table; None: it is none, or was not looked into.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub columns: Option<Vec<ColumnReport>>,
}

/// A column of a table, without a value of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnReport {
    pub name: String,
    /// As BigQuery calls it.
    pub kind: String,
    pub nulls: u64,
    /// Different values besides null.
    pub distinct: u64,
}

/// A table as a step found it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputReport {
    pub table: TableName,
    pub rows: u64,
    pub sha256: Digest,
    /// The same in two lakes that hold the same; None: an older Greenroom did not tell it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<Digest>,
}
