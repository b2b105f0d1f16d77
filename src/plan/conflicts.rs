use std::collections::{BTreeSet, HashMap};

use super::request::{PlanError, Request};
use crate::domain::{Node, NodeId, TableWrite};

/// Two nodes that write the same rows while neither waits for the other: which of them is read in the end would be
/// chance. Where both have a `when`, it may well be that only one of them ever runs.
pub(super) fn refuse_conflicts(request: &Request<'_>, nodes: &[Node]) -> Result<(), PlanError> {
    let writes: Vec<(usize, &TableWrite)> = nodes
        .iter()
        .enumerate()
        .flat_map(|(index, node)| {
            node.outputs.values().filter_map(move |out| Some((index, out.table.as_ref()?)))
        })
        .collect();
    if writes.len() < 2 {
        return Ok(());
    }
    let before = before(nodes);
    for (at, (index, write)) in writes.iter().enumerate() {
        for (other, earlier) in &writes[..at] {
            let (one, two) = (&nodes[*other], &nodes[*index]);
            let ordered = before[*index].contains(&one.id) || before[*other].contains(&two.id);
            let either = one.when.is_some() && two.when.is_some();
            if one.id != two.id && same_rows(earlier, write) && !ordered && !either {
                return Err(PlanError {
                    file: request.workflow.file.clone(),
                    span: None,
                    message: format!(
                        "`{}` and `{}` both write {}, and neither waits for the other",
                        one.id,
                        two.id,
                        told(earlier, write)
                    ),
                    help: format!(
                        "give each a table or partition of its own, or let one wait: needs: [{}]",
                        one.id.step
                    ),
                });
            }
        }
    }
    Ok(())
}

fn same_rows(one: &TableWrite, two: &TableWrite) -> bool {
    let apart = matches!((&one.partition, &two.partition), (Some(one), Some(two)) if one != two);
    one.table == two.table && !apart
}

fn told(one: &TableWrite, two: &TableWrite) -> String {
    match (&one.partition, &two.partition) {
        (Some((column, value)), Some(_)) => format!("{} where {column} = {value}", one.table),
        _ => one.table.to_string(),
    }
}

/// What each node waits for, near or far. Nodes come in the order in which they may run.
fn before(nodes: &[Node]) -> Vec<BTreeSet<&NodeId>> {
    let mut known: HashMap<&NodeId, usize> = HashMap::new();
    let mut before: Vec<BTreeSet<&NodeId>> = Vec::new();
    for (index, node) in nodes.iter().enumerate() {
        let mut all: BTreeSet<&NodeId> = node.needs.iter().map(|need| &need.node).collect();
        for need in &node.needs {
            all.extend(known.get(&need.node).into_iter().flat_map(|at| before[*at].iter().copied()));
        }
        before.push(all);
        known.insert(&node.id, index);
    }
    before
}
