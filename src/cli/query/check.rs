use camino::Utf8Path;
use indexmap::IndexMap;
use serde_json::{Value as Json, json};

use super::question::{catalog, lay_out, request};
use crate::cli::UserError;
use crate::domain::{Language, Name, Passage, TableName, Value, sql};

/// Texts in which mistakes are looked for; none of them is run.
pub struct Check<'a> {
    /// As it is called where something is told of it.
    pub file: &'a str,
    pub language: Language,
    /// One query each, or one program.
    pub texts: &'a [Passage],
    /// Those whose types are known.
    pub params: &'a IndexMap<Name, Value>,
    /// The rows go into a table or file.
    pub kept: bool,
    /// Tables that a step is to write, perhaps for the first time.
    pub written: &'a [TableName],
}

impl Check<'_> {
    pub(super) fn lay_out(&self, dir: &Utf8Path, lake: &Utf8Path) -> Result<(), UserError> {
        let texts: Vec<&str> = self.texts.iter().map(|part| part.text.as_str()).collect();
        let catalog = catalog(lake, &texts)?;
        let to_come = |table: &TableName| self.written.contains(table) && !catalog.tables.contains_key(table);
        let unknown = |name: &&str| !self.params.contains_key(*name);
        let asked = |part: &Passage| {
            let text = part.text.as_str();
            json!({
                "text": text,
                "line": part.line,
                "column": part.column,
                "tables_to_come": sql::tables(text).iter().any(to_come),
                "params_unknown": sql::params(text).iter().any(unknown),
            })
        };
        let asked: Vec<Json> = self.texts.iter().map(asked).collect();
        let with = json!({"file": self.file, "language": self.language, "kept": self.kept, "texts": asked});
        lay_out(dir, &with, self.params, &catalog)
    }

    pub(super) fn request(&self, id: u64) -> Json {
        request(id, "check")
    }
}
