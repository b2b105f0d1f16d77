use std::collections::{BTreeSet, HashMap};

use indexmap::IndexMap;

use super::named_params::named_params;
use super::request::{NoSource, PlanError, Request, Selection};
use crate::domain::{Mentions, Name, Node, NodeId, Taken};

/// Keeps what is to run, and takes over from earlier runs what it reads.
pub(super) fn select(request: &Request<'_>, nodes: Vec<Node>) -> Result<Vec<Node>, PlanError> {
    let (start, alone) = match (&request.selection, &request.use_case) {
        (Selection::All, None) => return Ok(nodes),
        (Selection::All, Some(_)) => (None, false),
        (Selection::Changed(params), _) => return select_changed(request, nodes, params),
        (Selection::From(step), _) => (Some(step), false),
        (Selection::Only(step), _) => (Some(step), true),
    };
    let cast = cast(request, &nodes);
    let mut run = match start {
        None => cast.clone(),
        Some(start) => {
            refuse_outside(request, &nodes, &cast, start)?;
            let run = if alone { BTreeSet::from([start.clone()]) } else { downstream(&nodes, start) };
            run.intersection(&cast).cloned().collect()
        }
    };
    let inside = read_by(&nodes, &run, |step| cast.contains(step));
    if let Some((missing, reader)) = inside.iter().find(|(read, _)| request.earlier.with(read).is_none()) {
        let why = request.earlier.lacks(missing);
        let message = format!("`{reader}` reads what `{missing}` makes, and {why}");
        let help = start.map(|start| help(request, &nodes, start)).unwrap_or_default();
        return Err(error(request, message, help));
    }
    let inside: BTreeSet<NodeId> = inside.into_keys().cloned().collect();
    if start.is_some() && !alone {
        // Nobody reads them here, yet without them a run that lacks steps would end well.
        let cast_nodes = nodes.iter().filter(|node| cast.contains(&node.id.step));
        let lacking = cast_nodes.filter(|node| request.earlier.with(&node.id).is_none());
        let more: BTreeSet<Name> = lacking.flat_map(|node| downstream(&nodes, &node.id.step)).collect();
        run.extend(more.intersection(&cast).cloned());
    }
    let outside = take_from_source(request, &nodes, &run, &cast)?;
    let mut kept = Vec::new();
    for mut node in nodes {
        if run.contains(&node.id.step) {
            kept.push(node);
        } else if let Some(taken) = outside.get(&node.id) {
            take(&mut node, taken.clone());
            kept.push(node);
        } else if cast.contains(&node.id.step)
            && let Some(taken) = request.earlier.with(&node.id)
            && (!alone || inside.contains(&node.id))
        {
            take(&mut node, taken);
            kept.push(node);
        }
    }
    Ok(forget_missing(kept))
}

/// What a parameter changes is made anew; the rest is taken over, as far as the earlier run has it.
fn select_changed(request: &Request<'_>, nodes: Vec<Node>, params: &[Name]) -> Result<Vec<Node>, PlanError> {
    let cast = cast(request, &nodes);
    let changed = nodes
        .iter()
        .filter(|node| cast.contains(&node.id.step))
        .filter(|node| params_of(request, node).any_of(params) || request.earlier.with(&node.id).is_none());
    let run: BTreeSet<Name> = changed.flat_map(|node| downstream(&nodes, &node.id.step)).collect();
    let run: BTreeSet<Name> = run.intersection(&cast).cloned().collect();
    let outside = take_from_source(request, &nodes, &run, &cast)?;
    let mut kept = Vec::new();
    for mut node in nodes {
        if !run.contains(&node.id.step) {
            let earlier = || request.earlier.with(&node.id).filter(|_| cast.contains(&node.id.step));
            let Some(taken) = outside.get(&node.id).cloned().or_else(earlier) else { continue };
            take(&mut node, taken);
        }
        kept.push(node);
    }
    Ok(forget_missing(kept))
}

/// The parameters that a node's work may depend on.
pub(super) fn params_of(request: &Request<'_>, node: &Node) -> Mentions {
    let Some(step) = request.workflow.steps.get(&node.id.step) else { return Mentions::Any };
    let operator = node.operator.as_ref().and_then(|operator| request.operators.get(operator));
    named_params(request, step, operator, node)
}

