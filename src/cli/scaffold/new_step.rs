use std::collections::HashMap;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use indexmap::IndexMap;

use crate::cli::{Exit, UserError};
use crate::domain::{Diagnostic, Name, Severity, TableName, Value, Workflow};
use crate::operators;
use crate::spec;
use crate::store::atomic_replace;

/// A query that is to be a step: into a table, or into one file in storage.
#[derive(Clone, Debug, PartialEq)]
pub struct NewStep {
    pub workflow: Name,
    pub step: Name,
    /// None: `sql_export`.
    pub table: Option<TableName>,
    pub query: String,
    /// Those that it names, with the values it was tried with.
    pub params: IndexMap<Name, Value>,
}

impl NewStep {
    /// Writes the query into a file of its own, and the step at the end of the workflow, which is made where it is not
    /// there; answers the workflow's file and the line of the step.
    ///
    /// # Errors
    /// A step or file of the name is there, or the workflow is written so that nothing can be added; nothing is written.
    pub fn write(
        &self,
        root: &Utf8Path,
        workflow: Option<&Workflow>,
    ) -> Result<(Utf8PathBuf, usize), UserError> {
        let unwritten = |file: &Utf8Path| {
            let what = format!("{file} cannot be written");
            move |error: std::io::Error| UserError::from_error(Exit::NotReady, what, &error)
        };
        let query = Utf8PathBuf::from(format!("sql/{}.sql", self.step));
        if root.join(&query).symlink_metadata().is_ok() {
            return Err(UserError::wrong(format!("{query} is there already"))
                .to_do("give the step another name, after which its query is called"));
        }
        let (file, (text, line)) = match workflow {
            Some(workflow) if workflow.steps.contains_key(&self.step) => {
                return Err(UserError::wrong(format!(
                    "{} has a step `{}` already",
                    workflow.name, self.step
                )));
            }
            Some(workflow) => {
                let text = fs_err::read_to_string(root.join(&workflow.file)).map_err(|error| {
                    UserError::from_error(Exit::Wrong, "the workflow cannot be read", &error)
                })?;
                (workflow.file.clone(), self.added_to(&text, workflow)?)
            }
            None => (Utf8PathBuf::from(format!("workflows/{}.yaml", self.workflow)), self.alone()),
        };
        if let Some(problem) = self.problem(root, &file, &text) {
            let what = format!("the step would make {file} wrong");
            return Err(
                UserError::wrong(what).because(format!("line {}: {}", problem.span.line, problem.message))
            );
        }
        let mut draft = super::Draft::default();
        draft.add(query.clone(), format!("{}\n", self.query.trim()));
        if workflow.is_none() {
            draft.add(file.clone(), text.clone());
        }
        draft.write(root)?;
        if workflow.is_some() {
            let written = atomic_replace(&root.join(&file), text.as_bytes());
            if written.is_err() {
                // Nothing is left half done.
                fs_err::remove_file(root.join(&query)).ok();
            }
            written.map_err(unwritten(&file))?;
        }
        Ok((file, line))
    }

    /// The first error that the workflow would have.
    fn problem(&self, root: &Utf8Path, file: &Utf8Path, text: &str) -> Option<Diagnostic> {
        let typed = HashMap::from([(file.to_owned(), Arc::from(text))]);
        let specs = spec::load_typed(root, operators::builtin(), typed);
        // Its query is only written afterwards.
        let query = format!("sql/{}.sql", self.step);
        let is_error = |problem: &Diagnostic| {
            problem.file == file && problem.severity == Severity::Error && !problem.message.contains(&query)
        };
        specs.diagnostics.into_iter().find(is_error)
    }

    /// A workflow that has nothing else, and the line of its step.
    fn alone(&self) -> (String, usize) {
        let mut text = format!("greenroom: 1\nkind: workflow\nname: {}\n", self.workflow);
        if !self.params.is_empty() {
            text += "params:\n";
            self.params.keys().for_each(|name| text += &self.param(name, "  "));
        }
        text += "steps:\n";
        let line = text.lines().count() + 1;
        (text + &self.lines("  "), line)
    }

