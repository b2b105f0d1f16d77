use ratatui::layout::Rect;
use ratatui::text::Line;

use super::super::Role;
use super::super::list::window;
use super::super::paint::Paint;
use super::super::screens::role_of;
use super::label;
use crate::app::{Graph, Hit, StepState};
use crate::domain::figures::seconds;
use crate::domain::text::{pad, pad_left};

/// Columns of a step's time.
const TIME: usize = 7;

/// One step a line, from the first layer to the last; beside it stands what the selected one waits for (▲) and who waits
/// for it (▼).
pub fn draw(
    graph: &Graph,
    states: &[StepState],
    selected: usize,
    focused: bool,
    paint: &mut Paint<'_>,
    area: Rect,
) {
    paint.seen.listed = true;
    let order = graph.in_order();
    let position = order.iter().position(|node| *node == selected).unwrap_or(0);
    let names = usize::from(area.width).saturating_sub(TIME + 3);
    for (row, index) in area.rows().zip(window(position, order.len(), area.height.into())) {
        let (look, node) = (paint.look, order[index]);
        let mark = match node {
            _ if graph.nodes.get(selected).is_some_and(|other| other.needs.contains(&node)) => "▲ ",
            _ if graph.nodes[node].needs.contains(&selected) => "▼ ",
            _ => "  ",
        };
        let state = &states[node];
        let time = if state.seconds > 0.0 { seconds(state.seconds) } else { String::new() };
        let name = label(graph, states, node, names);
        let line = Line::from(vec![
            look.span(Role::Focus, mark),
            look.span(role_of(state.status), pad(&name, names)),
            look.span(Role::Dim, pad_left(&time, TIME)),
        ]);
        paint.line(row, line);
        paint.hit(row, Hit::Node(node));
        if node == selected {
            paint.select(row, focused);
        }
    }
}
