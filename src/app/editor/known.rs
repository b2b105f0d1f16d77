use std::sync::Arc;

use camino::Utf8PathBuf;
use indexmap::IndexMap;

use crate::domain::{ColumnType, Name, Operator};

/// The names of a project that its files may use, as they were when they were last checked.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Known {
    /// The built-in ones first.
    pub operators: IndexMap<Name, Operator>,
    /// The project's own: name → file.
    pub operator_files: IndexMap<Name, Utf8PathBuf>,
    pub images: Vec<Name>,
    pub people: Vec<Name>,
    /// `dataset.table` → what is known of it: those of the lake, and those that workflows write.
    pub tables: IndexMap<String, Table>,
    /// Of each query file, and of each spec for the queries in it: the specs that run them, and the parameters that they
    /// have.
    pub queries: IndexMap<Utf8PathBuf, Vec<QueryUse>>,
    /// Those of the tables that the lake holds.
    pub lake: Arc<IndexMap<String, Table>>,
    /// All of the project, relative to its root.
    pub files: Arc<[Utf8PathBuf]>,
    /// JSON Schema of each folder of specs; that of `greenroom.yaml` has the empty name.
    pub schemas: IndexMap<String, serde_json::Value>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    pub columns: IndexMap<String, ColumnType>,
    /// The spec, and the row in it, from 0, of the step that writes it.
    pub written_by: Option<(Utf8PathBuf, usize)>,
}

/// A spec that runs a query file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryUse {
    pub spec: Utf8PathBuf,
    /// Name and type.
    pub params: Vec<(Name, String)>,
}

impl Known {
    /// The schema of a spec by its place in the project; None: it is no spec.
    pub fn schema(&self, path: &camino::Utf8Path) -> Option<&serde_json::Value> {
        let folder = match path.as_str() {
            "greenroom.yaml" => "",
            _ => path.parent().filter(|_| path.extension() == Some("yaml"))?.as_str(),
        };
        self.schemas.get(folder)
    }
}