    /// The workflow with the step at its end, and the line of the step.
    fn added_to(&self, text: &str, workflow: &Workflow) -> Result<(String, usize), UserError> {
        let missing: Vec<&Name> =
            self.params.keys().filter(|name| !workflow.params.contains_key(*name)).collect();
        let add = |text: &str, key: &str, lines: &dyn Fn(&str) -> String| {
            added(text, key, lines).ok_or_else(|| {
                let what =
                    format!("`{key}` of {} is written in braces, into which nothing is put", workflow.file);
                let by_hand =
                    format!("write one entry a line there, or add by hand: {}", lines("").trim_end());
                UserError::wrong(what).to_do(by_hand)
            })
        };
        let params = |indent: &str| missing.iter().map(|name| self.param(name, indent)).collect::<String>();
        let written = text.lines().any(|line| line.starts_with("params:"));
        let text = match (missing.is_empty(), !written) {
            (true, _) => text.to_owned(),
            (false, false) => add(text, "params", &params)?.0,
            (false, true) => text.replacen("\nsteps:", &format!("\nparams:\n{}steps:", params("  ")), 1),
        };
        add(&text, "steps", &|indent| self.lines(indent))
    }

    fn lines(&self, indent: &str) -> String {
        let file = format!("query_file: sql/{}.sql", self.step);
        let (operator, with) = match &self.table {
            Some(table) => ("sql_table", format!("{file}, table: {table}")),
            None => ("sql_export", format!("{file}, format: parquet")),
        };
        format!("{indent}{}:\n{indent}  uses: {operator}\n{indent}  with: {{{with}}}\n", self.step)
    }

    fn param(&self, name: &Name, indent: &str) -> String {
        let value = self.params.get(name);
        let (kind, default) = match value {
            Some(Value::Int(number)) => ("int", number.to_string()),
            Some(Value::Float(number)) => ("float", number.to_string()),
            Some(Value::Bool(value)) => ("bool", value.to_string()),
            Some(Value::Date(date)) => ("date", format!("\"{date}\"")),
            Some(Value::Datetime(moment)) => ("datetime", format!("\"{moment}\"")),
            other => {
                let text = other.map(ToString::to_string).unwrap_or_default();
                // As JSON writes a text, YAML reads it.
                ("string", serde_json::Value::String(text).to_string())
            }
        };
        format!("{indent}{name}: {{type: {kind}, default: {default}}}\n")
    }
}