/// The steps that this run is made of; what others make comes from another run.
pub(super) fn cast(request: &Request<'_>, nodes: &[Node]) -> BTreeSet<Name> {
    match &request.use_case {
        Some(case) => case.components.iter().cloned().collect(),
        None => nodes.iter().map(|node| node.id.step.clone()).collect(),
    }
}

/// What is run reads of components that are no part of the use case, with the run that gives it: one for all, for what
/// two runs made does not belong together.
fn take_from_source(
    request: &Request<'_>,
    nodes: &[Node],
    run: &BTreeSet<Name>,
    cast: &BTreeSet<Name>,
) -> Result<HashMap<NodeId, Taken>, PlanError> {
    let read = read_by(nodes, run, |step| !cast.contains(step));
    let Some((first, reader)) = read.first() else { return Ok(HashMap::new()) };
    let ids: Vec<NodeId> =
        nodes.iter().filter(|node| read.contains_key(&node.id)).map(|node| node.id.clone()).collect();
    match request.source.with(&ids) {
        Ok(taken) => Ok(ids.into_iter().map(|id| (id, taken.clone())).collect()),
        Err(NoSource { why, help }) => {
            let message = format!("`{reader}` reads what `{first}` makes, and {why}");
            let name = &request.workflow.name;
            let made = request.workflow.blueprint.as_ref().and_then(|blueprint| {
                let makes = |components: &Vec<Name>| ids.iter().all(|id| components.contains(&id.step));
                blueprint.use_cases.iter().find(|(_, components)| makes(components))
            });
            let help = help
                .or(made.map(|(case, _)| format!("make it first: greenroom run {name} --use-case {case}")));
            Err(error(request, message, help.unwrap_or_default()))
        }
    }
}

fn refuse_outside(
    request: &Request<'_>,
    nodes: &[Node],
    cast: &BTreeSet<Name>,
    start: &Name,
) -> Result<(), PlanError> {
    let name = &request.workflow.name;
    if !nodes.iter().any(|node| node.id.step == *start) {
        let steps: Vec<&str> = request.workflow.steps.keys().map(Name::as_str).collect();
        let help = format!("its steps are {}", steps.join(", "));
        return Err(error(request, format!("{name} has no step `{start}`"), help));
    }
    match &request.use_case {
        Some(case) if !cast.contains(start) => {
            let parts: Vec<&str> = case.components.iter().map(Name::as_str).collect();
            let message = format!("`{start}` is no part of the use case {}", case.name);
            Err(error(
                request,
                message,
                format!("it runs {}; name another with --use-case", parts.join(", ")),
            ))
        }
        _ => Ok(()),
    }
}

/// What the steps that are run read of those others that are of interest, and who reads it first.
fn read_by<'a>(
    nodes: &'a [Node],
    run: &BTreeSet<Name>,
    of_interest: impl Fn(&Name) -> bool,
) -> IndexMap<&'a NodeId, &'a NodeId> {
    let mut read = IndexMap::new();
    for node in nodes.iter().filter(|node| run.contains(&node.id.step)) {
        let inputs = node
            .needs
            .iter()
            .filter(|need| need.by_input && !run.contains(&need.node.step) && of_interest(&need.node.step));
        for need in inputs {
            read.entry(&need.node).or_insert(&node.id);
        }
    }
    read
}

/// The shortest run that has `start` in it and all that is read: from another step, or else the whole workflow.
fn help(request: &Request<'_>, nodes: &[Node], start: &Name) -> String {
    if let Some(instead) = request.earlier.instead(start) {
        return instead;
    }
    let name = &request.workflow.name;
    let case = request.use_case.as_ref().map(|case| format!(" --use-case {}", case.name)).unwrap_or_default();
    let from = request
        .workflow
        .steps
        .keys()
        .map(|step| (step, downstream(nodes, step)))
        .filter(|(_, run)| run.contains(start) && run.len() < request.workflow.steps.len())
        .filter(|(_, run)| {
            read_by(nodes, run, |_| true).keys().all(|read| request.earlier.with(read).is_some())
        })
        .min_by_key(|(_, run)| run.len());
    let first = match from {
        Some((step, _)) => {
            format!("begin earlier, so that it is made (greenroom run {name}{case} --from {step})")
        }
        None => format!("run all of it first (greenroom run {name}{case}), with these parameters"),
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
