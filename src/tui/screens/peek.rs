use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::Line;

use super::super::paint::Paint;
use super::super::{Role, overlays, preview};
use super::{clock, role_of};
use crate::app::{ArtifactsPane, Hit, Model, PastRun, PeekTab};
use crate::domain::text::{safe, truncate, width, wrapped};
use crate::domain::{Content, Preview, show_duration};

/// The look into what is selected: what there is of it, and in the last lines what it is.
pub fn draw(model: &Model, paint: &mut Paint<'_>, area: Rect) {
    let screen = &model.artifacts;
    let focused = screen.pane == ArtifactsPane::Preview;
    let seen = screen.peek.seen.as_ref().filter(|_| !screen.folder.shown.is_empty());
    let name = seen.and_then(|(path, _)| path.file_name()).map(|name| name.to_string_lossy().into_owned());
    let past = name.as_ref().and_then(|name| model.run_named(name));
    let title = match past {
        Some(past) => format!("run {}", past.run.token.short()),
        None => name.clone().unwrap_or_default(),
    };
    let room = usize::from(area.width).saturating_sub(6);
    let inside = paint.block(area, truncate(&safe(&title), room), focused);
    paint.seen.width = inside.width.into();
    let preview = match seen {
        Some((_, Ok(preview))) => preview,
        Some((_, Err(trouble))) => return overlays::trouble(trouble, paint, inside),
        None => return,
    };
    let foot = foot(preview, screen.peek.tab, inside, paint);
    let is_table = matches!(preview.content, Content::Table(_));
    let [head, body, below] = Layout::vertical([
        Constraint::Length(u16::from(is_table)),
        Constraint::Min(0),
        Constraint::Length(u16::try_from(foot.len()).unwrap_or(u16::MAX)),
    ])
    .areas(inside);
    if is_table {
        tabs(model, paint, head);
    }
    let body = past.map_or(body, |past| run(model, past, paint, body));
    if focused {
        // Names and types stand above the rows.
        let above = if is_table && screen.peek.tab == PeekTab::Rows { 2 } else { 0 };
        paint.seen.page = usize::from(body.height).saturating_sub(above);
    }
    preview::draw(preview, &screen.peek, paint, body);
    paint.lines(below, foot);
}

/// What is not seen and why, and what it is; at most a third of the room.
fn foot(preview: &Preview, tab: PeekTab, room: Rect, paint: &Paint<'_>) -> Vec<Line<'static>> {
    let columns = usize::from(room.width).max(1);
    let wrap = |role, text: &str| -> Vec<Line<'static>> {
        wrapped(&safe(text), columns)
            .into_iter()
            .map(|line| Line::from(paint.look.span(role, line)))
            .collect()
    };
    let most = (usize::from(room.height) / 3).max(1);
    let mut about = wrap(Role::Dim, &preview::about(preview, tab));
    about.truncate(most);
    let mut lines: Vec<_> = preview.notes.iter().flat_map(|note| wrap(Role::Warn, note)).collect();
    lines.truncate(most - about.len());
    lines.into_iter().chain(about).collect()
}

fn tabs(model: &Model, paint: &mut Paint<'_>, area: Rect) {
    let mut x = area.x;
    for (tab, title) in [(PeekTab::Rows, "Rows"), (PeekTab::Columns, "Columns")] {
        let label = format!(" {title} ");
        let columns = u16::try_from(width(&label)).unwrap_or(u16::MAX);
        let place = Rect { x, width: columns, ..area }.intersection(area);
        let role = if tab == model.artifacts.peek.tab { Role::Selected } else { Role::Dim };
        let line = Line::from(paint.look.span(role, label));
        paint.line(place, line);
        paint.hit(place, Hit::Tab(tab as usize));
        x = x.saturating_add(columns + 1);
    }
}

/// How the run went whose directory it is; the room that is left.
fn run(model: &Model, past: &PastRun, paint: &mut Paint<'_>, area: Rect) -> Rect {
    let (look, run, status) = (paint.look, &past.run, past.status());
    let took = run.finished_at.map(|end| format!("  took {}", show_duration(run.took_until(end))));
    let began = clock(run.started_at, model.now, &model.zone);
    let params = run.typed_params().map(|(name, value)| format!("{name}={value}"));
    let user = run.user.split(" <").next().unwrap_or_default();
    let lines = [
        Line::from(vec![
            look.span(role_of(Some(status)), format!("{} {}", status.symbol(), status.as_str())),
            look.span(Role::Text, format!("  {began}{}  by {user}", took.unwrap_or_default())),
        ]),
        Line::from(look.span(Role::Dim, params.collect::<Vec<_>>().join(" "))),
        Line::default(),
    ];
    let [head, rest] = Layout::vertical([Constraint::Length(3), Constraint::Min(0)]).areas(area);
    paint.lines(head, lines);
    rest
}
