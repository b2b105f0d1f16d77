//! A query on the lake, its first rows as a table.

mod ask;
mod typed;

use std::io::Read;

use camino::Utf8Path;
use indexmap::IndexMap;

use crate::cli::args::Sql;
use crate::cli::local_error::local_error;
use crate::cli::report::{Building, rows_view};
use crate::cli::{Exit, Invocation, Machine, Output, UserError, Workspace};
use crate::domain::{Name, Value, Warehouse};
use crate::local;
use ask::{Question, ask};
use typed::typed;

/// Rows that are shown.
const LIMIT: usize = 50;

/// Runs in a container of the project's default image, as a step would.
pub async fn run(asked: &Sql, invocation: &Invocation, output: &Output) -> Result<Exit, UserError> {
    let (file, query) = read(&asked.file)?;
    let mut params: IndexMap<Name, Value> = IndexMap::new();
    for (name, text) in &asked.params {
        let value = typed(text).map_err(|why| UserError::wrong(format!("the parameter `{name}`: {why}")))?;
        params.insert(name.clone(), value);
    }
    let workspace = Workspace::open(invocation.project())?;
    let (env, environment) = workspace.environment(&asked.env)?;
    let lake = match &environment.warehouse {
        Some(Warehouse::Duckdb { .. }) => workspace.place.lake(environment.warehouse.as_ref())?,
        Some(Warehouse::Bigquery { .. }) => {
            return Err(UserError::wrong(format!(
                "the warehouse of `{env}` is BigQuery, which has a console of its own"
            ))
            .to_do("ask the lake on this machine: --env dev"));
        }
        None => None,
    };
    let lake = lake.ok_or_else(|| {
        UserError::wrong(format!("the environment `{env}` has no warehouse"))
            .to_do("give it one in greenroom.yaml: warehouse: {engine: duckdb, path: .greenroom/lake}")
    })?;
    let machine = Machine::connect(invocation).await?;
    let image = default_image(&workspace, &machine, invocation).await?;
    let question = Question { file: &file, query: &query, params: &params, limit: LIMIT };
    let rows = ask(&workspace.place, &machine, &lake, image, &question).await?;
    output.either(&rows, |look| rows_view(&rows, look))?;
    Ok(Exit::Done)
}

/// The query, and what its file is called.
fn read(file: &Utf8Path) -> Result<(String, String), UserError> {
    let unread = |error: std::io::Error| {
        let said = UserError::from_error(Exit::Wrong, format!("the query {file} cannot be read"), &error);
        said.of_file(file, &error)
    };
    if file != "-" {
        return Ok((file.to_string(), fs_err::read_to_string(file).map_err(unread)?));
    }
    let mut query = String::new();
    std::io::stdin().lock().read_to_string(&mut query).map_err(unread)?;
    Ok(("stdin".to_owned(), query))
}

/// The id of the image, built if it is not current.
async fn default_image(
    workspace: &Workspace,
    machine: &Machine,
    invocation: &Invocation,
) -> Result<String, UserError> {
    let project = &workspace.project;
    let name = Name::new("default").map_err(|error| UserError::wrong(error.to_string()))?;
    let site = machine.site(project, workspace.root());
    let built = local::build(site, &[name], &Building::default())
        .await
        .map_err(|error| local_error(&error, project, invocation))?;
    let image = built.into_iter().next().map(|image| image.id);
    image.ok_or_else(|| UserError::wrong("greenroom.yaml has no image `default`, in which queries run"))
}
