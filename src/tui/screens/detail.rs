use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::Line;

use super::super::Role;
use super::super::list::window;
use super::super::paint::Paint;
use super::{log, machine, moment, role_of, spec};
use crate::app::{LiveRun, Model, Pane, Tab};
use crate::domain::figures::{counted, seconds, size};
use crate::domain::text::{safe, truncate_front, width, wrapped};
use crate::domain::{Doubts, Node, NodeTally, Status, located};

/// What there is of the selected step, in tabs.
pub fn detail(model: &Model, paint: &mut Paint<'_>, area: Rect) {
    let screen = &model.workflow;
    let focused = screen.pane == Pane::Detail;
    let inside = paint.block(area, screen.title().unwrap_or_default(), focused);
    let [head, body] = Layout::vertical([Constraint::Length(1), Constraint::Min(0)]).areas(inside);
    paint.tabs(head, &Tab::ALL.map(|tab| (tab.title(), tab == screen.tab)));
    match (&screen.live, screen.tab) {
        (_, Tab::Spec) => spec::spec(model, paint, body),
        (None, _) => unrun(model, "it has not run yet", paint, body),
        (Some(live), _) if screen.node().is_some_and(|id| live.node(id).is_none()) => {
            unrun(model, "it was not part of this run", paint, body);
        }
        (Some(_), Tab::Log) => log::log(model, paint, body),
        (Some(live), tab) => {
            let Some((node, tally)) = screen.node().and_then(|id| live.node(id)) else { return };
            match tab {
                Tab::Data => data(model, live, (node, tally), paint, body),
                Tab::Machine => machine::machine(model, node, tally, paint, body),
                _ => attempts(model, live, node, paint, body),
            }
        }
    }
}

/// Of what has not run, the spec says what a step is; or what is wrong with it, which keeps it from running.
fn unrun(model: &Model, why: &str, paint: &mut Paint<'_>, area: Rect) {
    let screen = &model.workflow;
    let known =
        model.project.get().and_then(|project| Some((project, project.workflow(screen.name.as_deref()?)?)));
    let step = known.and_then(|(_, flow)| flow.spec.as_ref()?.steps.get(&screen.node()?.step));
    let mut lines = Vec::new();
    for problem in known.into_iter().flat_map(|(project, flow)| project.errors(&flow.file)) {
        lines.push((Role::Accent, format!("{}:{}:{}", problem.file, problem.span.line, problem.span.column)));
        let room = usize::from(area.width).max(1);
        for (role, text) in [(Role::Bad, &problem.message), (Role::Dim, &problem.help)] {
            lines.extend(text.lines().flat_map(|line| wrapped(line, room)).map(|line| (role, line)));
        }
        lines.push((Role::Dim, String::new()));
    }
    if let Some(step) = step {
        if !step.description.is_empty() {
            lines.push((Role::Text, step.description.clone()));
        }
        let (role, text) = match &step.action {
            crate::domain::Action::Run(script) => (Role::Text, script.clone()),
            crate::domain::Action::Command(argv) => (Role::Text, argv.join(" ")),
            crate::domain::Action::Uses { operator, .. } => (Role::Accent, format!("uses {operator}")),
        };
        lines.extend(text.lines().map(|line| (role, line.to_owned())));
        lines.push((Role::Dim, String::new()));
    }
    lines.push((Role::Dim, why.to_owned()));
    let lines: Vec<Line<'static>> =
        lines.into_iter().map(|(role, text)| Line::from(paint.look.span(role, text))).collect();
    paint.lines(area, lines);
}

