//! A query on the lake, its first rows as a table.

use std::io::Read;

use camino::Utf8Path;
use indexmap::IndexMap;
use tokio::signal::unix::{SignalKind, signal};

use crate::cli::args::Sql;
use crate::cli::query::{Asker, Question, default_image, lake};
use crate::cli::report::{Building, Patience, rows_view};
use crate::cli::{Exit, Invocation, Machine, Output, UserError, Workspace};
use crate::docker::Hearing;
use crate::domain::{Name, Value, guessed};

/// Rows that are shown.
const LIMIT: usize = 50;

pub async fn run(asked: &Sql, invocation: &Invocation, output: &Output) -> Result<Exit, UserError> {
    let (file, query) = read(&asked.file)?;
    let mut params: IndexMap<Name, Value> = IndexMap::new();
    for (name, text) in &asked.params {
        let value =
            guessed(text).map_err(|why| UserError::wrong(format!("the parameter `{name}`: {why}")))?;
        params.insert(name.clone(), value);
    }
    let workspace = Workspace::open(invocation.project())?;
    let lake = lake(&workspace, &asked.env)?;
    let machine = Machine::connect(invocation).await?;
    let image = default_image(&workspace, &machine, &Building::default(), invocation).await?;
    let question = Question { file: &file, query: &query, params: &params, limit: LIMIT };
    // Listened to from before there is a container, so that none is left behind.
    let mut interrupts = signal(SignalKind::interrupt())
        .map_err(|error| UserError::from_error(Exit::NotReady, "the query cannot be run", &error))?;
    let _hearing = Hearing::new();
    let patience = Patience::start("asking the lake");
    let mut asker = Asker::start(&workspace, &machine, &lake, &image).await?;
    let answered = tokio::select! {
        rows = asker.ask(&question) => Some(rows),
        Some(()) = interrupts.recv() => None,
    };
    asker.close().await;
    drop(patience);
    let rows = answered.unwrap_or_else(|| Err(UserError::new(Exit::Cancelled, "the query was stopped")))?;
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
