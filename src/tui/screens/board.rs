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
/// In fewer the time of the last run has none.
const NARROW: u16 = 60;
/// Columns of a name at least, where it has so many, and at most.
const SHORTEST: usize = 10;
const LONGEST: usize = 28;

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
    let selected = model.board.selected.min(shown.len() - 1);
    let rows = window(selected, shown.len(), inside.height.into());
    let lines: Vec<FlowLine<'_>> =
        shown[rows.clone()].iter().map(|flow| FlowLine::of(model, project, flow)).collect();
    let names = name_columns(&lines, inside.width);
    for ((row, index), line) in inside.rows().zip(rows).zip(&lines) {
        let line = line.draw(model, names, inside.width, paint);
        paint.line_cut(row, line);
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

/// A row of the board.
struct FlowLine<'a> {
    flow: &'a WorkflowLook,
    name: String,
    /// The last ones, newest first.
    runs: Vec<&'a PastRun>,
    next: NextStep,
    mine: bool,
    whose: String,
}

/// The name gives way where what is to be done next has no room: of that and whose it is at least half of the row is
/// seen, as far as there is so much.
fn name_columns(lines: &[FlowLine<'_>], columns: u16) -> usize {
    let widest = |of: fn(&FlowLine<'_>) -> usize| lines.iter().map(of).max().unwrap_or(0);
    let room = usize::from(columns).saturating_sub(besides(columns));
    let next = widest(|line| line.next_columns()).min(usize::from(columns).div_ceil(2));
    widest(|line| width(&line.name)).min(room.saturating_sub(next).clamp(SHORTEST, LONGEST))
}

/// Columns of all but the name and the next action.
fn besides(columns: u16) -> usize {
    let more = match columns {
        WIDE.. => 14 + 32,
        NARROW.. => 14,
        _ => 0,
    };
    3 + STRIP + 2 + more
}

impl<'a> FlowLine<'a> {
    fn of(model: &'a Model, project: &ProjectLook, flow: &'a WorkflowLook) -> Self {
        let runs: Vec<&PastRun> =
            model.runs.get().map(|runs| runs.of(&flow.name).take(STRIP).collect()).unwrap_or_default();
        let own = model.runs.get().into_iter().flat_map(|runs| runs.own_of(&flow.name)).take(STRIP);
        let next = next_step(project, flow, &model.alike, own);
        let mine = project.me.as_ref().is_some_and(|me| next.whose.contains(me));
        let names: Vec<&str> = next.whose.iter().map(|name| name.as_str()).collect();
        let whose = if mine { "you".to_owned() } else { names.join(", ") };
        Self { flow, name: safe(&flow.name).into_owned(), runs, next, mine, whose }
    }

    fn next_columns(&self) -> usize {
        width(&safe(&self.next.what)) + if self.whose.is_empty() { 0 } else { 2 + width(&self.whose) }
    }

    fn draw(&self, model: &Model, names: usize, columns: u16, paint: &Paint<'_>) -> Line<'static> {
        let look = paint.look;
        let name = pad(&truncate(&self.name, names), names);
        let mut spans = vec![look.span(Role::Strong, format!(" {name}  "))];
        spans.extend(strip(&self.runs, paint));
        spans.push(look.span(Role::Dim, "  "));
        if columns >= NARROW {
            let when = self.runs.first().map(|past| clock(past.run.started_at, model.now, &model.zone));
            spans.push(look.span(Role::Dim, format!("{:<12}  ", when.unwrap_or_default())));
        }
        if columns >= WIDE {
            let spec = self.flow.spec.as_ref();
            let cron = spec.and_then(|spec| spec.schedule.as_ref()).map(|schedule| schedule.cron.as_str());
            let cron = truncate(cron.unwrap_or("−"), 14).into_owned();
            spans.push(look.span(Role::Dim, format!("{}  ", pad(&cron, 14))));
            let owners =
                spec.map(|spec| spec.owners.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(" "));
            let owners = truncate(owners.as_deref().unwrap_or_default(), 14).into_owned();
            spans.push(look.span(Role::Dim, format!("{}  ", pad(&owners, 14))));
        }
        let room = usize::from(columns).saturating_sub(besides(columns) + names);
        spans.extend(self.next_spans(room, paint));
        Line::from(spans)
    }

    /// Whose it is stays in sight before the end of a long action.
    fn next_spans(&self, room: usize, paint: &Paint<'_>) -> Vec<Span<'static>> {
        let role = match self.next.urgency {
            Urgency::Wrong => Role::Bad,
            Urgency::Open => Role::Warn,
            Urgency::Running => Role::Running,
            Urgency::Ready => Role::Text,
        };
        let whose = truncate(&self.whose, room / 3);
        let left = room.saturating_sub(if whose.is_empty() { 0 } else { 2 + width(&whose) });
        let mut spans = vec![paint.look.span(role, truncate(&safe(&self.next.what), left))];
        if !whose.is_empty() {
            let role = if self.mine { Role::Accent } else { Role::Dim };
            spans.push(paint.look.span(role, format!("  {whose}")));
        }
        spans
    }
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
