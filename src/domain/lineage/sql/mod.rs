//! What a query reads and gives, column by column: BigQuery's dialect. What cannot be known is told as unknown.

mod block;
mod columns;
mod expr;
mod from;
mod functions;
mod lookup;
mod parse;
mod query;
mod read;
mod scope;
mod select;
mod statement;
#[cfg(test)]
mod tests;
mod types;
mod variables;
mod write;
mod written;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

pub use parse::{MOST, Parsed, SqlError};
pub use read::read;
pub use written::{Fit, Written};

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
    pub fn add(&mut self, other: Self) {
        self.columns.extend(other.columns);
        self.rest = self.rest.take().or(other.rest);
    }

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
    /// Table → what is put into it.
    pub writes: BTreeMap<String, Written>,
    /// Columns that are named of tables that do not have them.
    pub missing: BTreeSet<ColumnRef>,
    /// Of its last statement that gives or writes rows.
    pub columns: Columns,
    /// Why BigQuery will not run it.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub refused: BTreeSet<String>,
    /// What of it cannot be known.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub unknown: BTreeSet<String>,
    /// The same for texts that differ in nothing but comments and white space.
    pub normal: String,
}