/// What it reads, and what it made.
fn data(
    model: &Model,
    live: &LiveRun,
    (node, tally): (&Node, &NodeTally),
    paint: &mut Paint<'_>,
    area: Rect,
) {
    /// Columns of what stands before a name.
    const LEAD: usize = 5;
    let (look, room) = (paint.look, usize::from(area.width));
    let mut lines = Vec::new();
    let files = live.files(&node.id);
    for (index, (name, input)) in node.inputs.keys().zip(&files).enumerate() {
        lines.push((
            Some(index),
            Line::from(vec![
                look.span(Role::Dim, "in   "),
                look.span(Role::Strong, format!("{name}  ")),
                look.span(Role::Dim, path(&input.path, room.saturating_sub(LEAD + width(name.as_str()) + 2))),
            ]),
        ));
    }
    for access in &node.tables {
        lines.push((
            None,
            Line::from(vec![
                look.span(Role::Dim, "table  "),
                look.span(Role::Accent, access.table.to_string()),
            ]),
        ));
    }
    for (index, (name, output)) in (node.inputs.len()..).zip(&tally.outputs) {
        let rows = output.rows.map(|rows| format!(", {}", counted(rows, "row"))).unwrap_or_default();
        let much = format!("{}{rows}", size(output.bytes));
        let left = room.saturating_sub(LEAD + width(name.as_str()) + 2);
        lines.push((
            Some(index),
            Line::from(vec![
                look.span(Role::Good, "out  "),
                look.span(Role::Strong, format!("{name}  ")),
                look.span(Role::Text, format!("{}  ", path(output.path.as_str(), left))),
                look.span(Role::Dim, much),
            ]),
        ));
    }
    if lines.is_empty() {
        let told =
            if node.outputs.is_empty() { "it reads and makes no files" } else { "it has made nothing yet" };
        lines.push((None, Line::from(look.span(Role::Dim, told))));
    }
    if let Some(taken) = &node.taken {
        let told = format!("taken over from run {}: {}", taken.token.short(), taken.why);
        lines.push((None, Line::from(look.span(Role::Dim, told))));
    }
    let doubts = model.doubted.of(live.past.run.token);
    let doubts = doubts.into_iter().flat_map(Doubts::of_steps).filter(|(id, _)| **id == node.id);
    for line in doubts.flat_map(|(_, why)| wrapped(&safe(&format!("! {why}")), room)) {
        lines.push((None, Line::from(look.span(Role::Warn, line))));
    }
    let chosen = model.workflow.scroll.min(files.len().saturating_sub(1));
    let position = lines.iter().position(|(index, _)| *index == Some(chosen)).unwrap_or(0);
    let shown = window(position, lines.len(), area.height.into());
    let focused = model.workflow.pane == Pane::Detail;
    for (row, (index, line)) in area.rows().zip(lines.into_iter().skip(shown.start)) {
        paint.line_cut(row, line);
        if index == Some(chosen) {
            paint.select(row, focused);
        }
    }
}

/// Its end is what tells it from others.
fn path(path: &str, columns: usize) -> String {
    truncate_front(&safe(path), columns).into_owned()
}

/// How it went, and why it ended as it did.
fn attempts(model: &Model, live: &LiveRun, node: &Node, paint: &mut Paint<'_>, area: Rect) {
    let look = paint.look;
    let all = live.tally(model.now);
    let Some(tally) = all.nodes.get(&node.id) else { return };
    let status = tally.status.map_or("has not started", |status| status.as_str());
    let mut lines = vec![Line::from(vec![
        look.span(role_of(tally.status), format!("{}  ", status)),
        look.span(
            Role::Dim,
            format!("{}  {}", counted(tally.attempts.into(), "attempt"), seconds(tally.seconds)),
        ),
    ])];
    if let Some(peak) = tally.peak_memory_bytes {
        lines.push(Line::from(look.span(Role::Dim, format!("memory  {} at most", size(peak)))));
    }
    let again = match live.again_at(&node.id) {
        Some(at) => Some(format!("attempt {} at {}", tally.attempts + 1, moment(at, &model.zone))),
        // Nothing of the kind comes behind its end.
        None if tally.status.is_some_and(Status::is_over) || node.retry.limit == 0 => None,
        None => Some(format!("{} more if it fails", counted(node.retry.limit.into(), "time"))),
    };
    if let Some(again) = again {
        lines.push(Line::from(look.span(Role::Dim, format!("again   {again}"))));
    }
    let room = usize::from(area.width);
    for line in tally.reason.lines().flat_map(|line| wrapped(line, room)) {
        lines.push(Line::from(look.span(Role::Bad, line)));
    }
    if let Some(problem) = located(&tally.reason) {
        let place = format!("{}:{}:{}", problem.file, problem.span.line, problem.span.column);
        lines.push(Line::from(vec![look.span(Role::Dim, "at  "), look.span(Role::Accent, place)]));
    }
    let warnings = all.warnings.iter().filter(|(id, _)| id.as_ref() == Some(&node.id));
    for line in warnings.flat_map(|(_, text)| wrapped(text, room)) {
        lines.push(Line::from(look.span(Role::Warn, line)));
    }
    let skipped = model.workflow.scroll.min(lines.len().saturating_sub(1));
    paint.lines(area, lines.into_iter().skip(skipped));
}
