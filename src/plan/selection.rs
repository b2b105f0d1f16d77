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
    let mut run = if alone { BTreeSet::from([start.clone()]) } else { downstream(&nodes, start) };
    let read = read_by(&nodes, &run);
    if let Some((missing, reader)) = read.iter().find(|(read, _)| request.earlier.with(read).is_none()) {
        return Err(error(
            request,
            format!(
                "`{reader}` reads what `{missing}` makes, and {}",
                match request.earlier.named() {
                    Some(run) => format!("run {run} does not have it as it was made"),
                    None => "no earlier run with these parameters has it".to_owned(),
                }
            ),
            help(request, &nodes, start),
        ));
    }
    let read: BTreeSet<NodeId> = read.into_keys().cloned().collect();
    if !alone {
        // Nobody reads them here, yet without them a run that lacks steps would end well.
        let lacking = nodes.iter().filter(|node| request.earlier.with(&node.id).is_none());
        run = lacking.flat_map(|node| downstream(&nodes, &node.id.step)).chain(run).collect();
    }
    let mut kept = Vec::new();
    for mut node in nodes {
        if run.contains(&node.id.step) {
            kept.push(node);
            continue;
        }
        if let Some(taken) = request.earlier.with(&node.id)
            && (!alone || read.contains(&node.id))
        {
            take(&mut node, taken);
            kept.push(node);
        }
    }
    Ok(forget_missing(kept))
}

/// What the steps that are run read of the others, and who reads it first.
fn read_by<'a>(nodes: &'a [Node], run: &BTreeSet<Name>) -> IndexMap<&'a NodeId, &'a NodeId> {
    let mut read = IndexMap::new();
    for node in nodes.iter().filter(|node| run.contains(&node.id.step)) {
        let inputs = node.needs.iter().filter(|need| need.by_input && !run.contains(&need.node.step));
        for need in inputs {
            read.entry(&need.node).or_insert(&node.id);
        }
    }
    read
}

/// The shortest run that has `start` in it and all that is read: from another step, or else the whole workflow.
fn help(request: &Request<'_>, nodes: &[Node], start: &Name) -> String {
    let name = &request.workflow.name;
    let from = request
        .workflow
        .steps
        .keys()
        .map(|step| (step, downstream(nodes, step)))
        .filter(|(_, run)| run.contains(start) && run.len() < request.workflow.steps.len())
        .filter(|(_, run)| read_by(nodes, run).keys().all(|read| request.earlier.with(read).is_some()))
        .min_by_key(|(_, run)| run.len());
    let first = match from {
        Some((step, _)) => format!("begin earlier, so that it is made (greenroom run {name} --from {step})"),
        None => format!("run the whole workflow first (greenroom run {name})"),
    };
    let named = if request.earlier.named().is_some() { "another run" } else { "the run" };
    format!("{first}, or name {named} to take it from with --inputs-from")
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
