use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::domain::ColumnType;

/// A column of a table, spelled as the first who named it did.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ColumnRef {
    /// `dataset.table`.
    pub table: String,
    pub column: String,
}

/// One column of a table, or of what a query gives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    pub name: String,
    /// Where it is declared, or follows from what is.
    #[serde(rename = "type")]
    pub kind: Option<ColumnType>,
    /// The columns of tables that it is made of.
    pub from: BTreeSet<ColumnRef>,
    /// Why `from` may lack some.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unknown: Option<String>,
    /// The names of its fields, where it is known to be a struct.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<String>,
}

impl Column {
    pub fn new(name: impl Into<String>, kind: Option<ColumnType>) -> Self {
        Self { name: name.into(), kind, from: BTreeSet::new(), unknown: None, fields: Vec::new() }
    }

    pub fn has_field(&self, name: &str) -> bool {
        self.fields.iter().any(|field| field.eq_ignore_ascii_case(name))
    }

    /// SQL knows columns in any case.
    pub fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    /// It is made of what another is made of, too.
    pub fn take_sources(&mut self, other: &Self) {
        self.from.extend(other.from.iter().cloned());
        self.unknown = self.unknown.take().or_else(|| other.unknown.clone());
    }
}

/// The columns of a table or query, in order, as far as they are known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Columns {
    pub known: Vec<Column>,
    /// Why there may be more than these.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rest: Option<String>,
}

impl Columns {
    pub fn all(known: Vec<Column>) -> Self {
        Self { known, rest: None }
    }

    pub fn unknown(why: impl Into<String>) -> Self {
        Self { known: Vec::new(), rest: Some(why.into()) }
    }

    pub fn get(&self, name: &str) -> Option<&Column> {
        self.known.iter().find(|column| column.is(name))
    }

    pub fn is_complete(&self) -> bool {
        self.rest.is_none()
    }

    /// The same names and types, in the same order.
    pub fn agrees(&self, other: &Self) -> bool {
        let mut both = self.known.iter().zip(&other.known);
        self.known.len() == other.known.len()
            && self.is_complete() == other.is_complete()
            && both.all(|(one, two)| one.is(&two.name) && one.kind == two.kind)
    }

    /// Of columns that agree, what each is made of comes together.
    pub fn add_sources(&mut self, other: &Self) {
        for (column, more) in self.known.iter_mut().zip(&other.known) {
            column.take_sources(more);
        }
    }
}
