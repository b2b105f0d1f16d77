use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::ColumnType;

/// What must hold of an output before the step counts as succeeded.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Expect {
    pub min_rows: Option<u64>,
    pub max_rows: Option<u64>,
    /// Columns that must be there, with their types; others may be there too.
    #[serde(default)]
    pub columns: IndexMap<String, ColumnType>,
    /// The columns whose values together appear once each.
    #[serde(default)]
    pub unique: Vec<String>,
    #[serde(default)]
    pub not_null: Vec<String>,
    /// Column → the texts it may hold; nulls are `not_null`'s business.
    #[serde(default)]
    pub accepted_values: IndexMap<String, Vec<String>>,
}

impl Expect {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
