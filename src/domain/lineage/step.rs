use std::collections::{BTreeMap, BTreeSet};

use camino::Utf8PathBuf;
use serde::{Deserialize, Serialize};

use super::sql::Used;
use super::{ColumnRef, Columns, Dataset, StepId};
use crate::domain::Name;

/// A query of a step, and where it is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Query {
    /// Relative to the project's root.
    pub file: Utf8PathBuf,
    /// The file's line on which the query's first line stands, from 1.
    pub line: usize,
    #[serde(skip)]
    pub text: String,
    /// Its text, spelled in the one way.
    #[serde(skip)]
    pub normal: String,
}

/// What one step reads and makes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepLineage {
    #[serde(flatten)]
    pub id: StepId,
    /// The spec, relative to the project's root.
    pub file: Utf8PathBuf,
    pub operator: Option<Name>,
    pub reads: BTreeSet<Dataset>,
    pub makes: BTreeSet<Dataset>,
    /// Table → the columns of it that its queries need; tables that it reads otherwise are not here.
    pub needs: BTreeMap<String, Used>,
    /// Columns that its queries name of tables that do not have them.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub missing: BTreeSet<ColumnRef>,
    /// Why BigQuery will not run its query.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub refused: BTreeSet<String>,
    /// What its query gives.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub columns: Option<Columns>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub query: Option<Query>,
    /// What cannot be known of it, and why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unknown: Vec<String>,
}

impl StepLineage {
    /// Whether it needs a column of something it reads; None where that cannot be known.
    pub fn needs(&self, dataset: &Dataset, column: &str) -> Option<bool> {
        if !self.reads.contains(dataset) {
            return Some(false);
        }
        match dataset {
            Dataset::Table { name } => self.needs.get(name).and_then(|used| used.needs(column)),
            _ => None,
        }
    }
}
