use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::super::list::window;
use super::super::paint::Paint;
use super::super::{Role, overlays};
use super::{clock, role_of};
use crate::app::{Hit, Model, NextStep, PastRun, ProjectLook, Urgency, WorkflowLook, next_step};
use crate::domain::text::{pad, safe, truncate, width};

/// Runs that the strip shows, the newest on the right.
const STRIP: usize = 10;
/// From so many columns on, owners and schedule have room.
const WIDE: u16 = 110;

/// Every workflow with its last runs, and what is to be done next.
pub fn board(model: &Model, paint: &mut Paint<'_>, area: Rect) {
    let Some(project) = model.project.get() else {
        let inside = paint.block(area, "workflows", true);
        return match &model.project.trouble {
            Some(trouble) => overlays::trouble(trouble, paint, inside),
            None => paint.line(inside, Line::from(paint.look.span(Role::Dim, "reading the project …"))),
        };
    };
    let shown = model.board.shown(project);
    let filter = &model.board.filter;
    let title = match filter.editing || !filter.text().is_empty() {
        true => format!("workflows /{}", filter.text()),
        false => format!("workflows {}", project.workflows.len()),
    };
    let inside = paint.block(area, title, true);
    if filter.editing {
        let x = area.x + 13 + u16::try_from(width(filter.text())).unwrap_or(0);
        paint.cursor = Some((x.min(area.right().saturating_sub(2)), area.y).into());
    }
    paint.seen.page = inside.height.into();
    if shown.is_empty() {
        return empty(project, paint, inside);
    }
    let names = shown.iter().map(|flow| width(&flow.name)).max().unwrap_or(0).min(28);
    let selected = model.board.selected.min(shown.len() - 1);
    for (row, index) in inside.rows().zip(window(selected, shown.len(), inside.height.into())) {
        let line = flow_line(model, project, shown[index], names, inside.width, paint);
        paint.line(row, line);
        paint.hit(row, Hit::Row(index));
        if index == selected {
            paint.select(row, true);
        }
    }
}

fn empty(project: &ProjectLook, paint: &mut Paint<'_>, area: Rect) {
    let told = match project.workflows.is_empty() {
        true => format!("no workflow yet: {}", (paint.look.command)(&["new", "workflow", "NAME"])),
        false => "none has such a name".to_owned(),
    };
    paint.line(area, Line::from(paint.look.span(Role::Dim, told)));
}

fn flow_line(
    model: &Model,
    project: &ProjectLook,
    flow: &WorkflowLook,
    names: usize,
    columns: u16,
    paint: &Paint<'_>,
) -> Line<'static> {
    let look = paint.look;
    let runs: Vec<&PastRun> =
        model.runs.get().map(|runs| runs.of(&flow.name).take(STRIP).collect()).unwrap_or_default();
    let next = next_step(project, flow, &model.alike, runs.iter().copied());
    let mut spans =
        vec![look.span(Role::Strong, format!(" {}  ", pad(&truncate(&safe(&flow.name), names), names)))];
    spans.extend(strip(&runs, paint));
    let when = runs.first().map(|past| clock(past.run.started_at, model.now, &model.zone));
    spans.push(look.span(Role::Dim, format!("  {:<12}  ", when.unwrap_or_default())));
    if columns >= WIDE {
        let spec = flow.spec.as_ref();
        let cron = spec.and_then(|spec| spec.schedule.as_ref()).map(|schedule| schedule.cron.as_str());
        let cron = truncate(cron.unwrap_or("−"), 14).into_owned();
        spans.push(look.span(Role::Dim, format!("{}  ", pad(&cron, 14))));
        let owners =
            spec.map(|spec| spec.owners.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(" "));
        let owners = truncate(owners.as_deref().unwrap_or_default(), 14).into_owned();
        spans.push(look.span(Role::Dim, format!("{}  ", pad(&owners, 14))));
    }
    spans.extend(next_spans(&next, project, paint));
    Line::from(spans)
}

/// A cell a run: its colour says how it ended, and its shape as well, for those who see no colours.
fn strip(runs: &[&PastRun], paint: &Paint<'_>) -> Vec<Span<'static>> {
    let blank = STRIP.saturating_sub(runs.len());
    let cells = runs.iter().rev().map(|past| {
        let status = past.status();
        paint.look.span(role_of(Some(status)), status.symbol())
    });
    std::iter::once(paint.look.span(Role::Dim, "·".repeat(blank))).chain(cells).collect()
}

fn next_spans(next: &NextStep, project: &ProjectLook, paint: &Paint<'_>) -> Vec<Span<'static>> {
    let role = match next.urgency {
        Urgency::Wrong => Role::Bad,
        Urgency::Open => Role::Warn,
        Urgency::Running => Role::Running,
        Urgency::Ready => Role::Text,
    };
    let mut spans = vec![paint.look.span(role, &next.what)];
    if !next.whose.is_empty() {
        let mine = project.me.as_ref().is_some_and(|me| next.whose.contains(me));
        let names: Vec<&str> = next.whose.iter().map(|name| name.as_str()).collect();
        let role = if mine { Role::Accent } else { Role::Dim };
        let whose = if mine { "you".to_owned() } else { names.join(", ") };
        spans.push(paint.look.span(role, format!("  {whose}")));
    }
    spans
}