/// The text with lines at the end of the block below a key of the outermost level, and which line is the first of them,
/// from 1; None where it has no block.
fn added(text: &str, key: &str, lines: &dyn Fn(&str) -> String) -> Option<(String, usize)> {
    let head = format!("{key}:");
    let of_key = |line: &&str| {
        let rest = line.strip_prefix(&head).map(str::trim_start);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('#'))
    };
    // Lines end as they did.
    let end_of_line = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let all: Vec<&str> = text.lines().collect();
    let start = all.iter().position(of_key)? + 1;
    let says = |line: &str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
    let below = all[start..].iter().take_while(|line| !says(line) || line.starts_with(' '));
    let block: Vec<&&str> = below.collect();
    let last = block.iter().rposition(|line| says(line))?;
    let first = block.iter().find(|line| says(line))?;
    let indent = &first[..first.len() - first.trim_start().len()];
    let end = start + last + 1;
    let mut result: String = all[..end].iter().map(|line| format!("{line}{end_of_line}")).collect();
    result += &lines(indent).replace('\n', end_of_line);
    all[end..].iter().for_each(|line| result += &format!("{line}{end_of_line}"));
    Some((result, end + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROJECT: &str = "greenroom: 1
kind: project
name: p
images: {default: {base: 'debian:bookworm-slim'}}
environments: {dev: {root: .greenroom/store, warehouse: {engine: duckdb, path: .greenroom/lake}}}
";

    fn project(workflow: &str) -> (tempfile::TempDir, Utf8PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(dir.path()).unwrap().to_owned();
        fs_err::create_dir(root.join("workflows")).unwrap();
        fs_err::write(root.join("greenroom.yaml"), PROJECT).unwrap();
        if !workflow.is_empty() {
            fs_err::write(root.join("workflows/w.yaml"), workflow).unwrap();
        }
        (dir, root)
    }

    fn step(table: Option<&str>) -> NewStep {
        NewStep {
            workflow: Name::new("w").unwrap(),
            step: Name::new("late").unwrap(),
            table: table.map(|table| table.parse().unwrap()),
            query: "SELECT @day AS day, @who AS who\n".to_owned(),
            params: [
                (Name::new("day").unwrap(), Value::Date("2013-01-01".parse().unwrap())),
                (Name::new("who").unwrap(), Value::String("a \"b\": c".to_owned())),
            ]
            .into_iter()
            .collect(),
        }
    }

    fn write(root: &Utf8Path, step: &NewStep) -> Result<(Utf8PathBuf, usize), UserError> {
        let specs = spec::load(root, operators::builtin());
        step.write(root, specs.workflows.get(&step.workflow))
    }

    #[test]
    fn a_workflow_gets_the_step_at_its_end_and_keeps_all_that_was_written() {
        let text = "greenroom: 1
kind: workflow
name: w
params:
   day: {type: date, default: \"2013-01-01\"}   # of the flights

steps:   # two

  # first
  a:
    run: |
      echo one

      echo two
  # nothing follows

monitors: []
";
        let (_dir, root) = project(text);
        let (file, line) = write(&root, &step(None)).unwrap();
        let written = fs_err::read_to_string(root.join(&file)).unwrap();
        let added = "  late:
    uses: sql_export
    with: {query_file: sql/late.sql, format: parquet}
";
        let expected = text.replace("      echo two\n", &format!("      echo two\n{added}")).replace(
            "# of the flights\n",
            "# of the flights\n   who: {type: string, default: \"a \\\"b\\\": c\"}\n",
        );
        assert_eq!(written, expected);
        assert_eq!(written.lines().nth(line - 1), Some("  late:"));
        let specs = spec::load(&root, operators::builtin());
        assert_eq!(specs.diagnostics, []);
        assert!(write(&root, &step(None)).is_err_and(|error| error.what == "sql/late.sql is there already"));
    }

    #[test]
    fn a_workflow_that_is_not_there_is_made() {
        let (_dir, root) = project("");
        write(&root, &step(Some("lake.late"))).unwrap();
        let specs = spec::load(&root, operators::builtin());
        assert_eq!(specs.diagnostics, []);
        assert_eq!(specs.workflows["w"].params.len(), 2);
    }

    #[test]
    fn nothing_is_written_that_check_would_refuse_and_lines_end_as_they_did() {
        let scheduled = "greenroom: 1\nkind: workflow\nname: w\nschedule: {cron: '0 6 * * *', timezone: UTC}\nsteps:\n  a: {run: x}\n";
        let (_dir, root) = project(scheduled);
        let error = write(&root, &step(None)).unwrap_err();
        assert_eq!(error.what, "the step would make workflows/w.yaml wrong");
        assert!(!root.join("sql").exists());
        for text in ["params: {}\n", "params:\n"] {
            let text = format!("greenroom: 1\nkind: workflow\nname: w\n{text}steps:\n  a: {{run: x}}\n");
            let (_dir, root) = project(&text);
            assert!(write(&root, &step(None)).is_err());
            assert_eq!(fs_err::read_to_string(root.join("workflows/w.yaml")).unwrap(), text);
        }
        let (_dir, root) =
            project("greenroom: 1\r\nkind: workflow\r\nname: w\r\nsteps:\r\n  a: {run: x}\r\n");
        let plain = NewStep { params: IndexMap::new(), query: "SELECT 1 AS n".to_owned(), ..step(None) };
        write(&root, &plain).unwrap();
        let written = fs_err::read_to_string(root.join("workflows/w.yaml")).unwrap();
        assert_eq!(written.matches('\n').count(), written.matches("\r\n").count());
    }

    #[test]
    fn what_nothing_can_be_put_into_is_told_and_nothing_is_written() {
        let text = "greenroom: 1\nkind: workflow\nname: w\nsteps: {a: {run: 'true'}}\n";
        let (_dir, root) = project(text);
        let error = write(&root, &step(None)).unwrap_err();
        assert!(error.what.contains("in braces") && error.todo[0].contains("uses: sql_export"), "{error:?}");
        assert!(!root.join("sql").exists());
        assert_eq!(fs_err::read_to_string(root.join("workflows/w.yaml")).unwrap(), text);
    }
}
