use indexmap::IndexMap;

use super::request::{PlanError, Request};
use crate::domain::{
    Access, Action, Name, Operator, OperatorInputKind, OutputType, PlannedOutput, Scope, Step, TableAccess,
    TableWrite,
};

/// A step's output paths, rendered and checked: a template must not lead out of the step's own directory.
pub(super) fn paths(
    request: &Request<'_>,
    step: &Step,
    with: &IndexMap<Name, serde_json::Value>,
    scope: &Scope,
) -> Result<IndexMap<Name, String>, PlanError> {
    let mut paths: IndexMap<Name, String> = IndexMap::new();
    for (name, output) in &step.outputs {
        let wrong = |message: String, help: &str| PlanError {
            file: request.workflow.file.clone(),
            span: Some(output.path.span),
            message,
            help: help.to_owned(),
        };
        let template =
            crate::domain::Template { text: fill(&output.path.text, step, with), ..output.path.clone() };
        let value =
            request.templates.render(&template, scope).map_err(|e| wrong(e.message.clone(), &e.help))?;
        let path = value.to_string();
        inside(&path).map_err(|why| {
            wrong(format!("output `{name}` of `{}` becomes `{path}`, which {why}", step.name), OUTPUT_HELP)
        })?;
        if let Some((other, _)) = paths.iter().find(|(_, taken)| **taken == path) {
            let message = format!("outputs `{other}` and `{name}` of `{}` both become `{path}`", step.name);
            return Err(wrong(message, "give each output a path of its own"));
        }
        paths.insert(name.clone(), path);
    }
    Ok(paths)
}

const OUTPUT_HELP: &str = "an output's path is relative to the step's own directory and stays in it";

/// Whether a relative path stays where it is relative to.
fn inside(path: &str) -> Result<(), &'static str> {
    match path {
        _ if path.is_empty() => Err("is empty"),
        _ if path.starts_with('/') => Err("is absolute"),
        _ if path.chars().any(char::is_control) => Err("has a control character"),
        _ if path.split('/').any(|part| part == ".." || part == "." || part.is_empty()) => {
            Err("has an empty, `.` or `..` part")
        }
        _ => Ok(()),
    }
}

/// An operator's path may name the step and its inputs: `{step}.{format}`.
fn fill(path: &str, step: &Step, with: &IndexMap<Name, serde_json::Value>) -> String {
    if !matches!(step.action, Action::Uses { .. }) {
        return path.to_owned();
    }
    let mut filled = path.to_owned();
    // From the last to the first: the default of `path` names `format`, which comes before it.
    for (name, value) in with.iter().rev() {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        filled = filled.replace(&format!("{{{name}}}"), &text);
    }
    filled.replace("{step}", step.name.as_str())
}

/// The outputs of one node, with the table each becomes.
pub(super) fn planned(
    step: &Step,
    operator: Option<&Operator>,
    with: &IndexMap<Name, serde_json::Value>,
    paths: IndexMap<Name, String>,
) -> IndexMap<Name, PlannedOutput> {
    let table = operator.and_then(|operator| written(operator, with));
    paths
        .into_iter()
        .filter_map(|(name, path)| {
            let spec = step.outputs.get(&name)?;
            let table = table.clone().filter(|_| spec.kind == OutputType::Table);
            Some((name, PlannedOutput { path, kind: spec.kind, expect: spec.expect.clone(), table }))
        })
        .collect()
}

/// The tables an operator's inputs name, with what is done to them.
pub(super) fn tables(operator: &Operator, with: &IndexMap<Name, serde_json::Value>) -> Vec<TableAccess> {
    operator
        .inputs
        .iter()
        .filter_map(|(name, input)| match input.kind {
            OperatorInputKind::Table(access) => {
                let table = with.get(name)?.as_str()?.parse().ok()?;
                Some(TableAccess { table, access })
            }
            _ => None,
        })
        .collect()
}

fn written(operator: &Operator, with: &IndexMap<Name, serde_json::Value>) -> Option<TableWrite> {
    let table = tables(operator, with).into_iter().find(|t| t.access == Access::Write)?.table;
    let partition = with.get("partition").and_then(|partition| {
        let value = partition.get("value")?;
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        Some((partition.get("column")?.as_str()?.to_owned(), text))
    });
    Some(TableWrite { table, partition })
}

#[cfg(test)]
mod tests {
    use super::inside;

    #[test]
    fn an_output_stays_in_its_directory() {
        for good in ["a", "a/b.parquet", "..a", "a b"] {
            assert!(inside(good).is_ok(), "{good}");
        }
        for bad in ["", "/a", "../a", "a/../b", "a//b", "a/", "./a", "a\nb"] {
            assert!(inside(bad).is_err(), "{bad:?}");
        }
    }
}
