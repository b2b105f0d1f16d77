use indexmap::IndexMap;

use super::request::Request;
use crate::domain::{Name, NodeId, RunScope, Scope, Step, StepScope, Value};

/// What every template of the plan may name, without steps and matrix.
pub(super) fn base(request: &Request<'_>) -> Scope {
    Scope {
        params: request.params.clone(),
        run: Some(RunScope {
            project: request.project.name.clone(),
            env: request.env.clone(),
            name: request.workflow.name.clone(),
            version: request.workflow.version,
            token: request.token,
        }),
        ..Scope::default()
    }
}

/// A step's outputs as others read them. Of a step with a matrix it is the directory of its cells.
pub(super) fn step(request: &Request<'_>, step: &Step, outputs: &IndexMap<Name, String>) -> StepScope {
    let dir = request.layout.artifacts_inside(&NodeId::new(step.name.clone(), None));
    let path = |output: &String| match step.matrix.is_empty() {
        true => dir.join(output).to_string(),
        false => dir.to_string(),
    };
    StepScope {
        outputs: outputs.iter().map(|(name, output)| (name.clone(), path(output))).collect(),
        status: None,
    }
}

/// The scope of one cell.
pub(super) fn cell(base: &Scope, matrix: &IndexMap<Name, Value>) -> Scope {
    Scope { matrix: matrix.clone(), ..base.clone() }
}
