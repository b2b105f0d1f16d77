use std::io;

use camino::Utf8Path;
use indexmap::IndexMap;
use serde_json::{Value as Json, json};

use crate::cli::{Exit, UserError};
use crate::domain::{Name, TableName, Value};
use crate::store::{Catalog, Lake};

/// A query, and how much of its answer is wanted.
pub struct Question<'a> {
    /// As it is called where something is told of it.
    pub file: &'a str,
    pub query: &'a str,
    pub params: &'a IndexMap<Name, Value>,
    /// Rows.
    pub limit: usize,
}

impl Question<'_> {
    pub(super) fn lay_out(&self, dir: &Utf8Path, lake: &Utf8Path) -> Result<(), UserError> {
        let catalog = catalog(lake, &[self.query])?;
        lay_out(dir, &json!({"query": self.query, "limit": self.limit}), self.params, &catalog)
    }

    /// The request that the container takes; its files lie in folders of this name.
    pub(super) fn request(&self, id: u64) -> Json {
        let mut request = request(id, "sql_show");
        request["env"]["GREENROOM_QUERY_ORIGIN"] = format!("{}:1:0", self.file).into();
        request
    }
}

/// The lake's tables as they are now.
///
/// # Errors
/// One that a query names cannot be read; any other is nobody's trouble here.
pub(super) fn catalog(lake: &Utf8Path, queries: &[&str]) -> Result<Catalog, UserError> {
    let unready = |error| UserError::from_error(Exit::NotReady, "the lake cannot be read", &error);
    let mut catalog = Lake::new(lake.to_owned()).catalog().map_err(unready)?;
    let mut broken = std::mem::take(&mut catalog.broken).into_iter();
    let named = |table: &TableName| queries.iter().any(|query| query.contains(table.table.as_str()));
    match broken.find(|(table, _)| named(table)) {
        Some((_, error)) => Err(unready(error)),
        None => Ok(catalog),
    }
}

/// What an operator finds beside its inputs.
pub(super) fn lay_out(
    dir: &Utf8Path,
    with: &Json,
    params: &IndexMap<Name, Value>,
    catalog: &Catalog,
) -> Result<(), UserError> {
    let write = || -> io::Result<()> {
        fs_err::create_dir_all(dir)?;
        fs_err::write(dir.join("with.json"), with.to_string())?;
        fs_err::write(dir.join("params.json"), serde_json::to_vec(params)?)?;
        fs_err::write(dir.join("catalog.json"), serde_json::to_vec(&catalog.tables)?)
    };
    write().map_err(|error| UserError::from_error(Exit::NotReady, "the query cannot be run", &error))
}

pub(super) fn request(id: u64, operator: &str) -> Json {
    json!({"id": id, "operator": operator, "env": {
        "GREENROOM_WITH": format!("/greenroom/{id}/with.json"),
        "GREENROOM_OUTPUT_DIR": format!("/out/{id}"),
        "TMPDIR": format!("/tmp/{id}"),
    }})
}
