use std::collections::BTreeMap;
use std::io::{self, Read};
use std::path::Path;
use std::time::Instant;

use indexmap::IndexMap;

use super::super::runner::{Around, Teller};
use crate::app::{Answer, LakeAnswer, LakeAsk, LakeLook, News, TableLook, TableUse, Trouble};
use crate::cli::query::{Question, lake};
use crate::cli::{Exit, UserError, Workspace};
use crate::disk::{self, open_plain};
use crate::domain::{
    Access, Action, Name, Operator, OperatorInputKind, Rows, Scalar, Step, TableName, Value, sql,
};
use crate::local::Event;
use crate::operators;
use crate::store::Lake;

/// As many as a person looks through.
const LIMIT: usize = 50;
/// Bytes of a query that are looked through.
const LONGEST: u64 = 1024 * 1024;

pub async fn ask(around: &Around, ask: LakeAsk, teller: &Teller) -> Result<Answer, Trouble> {
    let workspace = Workspace::open(Some(&around.place.root))?;
    let answer = match ask {
        LakeAsk::Tables => LakeAnswer::Tables(tables(&workspace, &around.env)?),
        LakeAsk::First(table) => {
            let rows = first_rows(&workspace, &around.env, &table)?;
            LakeAnswer::First(table, rows)
        }
        LakeAsk::Warm => {
            around.warm.ready(&workspace, &around.env, &|_| {}, &around.invocation).await?;
            LakeAnswer::Warm
        }
        LakeAsk::Query { file, text, params } => {
            let since = Instant::now();
            let rows = rows(around, &workspace, (&file, &text), &params, teller).await?;
            LakeAnswer::Query { rows, seconds: since.elapsed().as_secs_f64() }
        }
    };
    Ok(Answer::Lake(answer))
}

async fn rows(
    around: &Around,
    workspace: &Workspace,
    (file, query): (&str, &str),
    params: &IndexMap<Name, Value>,
    teller: &Teller,
) -> Result<Rows, UserError> {
    let question = Question { file, query, params, limit: LIMIT };
    // Only an image that has to be built first has something to say.
    let progress = |event| {
        let line = match event {
            Event::Started { what: line } | Event::Line(line) => Some(line),
            Event::Done => None,
        };
        teller.tell(News::LakeProgress(line));
    };
    around.warm.ask(workspace, &around.env, &question, &progress, &around.invocation).await
}

/// Read here, not by a query: one looks through tables also where no engine is.
fn first_rows(workspace: &Workspace, env: &str, table: &TableName) -> Result<Rows, UserError> {
    let unread = |error: &(dyn std::error::Error + 'static)| {
        UserError::from_error(Exit::NotReady, format!("{table} cannot be read"), error)
    };
    let lake = Lake::new(lake(workspace, env)?);
    let catalog = lake.catalog().map_err(|error| unread(&error))?;
    let record = catalog.tables.get(table);
    let record = record.ok_or_else(|| UserError::wrong(format!("there is no table {table} any more")))?;
    let table = lake.first_rows(record).map_err(|error| unread(&error))?;
    Ok(table.map_or_else(Rows::default, |table| table.first(LIMIT)))
}

fn tables(workspace: &Workspace, env: &str) -> Result<LakeLook, UserError> {
    let catalog = Lake::new(lake(workspace, env)?)
        .catalog()
        .map_err(|error| UserError::from_error(Exit::NotReady, "the lake cannot be read", &error))?;
    let uses = uses(workspace);
    let of = |table: &TableName, wanted: Access| {
        let of_table = uses.get(table).into_iter().flatten();
        of_table.filter(|(access, _)| *access == wanted).map(|(_, by)| by.clone()).collect()
    };
    let table = |(name, record)| TableLook {
        writers: of(&name, Access::Write),
        readers: of(&name, Access::Read),
        record,
    };
    Ok(LakeLook {
        tables: catalog.tables.into_iter().map(table).collect(),
        broken: catalog.broken.into_iter().map(|(table, why)| (table, why.to_string())).collect(),
    })
}

type Uses = BTreeMap<TableName, Vec<(Access, TableUse)>>;

/// Which step reads and writes what, as far as the specs say: a name that a parameter makes is known in a run only.
fn uses(workspace: &Workspace) -> Uses {
    let mut uses = Uses::new();
    for (workflow, spec) in &workspace.specs.workflows {
        for (step, of_step) in &spec.steps {
            for (access, table) in tables_of(workspace, of_step) {
                let by = TableUse { workflow: workflow.clone(), step: step.clone() };
                let all = uses.entry(table).or_default();
                if !all.contains(&(access, by.clone())) {
                    all.push((access, by));
                }
            }
        }
    }
    uses
}

fn tables_of(workspace: &Workspace, step: &Step) -> Vec<(Access, TableName)> {
    let Action::Uses { operator, with } = &step.action else { return Vec::new() };
    let built_in = operators::builtin();
    let Some(operator) = workspace.specs.operators.get(operator).or_else(|| built_in.get(operator)) else {
        return Vec::new();
    };
    let given = with.iter().filter_map(|(name, value)| match value {
        Scalar::Value(Value::String(text)) => Some((name, text.as_str())),
        _ => None,
    });
    given.flat_map(|(name, text)| of_input(workspace, operator, name, text)).collect()
}

fn of_input(workspace: &Workspace, operator: &Operator, name: &Name, text: &str) -> Vec<(Access, TableName)> {
    let queried = |text: &str| sql::tables(text).into_iter().map(|table| (Access::Read, table)).collect();
    match operator.inputs.get(name).map(|input| &input.kind) {
        Some(OperatorInputKind::Table(access)) => {
            text.parse().map(|table| (*access, table)).into_iter().collect()
        }
        Some(OperatorInputKind::Sql) => queried(text),
        Some(OperatorInputKind::File) if text.ends_with(".sql") => {
            queried(&read(workspace, text).unwrap_or_default())
        }
        _ => Vec::new(),
    }
}

/// A query of the project, as far as anybody writes one by hand.
fn read(workspace: &Workspace, file: &str) -> io::Result<String> {
    let opened = open_plain(workspace.root().as_std_path(), Path::new(file), disk::Access::Read)?;
    let mut text = String::new();
    opened.take(LONGEST).read_to_string(&mut text)?;
    Ok(text)
}
