use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::super::list::window;
use super::super::paint::{Look, Paint};
use super::super::{Role, overlays};
use super::{clock, role_of};
use crate::app::{Hit, Model, NextStep, PastRun, ProjectLook, Urgency, WorkflowLook, next_step};
use crate::domain::text::{pad, safe, truncate, width};
use crate::domain::track::{CellState, Track, TrackStep};

/// Runs that the strip shows, the newest on the right.
const STRIP: usize = 10;
/// From so many columns on, owners and schedule have room.
const WIDE: u16 = 110;
/// In fewer the time of the last run has none.
const NARROW: u16 = 60;
/// The same where workflows have tracks.
const TRACKED: (u16, u16) = (134, 90);
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
    let tracked = lines.iter().any(|line| line.track.is_some());
    let columns = Columns::of(&lines, inside.width, tracked);
    for ((row, index), line) in inside.rows().zip(rows).zip(&lines) {
        let line = line.draw(model, &columns, paint);
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
    /// On its way to production.
    track: Option<&'a Track>,
    next: NextStep,
    mine: bool,
    whose: String,
}

/// Which parts of a row have room, and how wide they are.
struct Columns {
    all: usize,
    name: usize,
    /// The last runs, which give way to the way to production.
    runs: bool,
    time: bool,
    /// Schedule and owners.
    more: bool,
    /// What stands between the eight cells of a track; None: no workflow has one.
    track: Option<&'static str>,
}

impl Columns {
    /// The name gives way where what is to be done next has no room: of that and whose it is at least half of the row is
    /// seen, as far as there is so much.
    fn of(lines: &[FlowLine<'_>], columns: u16, tracked: bool) -> Self {
        let (wide, narrow) = if tracked { TRACKED } else { (WIDE, NARROW) };
        let wide = columns >= wide;
        let runs = !tracked || columns >= NARROW;
        let track = tracked.then_some(if wide { " " } else { "" });
        let mut found =
            Self { all: columns.into(), name: 0, runs, time: columns >= narrow, more: wide, track };
        let widest = |of: fn(&FlowLine<'_>) -> usize| lines.iter().map(of).max().unwrap_or(0);
        let room = found.all.saturating_sub(found.besides());
        let next = widest(|line| line.next_columns()).min(found.all.div_ceil(2));
        found.name = widest(|line| width(&line.name)).min(room.saturating_sub(next).clamp(SHORTEST, LONGEST));
        found
    }

    /// Columns of all but the name and the next action.
    fn besides(&self) -> usize {
        let track = self.track.map_or(0, |gap| TrackStep::ALL.len() + 7 * gap.len() + 2);
        let runs = if self.runs { STRIP + 2 } else { 0 };
        3 + runs + track + if self.time { 14 } else { 0 } + if self.more { 32 } else { 0 }
    }
}

impl<'a> FlowLine<'a> {
    fn of(model: &'a Model, project: &ProjectLook, flow: &'a WorkflowLook) -> Self {
        let runs: Vec<&PastRun> =
            model.runs.get().map(|runs| runs.of(&flow.name).take(STRIP).collect()).unwrap_or_default();
        let last = model.runs.get().and_then(|runs| runs.judged_of(&flow.name));
        let track = model.tracks.get().and_then(|look| look.of(&flow.name));
        let next = next_step(project, flow, &model.alike, last).or_of_track(track);
        let mine = project.me.as_ref().is_some_and(|me| next.whose.contains(me));
        let names: Vec<&str> = next.whose.iter().map(|name| name.as_str()).collect();
        let whose = if mine { "you".to_owned() } else { names.join(", ") };
        Self { flow, name: safe(&flow.name).into_owned(), runs, track, next, mine, whose }
    }

    fn next_columns(&self) -> usize {
        width(&safe(&self.next.what)) + if self.whose.is_empty() { 0 } else { 2 + width(&self.whose) }
    }

    fn draw(&self, model: &Model, columns: &Columns, paint: &Paint<'_>) -> Line<'static> {
        let look = paint.look;
        let name = pad(&truncate(&self.name, columns.name), columns.name);
        let mut spans = vec![look.span(Role::Strong, format!(" {name}  "))];
        if columns.runs {
            spans.extend(strip(&self.runs, paint));
            spans.push(look.span(Role::Dim, "  "));
        }
        if let Some(gap) = columns.track {
            spans.extend(cells(self.track, gap, look));
            spans.push(look.span(Role::Dim, "  "));
        }
        if columns.time {
            let when = self.runs.first().map(|past| clock(past.run.started_at, model.now, &model.zone));
            spans.push(look.span(Role::Dim, format!("{:<12}  ", when.unwrap_or_default())));
        }
        if columns.more {
            let spec = self.flow.spec.as_ref();
            let cron = spec.and_then(|spec| spec.schedule.as_ref()).map(|schedule| schedule.cron.as_str());
            let cron = truncate(cron.unwrap_or("−"), 14).into_owned();
            spans.push(look.span(Role::Dim, format!("{}  ", pad(&cron, 14))));
            let owners =
                spec.map(|spec| spec.owners.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(" "));
            let owners = truncate(owners.as_deref().unwrap_or_default(), 14).into_owned();
            spans.push(look.span(Role::Dim, format!("{}  ", pad(&owners, 14))));
        }
        let room = columns.all.saturating_sub(columns.besides() + columns.name);
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

/// The eight steps of a workflow's way to production.
pub(super) fn cells(track: Option<&Track>, gap: &str, look: &Look) -> Vec<Span<'static>> {
    let Some(track) = track else {
        return vec![look.span(Role::Dim, " ".repeat(TrackStep::ALL.len() + 7 * gap.len()))];
    };
    let cells = track.cells.iter().enumerate().flat_map(|(at, cell)| {
        let role = match cell.state {
            CellState::Done => Role::Good,
            CellState::Ready => Role::Accent,
            CellState::Waiting => Role::Dim,
            CellState::Void => Role::Warn,
            CellState::Invalid => Role::Bad,
        };
        let gap = if at == 0 { "" } else { gap };
        [look.span(Role::Dim, gap), look.span(role, cell.state.symbol().to_string())]
    });
    cells.collect()
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
