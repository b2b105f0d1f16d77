//! The steps as boxes with lines between them, or, where that has no room, as a list.

mod boxes;
mod canvas;
mod rows;

use ratatui::layout::Rect;

use super::paint::Paint;
use crate::app::{Graph, StepState};
use crate::domain::Status;

/// Cells that are shown each; of more, only how many are done.
const CELLS: usize = 8;

/// `states`: of each node.
pub(super) fn draw(
    graph: &Graph,
    states: &[StepState],
    selected: usize,
    focused: bool,
    paint: &mut Paint<'_>,
    area: Rect,
) {
    match boxes::lay_out(graph, states, area) {
        Some(drawing) => boxes::draw(graph, states, &drawing, selected, focused, paint, area),
        None => rows::draw(graph, states, selected, focused, paint, area),
    }
}

/// What stands in a node, such as `✓ delays 1.2s`.
fn label(graph: &Graph, states: &[StepState], node: usize) -> String {
    let state = &states[node];
    let symbol = if state.taken { "↺" } else { state.status.map_or("·", |status| status.symbol()) };
    let step = &graph.nodes[node].step;
    let cells = &state.cells;
    let matrix = match cells.len() {
        0 | 1 => String::new(),
        ..=CELLS => {
            let symbol = |cell: &Option<Status>| cell.map_or("·", |status| status.symbol());
            format!(" {}", cells.iter().map(symbol).collect::<String>())
        }
        count => {
            let done = cells.iter().filter(|status| status.is_some_and(|status| status.is_over())).count();
            format!(" {done}/{count}")
        }
    };
    format!("{symbol} {step}{matrix}")
}
