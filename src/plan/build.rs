use std::collections::HashMap;

use indexmap::IndexMap;

use super::conflicts::refuse_conflicts;
use super::node::nodes_of;
use super::order::order;
use super::request::{PlanError, Request};
use super::selection::{Needs, cast, params_of, select};
use super::{scope, with};
use crate::domain::{Action, Mentions, Name, Node, NodeId, Plan, Scope, Step, Template, Templates};

/// Everything that can be known of a run before it starts.
pub fn build(request: &Request<'_>) -> Result<Plan, PlanError> {
    let workflow = request.workflow;
    let nodes = select(request, every_node(request)?)?;
    let warehouse = request.project.environments.get(&request.env).and_then(|env| env.warehouse.clone());
    Ok(Plan {
        greenroom: 1,
        token: request.token,
        project: request.project.name.clone(),
        env: request.env.clone(),
        name: workflow.name.clone(),
        version: workflow.version,
        kind: workflow.kind,
        use_case: request.use_case.as_ref().map(|case| case.name.clone()),
        file: workflow.file.clone(),
        params: request.params.clone(),
        tree: request.tree.clone(),
        warehouse,
        images: request.images.clone(),
        services: request.services.clone(),
        taken_params: Vec::new(),
        nodes,
    })
}

/// Which of these parameters no step of the use case asks for: whatever their values, the run is the same.
pub fn unread(request: &Request<'_>, params: &[Name]) -> Result<Vec<Name>, PlanError> {
    if params.is_empty() {
        return Ok(Vec::new());
    }
    let nodes = every_node(request)?;
    let cast = cast(request, &nodes);
    let mut named = Mentions::default();
    for node in nodes.iter().filter(|node| cast.contains(&node.id.step)) {
        named.add(params_of(request, node));
    }
    Ok(params.iter().filter(|name| !named.any_of(std::slice::from_ref(name))).cloned().collect())
}

/// Which parameters nothing that is run asks for: their values tell of what is taken over, if of anything.
pub fn untouched(request: &Request<'_>, plan: &Plan) -> Vec<Name> {
    let mut named = Mentions::default();
    for node in plan.nodes.iter().filter(|node| node.taken.is_none()) {
        named.add(params_of(request, node));
    }
    plan.params.keys().filter(|name| !named.any_of(std::slice::from_ref(name))).cloned().collect()
}

/// Which parameters what each step of the workflow leaves may depend on: those that it asks for, or a step before it.
pub fn reaching(request: &Request<'_>) -> Result<HashMap<NodeId, Mentions>, PlanError> {
    let mut reaching: HashMap<NodeId, Mentions> = HashMap::new();
    for node in every_node(request)? {
        let mut named = params_of(request, &node);
        node.needs.iter().filter_map(|need| reaching.get(&need.node)).for_each(|by| named.add(by.clone()));
        reaching.insert(node.id, named);
    }
    Ok(reaching)
}

/// The nodes of the whole workflow, each after what it needs.
fn every_node(request: &Request<'_>) -> Result<Vec<Node>, PlanError> {
    let workflow = request.workflow;
    let needs: Needs =
        workflow.steps.values().map(|step| (step.name.clone(), needs(step, request.templates))).collect();
    let base: Scope = scope::base(request);
    let mut known = HashMap::new();
    let mut nodes = Vec::new();
    for step in order(&workflow.steps, &needs) {
        // Only what it may read: a copy of all would take the square of the steps' number.
        let read = needs[&step.name].keys();
        let steps = read.filter_map(|name| Some((name.clone(), known.get(name).cloned()?))).collect();
        let scope = Scope { steps, ..base.clone() };
        let made = nodes_of(request, step, &needs, &scope)?;
        let outputs = made.first().map(|node| {
            node.outputs.iter().map(|(name, output)| (name.clone(), output.path.clone())).collect()
        });
        known.insert(&step.name, scope::step(request, step, &outputs.unwrap_or_default()));
        nodes.extend(made);
    }
    refuse_conflicts(request, &nodes)?;
    Ok(nodes)
}

/// What a step waits for: what it says, and the steps whose outputs it reads (`true`).
pub fn needs(step: &Step, names: &dyn Templates) -> IndexMap<Name, bool> {
    let mut needs: IndexMap<_, bool> = step.needs.iter().map(|need| (need.clone(), false)).collect();
    for template in templates(step) {
        for (read, _) in names.reads(&template) {
            needs.insert(read, true);
        }
    }
    if let Some(when) = &step.when {
        for named in names.names_status_of(when) {
            needs.entry(named).or_insert(false);
        }
    }
    needs
}

fn templates(step: &Step) -> Vec<Template> {
    let mut found: Vec<Template> = step.inputs.values().chain(step.env.values()).cloned().collect();
    if let Action::Uses { with: given, .. } = &step.action {
        found.extend(with::templates(given));
    }
    found
}
