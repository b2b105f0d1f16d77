use indexmap::IndexMap;

use crate::domain::nearest::did_you_mean;
use crate::domain::{Name, ParamType, Value, Workflow};

/// All that is wrong with the parameters of one call.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .problems.join("\n"))]
pub struct ParametersError {
    /// Each in a line of its own.
    pub problems: Vec<String>,
}

/// Every parameter of a workflow with its value: given as `k=v`, or its default.
pub fn parameters(
    workflow: &Workflow,
    given: &[(Name, String)],
) -> Result<IndexMap<Name, Value>, ParametersError> {
    let mut problems = Vec::new();
    let mut values: IndexMap<Name, Value> = IndexMap::new();
    for (name, text) in given {
        let Some(param) = workflow.params.get(name) else {
            let known = workflow.params.keys().map(Name::as_str);
            let help = match workflow.params.is_empty() {
                true => "it has none".to_owned(),
                false => did_you_mean(name.as_str(), "parameters", known),
            };
            problems.push(format!("`{}` has no parameter `{name}`: {help}", workflow.name));
            continue;
        };
        match parse(&param.kind, text) {
            Ok(value) => {
                if values.insert(name.clone(), value).is_some() {
                    problems.push(format!("the parameter `{name}` is given twice"));
                }
            }
            Err(why) => problems.push(format!("the parameter `{name}`: {why}")),
        }
    }
    let mut all = IndexMap::new();
    for (name, param) in &workflow.params {
        match values.shift_remove(name).or_else(|| param.default.clone()) {
            Some(value) => {
                all.insert(name.clone(), value);
            }
            None if given.iter().any(|(other, _)| other == name) => {}
            None => problems.push(format!(
                "the parameter `{name}` ({}) has no default: give it with --param {name}=…",
                param.kind.name()
            )),
        }
    }
    match problems.is_empty() {
        true => Ok(all),
        false => Err(ParametersError { problems }),
    }
}

/// As the type reads it, within the days that BigQuery knows.
pub(super) fn parse(kind: &ParamType, text: &str) -> Result<Value, String> {
    let value = kind.parse(text)?;
    let year = match &value {
        Value::Date(date) => date.year(),
        Value::Datetime(time) => time.year(),
        _ => return Ok(value),
    };
    match year {
        1.. => Ok(value),
        _ => Err(format!("`{text}` is before 0001-01-01, the first day that BigQuery knows")),
    }
}
