use std::fmt;
use std::str::FromStr;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::{Digest, Name, NameError};

/// A column's type, named as BigQuery names it. Read in any case; `INTEGER` and `FLOAT` are taken for their full names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum ColumnType {
    String,
    Int64,
    Float64,
    Numeric,
    Bool,
    Date,
    Datetime,
    Time,
    Timestamp,
    Bytes,
    Json,
}

impl ColumnType {
    pub const ALL: [Self; 11] = [
        Self::String,
        Self::Int64,
        Self::Float64,
        Self::Numeric,
        Self::Bool,
        Self::Date,
        Self::Datetime,
        Self::Time,
        Self::Timestamp,
        Self::Bytes,
        Self::Json,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::String => "STRING",
            Self::Int64 => "INT64",
            Self::Float64 => "FLOAT64",
            Self::Numeric => "NUMERIC",
            Self::Bool => "BOOL",
            Self::Date => "DATE",
            Self::Datetime => "DATETIME",
            Self::Time => "TIME",
            Self::Timestamp => "TIMESTAMP",
            Self::Bytes => "BYTES",
            Self::Json => "JSON",
        }
    }
}

impl FromStr for ColumnType {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let upper = text.to_ascii_uppercase();
        let full = match upper.as_str() {
            "INTEGER" | "INT" => "INT64",
            "FLOAT" => "FLOAT64",
            "BOOLEAN" => "BOOL",
            "DECIMAL" => "NUMERIC",
            other => other,
        };
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == full)
            .ok_or_else(|| format!("`{text}` is not a column type"))
    }
}

impl fmt::Display for ColumnType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// `dataset.table`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TableName {
    pub dataset: Name,
    pub table: Name,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TableNameError {
    #[error("`{0}` is not a table; write dataset.table")]
    Shape(String),
    #[error(transparent)]
    Name(#[from] NameError),
}

impl FromStr for TableName {
    type Err = TableNameError;
    fn from_str(text: &str) -> Result<Self, TableNameError> {
        match text.split('.').collect::<Vec<_>>().as_slice() {
            [dataset, table] => Ok(Self { dataset: Name::new(dataset)?, table: Name::new(table)? }),
            _ => Err(TableNameError::Shape(text.to_owned())),
        }
    }
}

impl TryFrom<String> for TableName {
    type Error = TableNameError;
    fn try_from(text: String) -> Result<Self, TableNameError> {
        text.parse()
    }
}

impl From<TableName> for String {
    fn from(table: TableName) -> Self {
        table.to_string()
    }
}

impl fmt::Display for TableName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.dataset, self.table)
    }
}

/// `<table>/_table.json`: all a reader needs to know, replaced as a whole by rename.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TableRecord {
    /// The format of this file: 1.
    pub greenroom: u32,
    pub table: TableName,
    /// In the order of the files.
    pub columns: IndexMap<String, ColumnType>,
    pub partition_by: Option<PartitionColumn>,
    /// One with `value: None` when the table is not partitioned.
    pub partitions: Vec<Partition>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartitionColumn {
    pub column: String,
    #[serde(rename = "type")]
    pub kind: ColumnType,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Partition {
    /// As in the folder `column=value`, unescaped.
    pub value: Option<String>,
    pub files: Vec<LakeFile>,
    /// The run and step that wrote it.
    pub written_by: String,
    pub written_at: jiff::Timestamp,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LakeFile {
    /// Relative to the table's folder, never used for other content again.
    pub path: String,
    pub rows: u64,
    pub bytes: u64,
    pub sha256: Digest,
}
