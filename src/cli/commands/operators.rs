use serde_json::Value;

use crate::cli::args::Operators;
use crate::cli::nearest::nearest;
use crate::cli::report::{OperatorUse, operator_json, operator_view, operators_view};
use crate::cli::{Exit, Invocation, Output, Place, UserError};
use crate::domain::{Action, Name, Operator, text};
use crate::operators;
use crate::spec::{self, Specs};

/// What engineers offer. Outside of a project: what Greenroom itself does.
pub fn run(asked: &Operators, invocation: &Invocation, output: &Output) -> Result<Exit, UserError> {
    let found = match (Place::find(invocation.project()), invocation.project()) {
        (Ok(place), _) => Some(spec::load(&place.root, operators::builtin())),
        (Err(error), Some(_)) => return Err(error),
        (Err(_), None) => None,
    };
    let builtin = operators::builtin();
    let all = found.as_ref().map_or(&builtin, |specs| &specs.operators);
    match &asked.name {
        None => {
            let documents: Vec<Value> = all
                .values()
                .map(|operator| operator_json(operator, &uses(&operator.name, found.as_ref())))
                .collect();
            let list: Vec<&Operator> = all.values().collect();
            output.either(&documents, |look| operators_view(&list, look))?;
        }
        Some(name) => {
            let operator = all.get(name.as_str()).ok_or_else(|| unknown(name, all.keys()))?;
            let uses = uses(&operator.name, found.as_ref());
            output.either(&operator_json(operator, &uses), |look| operator_view(operator, &uses, look))?;
        }
    }
    Ok(Exit::Done)
}

/// The steps of workflows without errors that use it.
fn uses(operator: &Name, specs: Option<&Specs>) -> Vec<OperatorUse> {
    let workflows = specs.into_iter().flat_map(|specs| specs.workflows.values());
    let steps = workflows.flat_map(|workflow| workflow.steps.values().map(move |step| (workflow, step)));
    steps
        .filter(|(_, step)| matches!(&step.action, Action::Uses { operator: used, .. } if used == operator))
        .map(|(workflow, step)| OperatorUse {
            workflow: workflow.name.clone(),
            step: step.name.clone(),
            file: workflow.file.clone(),
        })
        .collect()
}

fn unknown<'a>(name: &str, known: impl Iterator<Item = &'a Name>) -> UserError {
    let known: Vec<&str> = known.map(Name::as_str).collect();
    let error = UserError::wrong(format!("there is no operator `{}`", text::safe(name)));
    match nearest(name, known.iter().copied()) {
        Some(near) => error.to_do(format!("did you mean `{near}`?")),
        None => error.to_do(format!("there are {}", known.join(", "))),
    }
}
