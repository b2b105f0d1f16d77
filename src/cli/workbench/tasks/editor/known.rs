use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use indexmap::IndexMap;

use crate::app::{Known, Outline, QueryUse, Table};
use crate::cli::Place;
use crate::domain::{Access, Action, Name, OperatorInputKind, Scalar, Step, TableRecord, Value, Workflow};
use crate::git;
use crate::spec::{SpecKind, Specs, schema};
use crate::store::Lake;

/// Files that are offered; a project of more finds them by their names.
const MOST_FILES: usize = 20_000;

/// All names that the files of a project may use; `before`: which files and tables there are has been known since then,
/// and neither is looked at.
pub fn known(place: &Place, env: &str, specs: &Specs, before: Option<&Known>) -> Known {
    let project = specs.project.as_ref();
    let lake = before.map_or_else(|| lake(place, env, specs), |before| before.lake.clone());
    let mut known = Known {
        operators: specs.operators.clone(),
        images: project.map(|project| project.images.keys().cloned().collect()).unwrap_or_default(),
        people: project.map(|project| project.people.keys().cloned().collect()).unwrap_or_default(),
        tables: (*lake).clone(),
        lake,
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
fn lake(place: &Place, env: &str, specs: &Specs) -> Arc<IndexMap<String, Table>> {
    let environment = specs.project.as_ref().and_then(|project| project.environments.get(env));
    let warehouse = environment.and_then(|environment| environment.warehouse.as_ref());
    let lake = place.lake(warehouse).ok().flatten();
    let catalog = lake.and_then(|lake| Lake::new(lake).catalog().ok()).unwrap_or_default();
    let table = |record: TableRecord| Table { columns: record.columns, written_by: None };
    Arc::new(catalog.tables.into_iter().map(|(name, record)| (name.to_string(), table(record))).collect())
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

#[cfg(test)]
mod tests {
    use super::super::check::check;
    use super::*;
    use crate::app::EditorAnswer;
    use crate::cli::workbench::tests::project;
    use crate::domain::ColumnType;

    fn put(lake: &Utf8Path, table: &str) {
        let record = TableRecord {
            greenroom: 1,
            table: format!("lake.{table}").parse().unwrap(),
            columns: IndexMap::from([("carrier".to_owned(), ColumnType::String)]),
            partition_by: None,
            partitions: Vec::new(),
        };
        let folder = lake.join("lake").join(table);
        fs_err::create_dir_all(&folder).unwrap();
        fs_err::write(folder.join("_table.json"), serde_json::to_vec(&record).unwrap()).unwrap();
    }

    fn known(place: &Place, env: &str, before: Option<&Known>) -> Arc<Known> {
        let EditorAnswer::Checked { known, .. } = check(place, env, &[], before) else { panic!() };
        known
    }

    /// With every letter that is typed it is asked what is known.
    #[test]
    fn a_lake_is_not_read_again_before_it_may_be_another() {
        let (_dir, root) = project();
        let lake = root.join(".greenroom/lake");
        (0..200).for_each(|number| put(&lake, &format!("t{number}")));
        let place = Place { root };
        let before = known(&place, "dev", None);
        assert!(before.tables.len() == 200 && before.tables["lake.t7"].columns.contains_key("carrier"));
        // Whoever looked would find none.
        fs_err::remove_dir_all(&lake).unwrap();
        let typed = known(&place, "dev", Some(&before));
        assert!(Arc::ptr_eq(&typed.lake, &before.lake) && typed.tables.len() == 200);
        assert!(!lake.exists() && known(&place, "dev", None).tables.is_empty());
    }

    #[test]
    fn the_lake_is_that_of_the_environment_and_lies_in_the_project() {
        let (_dir, root) = project();
        put(&root.join("theirs"), "other");
        put(&root.join("mine"), "own");
        let environment = |name: &str, lake: &str| {
            format!("  {name}: {{root: {name}, warehouse: {{engine: duckdb, path: {lake}}}}}\n")
        };
        let environments =
            format!("environments:\n{}{}", environment("dev", "theirs"), environment("stage", "mine"));
        let text = fs_err::read_to_string(root.join("greenroom.yaml")).unwrap();
        let (others, _) = text.split_once("environments:").unwrap();
        fs_err::write(root.join("greenroom.yaml"), format!("{others}{environments}")).unwrap();
        let place = Place { root };
        let tables = |env: &str| known(&place, env, None).tables.keys().cloned().collect::<Vec<_>>();
        assert_eq!((tables("dev"), tables("stage")), (vec!["lake.other".into()], vec!["lake.own".into()]));
        let away = tempfile::tempdir().unwrap();
        put(Utf8Path::from_path(away.path()).unwrap(), "secret");
        std::os::unix::fs::symlink(away.path().join("lake"), place.root.join("mine/away")).unwrap();
        assert_eq!(tables("stage"), Vec::<String>::new());
    }
}
