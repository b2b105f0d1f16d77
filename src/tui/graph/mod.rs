//! The steps as boxes with lines between them, or, where that has no room, as a list.

mod boxes;
mod canvas;
mod rows;

use ratatui::layout::Rect;

use super::paint::Paint;
use crate::app::{Graph, StepState};
use crate::domain::Status;
use crate::domain::text::{truncate, width};

/// Cells that are shown each; of more, only how many stand how.
const CELLS: usize = 8;
/// Columns that a name gets at least.
const NAME: usize = 4;

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

/// What stands in a node, such as `✓ delays 1.2s`, in so many columns: how its cells stand is told sooner than the end of a
/// long name.
fn label(graph: &Graph, states: &[StepState], node: usize, room: usize) -> String {
    let state = &states[node];
    let symbol = match state.status {
        _ if state.taken => "↺",
        _ if state.waits => "↻",
        status => status.map_or("·", Status::symbol),
    };
    let step = graph.nodes[node].step.as_str();
    let matrix = match state.cells.len() {
        0 | 1 => String::new(),
        ..=CELLS => format!(" {}", state.cells.iter().copied().map(sign).collect::<String>()),
        _ => counts(&state.cells),
    };
    let left = room.saturating_sub(width(&matrix) + 2).max(NAME);
    truncate(&format!("{symbol} {}{matrix}", truncate(step, left)), room).into_owned()
}

fn sign(cell: Option<Status>) -> &'static str {
    cell.map_or("·", Status::symbol)
}

/// How many cells stand how, such as ` 3✗ 7✓`: first what somebody has to look at.
fn counts(cells: &[Option<Status>]) -> String {
    let order = [
        Some(Status::Failed),
        Some(Status::Running),
        Some(Status::Interrupted),
        Some(Status::Cancelled),
        Some(Status::Succeeded),
        Some(Status::Skipped),
        None,
    ];
    let told = order.into_iter().filter_map(|status| {
        let count = cells.iter().filter(|cell| **cell == status).count();
        (count > 0).then(|| format!(" {count}{}", sign(status)))
    });
    told.collect()
}
