use std::collections::BTreeSet;

use super::build::needs;
use super::cells::cells;
use super::order::order;
use super::selection::Needs;
use crate::domain::{Name, NodeId, Templates, Workflow};

/// What some steps of a workflow read of the others, in an order in which those run.
pub fn outside(workflow: &Workflow, steps: &[Name], templates: &dyn Templates) -> Vec<NodeId> {
    let needs: Needs =
        workflow.steps.values().map(|step| (step.name.clone(), needs(step, templates))).collect();
    let of_these = steps.iter().filter_map(|step| needs.get(step)).flatten();
    let read: BTreeSet<&Name> = of_these
        .filter(|(read, by_input)| **by_input && !steps.contains(read))
        .map(|(read, _)| read)
        .collect();
    let read = order(&workflow.steps, &needs).into_iter().filter(|step| read.contains(&step.name));
    read.flat_map(cells).map(|(node, _)| node).collect()
}
