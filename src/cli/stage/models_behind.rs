use std::collections::{BTreeSet, HashSet};

use super::remote::fetch_source;
use crate::cli::UserError;
use crate::domain::{Node, NodeId, OutputType, Plan, RunLayout, Taken, Token};
use crate::store::{Origin, OwnRuns, RunRef, Runs};

pub fn makes_model(node: &Node) -> bool {
    node.outputs.values().any(|output| output.kind == OutputType::Model)
}

/// The runs that made the models on which a node's outputs rest, by its inputs and by the plans of the runs that those
/// were taken from. Where one cannot be read, it is the last that is known.
pub fn models_behind(
    (runs, own): (&Runs, &OwnRuns),
    (plan, origin): (&Plan, Origin),
    node: &NodeId,
) -> BTreeSet<Token> {
    let (mut models, mut seen) = (BTreeSet::new(), HashSet::new());
    let mut open = look_into(plan, origin, node, &mut models);
    while let Some((taken, node, origin)) = open.pop() {
        if !seen.insert((taken.token, node.clone())) {
            continue;
        }
        let layout = source(runs, &taken, origin).ok().flatten();
        match layout.and_then(|layout| own.plan(&layout).ok()) {
            Some((plan, origin)) => open.extend(look_into(&plan, origin, &node, &mut models)),
            None => {
                models.insert(taken.token);
            }
        }
    }
    models
}

/// Where that lies which a run took over; None where nobody knows. The record of a run from elsewhere may name any folder
/// as its source: it is looked for by its token.
pub fn source(runs: &Runs, taken: &Taken, origin: Origin) -> Result<Option<RunLayout>, UserError> {
    if origin == Origin::Here {
        return Ok(Some(RunLayout::at(&taken.path)));
    }
    let Ok(found) = runs.find(&RunRef::Token(taken.token)) else { return Ok(None) };
    fetch_source(&found)?;
    Ok(Some(RunLayout::at(&found.path)))
}

/// Adds the run where it made the model itself; answers what is to be looked for in other runs.
fn look_into(
    plan: &Plan,
    origin: Origin,
    node: &NodeId,
    models: &mut BTreeSet<Token>,
) -> Vec<(Taken, NodeId, Origin)> {
    let (mut behind, mut elsewhere) = (BTreeSet::from([node]), Vec::new());
    // Each comes after what it needs.
    for node in plan.nodes.iter().rev() {
        if !behind.contains(&node.id) {
            continue;
        }
        match &node.taken {
            Some(taken) => elsewhere.push((taken.clone(), node.id.clone(), origin)),
            None if makes_model(node) => {
                models.insert(plan.token);
            }
            None => behind.extend(node.needs.iter().filter(|need| need.by_input).map(|need| &need.node)),
        }
    }
    elsewhere
}
