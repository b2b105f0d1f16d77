use std::collections::{BTreeSet, HashMap};

use indexmap::IndexMap;

use super::request::{PlanError, Request, Selection};
use crate::domain::{Name, Node, NodeId, Taken};

/// Keeps what is to run, and takes over from earlier runs what it reads.
pub(super) fn select(request: &Request<'_>, nodes: Vec<Node>) -> Result<Vec<Node>, PlanError> {
    let (start, alone) = match &request.selection {
        Selection::All => return Ok(nodes),
        Selection::From(step) => (step, false),
        Selection::Only(step) => (step, true),
    };
    if !nodes.iter().any(|node| node.id.step == *start) {
        let steps: Vec<&str> = request.workflow.steps.keys().map(Name::as_str).collect();
        return Err(error(
            request,
            format!("{} has no step `{start}`", request.workflow.name),
            format!("its steps are {}", steps.join(", ")),
        ));
    }
    let run = if alone { BTreeSet::from([start.clone()]) } else { downstream(&nodes, start) };
    let read: BTreeSet<NodeId> = nodes
        .iter()
        .filter(|node| run.contains(&node.id.step))
        .flat_map(|node| node.needs.iter().filter(|need| need.by_input).map(|need| need.node.clone()))
        .collect();
    let mut kept = Vec::new();
    for mut node in nodes {
        if run.contains(&node.id.step) {
            kept.push(node);
            continue;
        }
        match (request.earlier.with(&node.id), read.contains(&node.id)) {
            (Some(taken), read) if read || !alone => {
                take(&mut node, taken);
                kept.push(node);
            }
            (None, true) => {
                return Err(error(
                    request,
                    format!(
                        "`{start}` reads what `{}` makes, and no earlier run with these parameters has it",
                        node.id
                    ),
                    format!(
                        "run the whole workflow first (greenroom run {}), or name the run to take it from with --inputs-from",
                        request.workflow.name
                    ),
                ));
            }
            _ => {}
        }
    }
    Ok(forget_missing(kept))
}

fn take(node: &mut Node, taken: Taken) {
    node.taken = Some(taken);
    node.needs.clear();
    node.when = None;
    node.when_status_of.clear();
}

/// A need on a step that is not part of the plan is met.
fn forget_missing(mut nodes: Vec<Node>) -> Vec<Node> {
    let kept: BTreeSet<NodeId> = nodes.iter().map(|node| node.id.clone()).collect();
    for node in &mut nodes {
        node.needs.retain(|need| kept.contains(&need.node));
    }
    nodes
}

fn downstream(nodes: &[Node], start: &Name) -> BTreeSet<Name> {
    let mut dependents: HashMap<&Name, BTreeSet<&Name>> = HashMap::new();
    for node in nodes {
        for need in &node.needs {
            dependents.entry(&need.node.step).or_default().insert(&node.id.step);
        }
    }
    let mut found = BTreeSet::new();
    let mut open = vec![start];
    while let Some(step) = open.pop() {
        if found.insert(step.clone()) {
            open.extend(dependents.get(step).into_iter().flatten().copied());
        }
    }
    found
}

fn error(request: &Request<'_>, message: String, help: String) -> PlanError {
    PlanError { file: request.workflow.file.clone(), span: None, message, help }
}

/// Step → the steps it needs, and whether by an input.
pub(super) type Needs = IndexMap<Name, IndexMap<Name, bool>>;
