//! What a query reads and gives, column by column: BigQuery's dialect. What cannot be known is told as unknown.

mod columns;
mod expr;
mod from;
mod lookup;
mod parse;
mod query;
mod read;
mod scope;
mod select;
#[cfg(test)]
mod tests;
mod types;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

pub use parse::{MOST, SqlError};
pub use read::read;

use super::{ColumnRef, Columns};

/// Gives a table's columns by its name, where they are known.
pub type Tables<'t> = &'t dyn Fn(&str) -> Option<Columns>;

/// The columns of a table that a query needs, be it for a filter only.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Used {
    /// In small letters: SQL knows columns in any case.
    pub columns: BTreeSet<String>,
    /// Why it may need others of the table too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rest: Option<String>,
}

impl Used {
    /// None where that cannot be known.
    pub fn needs(&self, column: &str) -> Option<bool> {
        match self.columns.contains(&column.to_ascii_lowercase()) {
            true => Some(true),
            false if self.rest.is_some() => None,
            false => Some(false),
        }
    }
}

/// A text in SQL, understood.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sql {
    /// Table → what is needed of it.
    pub reads: BTreeMap<String, Used>,
    pub writes: BTreeSet<String>,
    /// Columns that are named of tables that do not have them.
    pub missing: BTreeSet<ColumnRef>,
    /// Of the last query in it.
    pub columns: Columns,
    /// The same for texts that differ in nothing but comments and white space.
    pub normal: String,
}
