use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use indexmap::IndexMap;

use crate::app::{Known, Outline, QueryUse, Table};
use crate::domain::{Access, Action, Name, OperatorInputKind, Scalar, Step, Value, Warehouse, Workflow};
use crate::git;
use crate::spec::{SpecKind, Specs, schema};
use crate::store::Lake;

/// Files that are offered; a project of more finds them by their names.
const MOST_FILES: usize = 20_000;

/// All names that the files of a project may use; `before`: which files there are has been known since then.
pub fn known(specs: &Specs, before: Option<&Known>) -> Known {
    let project = specs.project.as_ref();
    let mut known = Known {
        operators: specs.operators.clone(),
        images: project.map(|project| project.images.keys().cloned().collect()).unwrap_or_default(),
        people: project.map(|project| project.people.keys().cloned().collect()).unwrap_or_default(),
        tables: lake(specs),
        files: before.map_or_else(|| files(&specs.root), |before| before.files.clone()),
        schemas: SpecKind::ALL.into_iter().map(|kind| (folder(kind), schema(kind))).collect(),
        ..Known::default()
    };
    for file in specs.files.iter().filter(|file| file.starts_with("operators")) {
        let name = specs.source(file).and_then(name);
        known.operator_files.extend(name.map(|name| (name, file.clone())));
    }
    for workflow in specs.workflows.values() {
        let lines: Vec<String> =
            specs.source(&workflow.file).unwrap_or_default().lines().map(str::to_owned).collect();
        let outline = Outline::of(&lines);
        let of_its_own = known.queries.entry(workflow.file.clone()).or_default();
        of_its_own.push(query_use(workflow));
        for step in workflow.steps.values() {
            let row = outline.step(step.name.as_str()).map_or(0, |step| step.row);
            add(&mut known, workflow, step, row);
        }
    }
    known.tables.sort_keys();
    known
}

fn folder(kind: SpecKind) -> String {
    Utf8Path::new(kind.files()).parent().map_or_else(String::new, ToString::to_string)
}

fn name(text: &str) -> Option<Name> {
    let name = text.lines().find_map(|line| line.strip_prefix("name:"))?;
    Name::new(name.split('#').next().unwrap_or_default().trim()).ok()
}

/// The tables of the lake as they stand. One that cannot be read is none: the lake's own screen tells why.
fn lake(specs: &Specs) -> IndexMap<String, Table> {
    let dev = specs.project.as_ref().and_then(|project| project.environments.get("dev"));
    let Some(Warehouse::Duckdb { path }) = dev.and_then(|dev| dev.warehouse.as_ref()) else {
        return IndexMap::new();
    };
    let catalog = Lake::new(specs.root.join(path)).catalog().unwrap_or_default();
    let table = |record: crate::domain::TableRecord| Table { columns: record.columns, written_by: None };
    catalog.tables.into_iter().map(|(name, record)| (name.to_string(), table(record))).collect()
}

fn files(root: &Utf8Path) -> Arc<[Utf8PathBuf]> {
    let files = git::project_files(root).unwrap_or_default().into_iter();
    let mut files: Vec<_> =
        files.filter_map(|file| Utf8PathBuf::from_path_buf(file).ok()).take(MOST_FILES).collect();
    // What was deleted but not committed is still listed.
    files.retain(|file| root.join(file).is_file());
    files.into()
}

/// What one step tells: the tables that it writes, and the query that it runs.
fn add(known: &mut Known, workflow: &Workflow, step: &Step, row: usize) {
    let Action::Uses { operator, with } = &step.action else { return };
    let Some(operator) = known.operators.get(operator) else { return };
    for (name, input) in &operator.inputs {
        let Some(Scalar::Value(Value::String(value))) = with.get(name) else { continue };
        match input.kind {
            OperatorInputKind::Table(Access::Write) => {
                let table = known.tables.entry(value.clone()).or_default();
                table.written_by = Some((workflow.file.clone(), row));
                // Until it is there, what is expected of it is what is known.
                if table.columns.is_empty() {
                    let expected = step.outputs.values().flat_map(|output| &output.expect.columns);
                    table.columns.extend(expected.map(|(name, kind)| (name.clone(), *kind)));
                }
            }
            OperatorInputKind::File if name.as_str() == "query_file" => {
                known.queries.entry(Utf8PathBuf::from(value)).or_default().push(query_use(workflow));
            }
            _ => {}
        }
    }
}

fn query_use(workflow: &Workflow) -> QueryUse {
    let params = workflow.params.iter().map(|(name, param)| (name.clone(), param.kind.name().to_owned()));
    QueryUse { spec: workflow.file.clone(), params: params.collect() }
}
