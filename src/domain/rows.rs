use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A query's first rows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Rows {
    pub columns: Vec<RowsColumn>,
    /// A value a column; numbers, texts, booleans or null, what JSON has not as text.
    pub rows: Vec<Vec<Value>>,
    /// How many there are in all.
    pub total: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowsColumn {
    pub name: String,
    /// BigQuery's.
    #[serde(rename = "type")]
    pub kind: String,
}
