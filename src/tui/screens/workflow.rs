use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::Line;

use super::super::paint::Paint;
use super::super::{Role, graph};
use super::{clock, detail, role_of};
use crate::app::{Hit, Model, Pane, StepState};
use crate::domain::{Doubts, NodeTally, part_told, show_duration};

/// From so many columns on the graph stands beside its detail, and not above it.
const WIDE: u16 = 76;

/// Below so many rows only the pane with the keys is shown where both do not stand beside each other.
const TALL: u16 = 8;

/// A workflow, or a run of it: the graph, and what there is of the selected step.
pub fn workflow(model: &Model, paint: &mut Paint<'_>, area: Rect) {
    let screen = &model.workflow;
    if screen.name.is_none() {
        let told = "no workflow is open: choose one on the board";
        return paint.line(area, Line::from(paint.look.span(Role::Dim, told)));
    }
    let [head, body] = Layout::vertical([Constraint::Length(1), Constraint::Min(1)]).areas(area);
    title(model, paint, head);
    if screen.full {
        return detail::detail(model, paint, body);
    }
    let [left, right] = match body.width >= WIDE {
        // One above the other they need some rows each.
        false if body.height < TALL && screen.pane == Pane::Graph => [body, Rect::ZERO],
        false if body.height < TALL => [Rect::ZERO, body],
        true => Layout::horizontal([Constraint::Percentage(42), Constraint::Percentage(58)]).areas(body),
        false => Layout::vertical([Constraint::Percentage(45), Constraint::Percentage(55)]).areas(body),
    };
    let inside = paint.block(left, "steps", screen.pane == Pane::Graph);
    paint.hit(left, Hit::Pane(0));
    let states = states(model);
    graph::draw(&screen.graph, &states, screen.selected, screen.pane == Pane::Graph, paint, inside);
    if screen.pane == Pane::Graph {
        paint.seen.page = inside.height.into();
    }
    paint.hit(right, Hit::Pane(1));
    detail::detail(model, paint, right);
}

/// How each node of the graph stands, in its order.
fn states(model: &Model) -> Vec<StepState> {
    let screen = &model.workflow;
    let Some(live) = &screen.live else { return vec![StepState::default(); screen.graph.nodes.len()] };
    let tally = live.tally(model.now);
    screen.graph.nodes.iter().map(|node| live.step(&tally, &node.cells)).collect()
}

fn title(model: &Model, paint: &mut Paint<'_>, area: Rect) {
    let (look, screen) = (paint.look, &model.workflow);
    let name = screen.name.clone().unwrap_or_default();
    let mut spans = vec![look.span(Role::Strong, format!(" {name} "))];
    match &screen.live {
        Some(live) => {
            let (run, status) = (&live.past.run, live.status());
            if let Some(case) = &run.use_case {
                spans.push(look.span(Role::Text, format!("{case} ")));
            }
            if let Some(part) = part_told(run.only.as_ref()) {
                spans.push(look.span(Role::Warn, format!("{part} ")));
            }
            spans.push(look.span(Role::Dim, format!("{}  ", run.version)));
            spans.push(look.span(Role::Accent, format!("run {}  ", run.token.short())));
            let tally = live.tally(model.now);
            let told = format!("{} {}", status.symbol(), tally.told(status));
            spans.push(look.span(role_of(Some(status)), told));
            let doubts = model.doubted.of(run.token).and_then(Doubts::word);
            let doubts = doubts.map(|word| format!("  ! {word}")).unwrap_or_default();
            let foreign = model.why_foreign(&live.past).map(|_| "  foreign").unwrap_or_default();
            spans.push(look.span(Role::Warn, doubts + foreign));
            let took = live.took(model.now).map(show_duration).unwrap_or_default();
            let taken = live.plan.nodes.iter().filter(|node| node.taken.is_some()).count();
            let took = match taken {
                0 => took,
                taken => {
                    let ended = |node: &&NodeTally| node.attempts > 0 && node.underway.is_none();
                    let ran = tally.nodes.values().filter(ended).count();
                    format!("{took}  {ran} ran, {taken} taken")
                }
            };
            let began = clock(run.started_at, model.now, &model.zone);
            spans.push(look.span(Role::Dim, format!("  {took}  {began}  ")));
            spans.push(look.span(Role::Dim, model.history.differing.told(run)));
        }
        None if screen.run.is_some() => spans.push(look.span(Role::Dim, "reading the run …")),
        None => spans.push(look.span(Role::Dim, "has not run yet")),
    }
    paint.line_cut(area, Line::from(spans));
}
