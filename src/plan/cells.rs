use indexmap::IndexMap;

use crate::domain::{CellId, Name, NodeId, Step, Value};

/// The cells of a step, in the order of its matrix; one without a cell where it has none.
pub(super) fn cells(step: &Step) -> Vec<(NodeId, IndexMap<Name, Value>)> {
    if step.matrix.is_empty() {
        return vec![(NodeId::new(step.name.clone(), None), IndexMap::new())];
    }
    let mut product: Vec<IndexMap<Name, Value>> = vec![IndexMap::new()];
    for (name, values) in &step.matrix {
        product = product
            .iter()
            .flat_map(|cell| {
                values.iter().map(|value| {
                    let mut cell = cell.clone();
                    cell.insert(name.clone(), value.clone());
                    cell
                })
            })
            .collect();
    }
    product
        .into_iter()
        .map(|cell| (NodeId::new(step.name.clone(), Some(CellId::of(cell.values()))), cell))
        .collect()
}
