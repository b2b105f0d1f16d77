use std::ffi::OsStr;
use std::path::Path;

use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::Line;

use super::super::list::window;
use super::super::paint::Paint;
use super::super::{Role, overlays, preview};
use super::{clock, peek, role_of};
use crate::app::{ArtifactsPane, Hit, Model, PastRun};
use crate::domain::figures::{count, size};
use crate::domain::text::{pad, pad_left, safe, truncate, truncate_front, width};
use crate::domain::{Entry, EntryKind, Token};

/// From so many columns on the preview stands beside the list, and not below it.
const WIDE: u16 = 76;
/// Below so many rows there is no room for both.
const LOW: u16 = 12;
/// A list of so many columns has room for times.
const TIMES: usize = 46;

/// What runs have left: a folder, and a look into what is selected in it.
pub fn artifacts(model: &Model, paint: &mut Paint<'_>, area: Rect) {
    let pane = model.artifacts.pane;
    let [list, look] = match (area.width >= WIDE, area.height < LOW) {
        _ if model.artifacts.full => [Rect::ZERO, area],
        (true, _) => Layout::horizontal([Constraint::Percentage(42), Constraint::Percentage(58)]).areas(area),
        (false, true) if pane == ArtifactsPane::List => [area, Rect::ZERO],
        (false, true) => [Rect::ZERO, area],
        (false, false) => {
            Layout::vertical([Constraint::Percentage(45), Constraint::Percentage(55)]).areas(area)
        }
    };
    paint.seen.width = usize::from(area.width).saturating_sub(2);
    if !look.is_empty() {
        paint.hit(look, Hit::Pane(1));
        peek::draw(model, paint, look);
    }
    if !list.is_empty() {
        paint.hit(list, Hit::Pane(0));
        folder(model, paint, list);
    }
}

fn folder(model: &Model, paint: &mut Paint<'_>, area: Rect) {
    let (look, screen) = (paint.look, &model.artifacts);
    let folder = &screen.folder;
    let focused = screen.pane == ArtifactsPane::List;
    let room = usize::from(area.width).saturating_sub(6);
    let title = match screen.filter.is_set() {
        true => format!("/{}", screen.filter.text()),
        false => truncate_front(&safe(&place(model, &folder.below)), room).into_owned(),
    };
    let inside = paint.block(area, title, focused);
    if screen.filter.editing {
        let x = area.x + 3 + u16::try_from(width(screen.filter.text())).unwrap_or(0);
        paint.cursor = Some((x.min(area.right().saturating_sub(2)), area.y).into());
    }
    let [body, foot] = Layout::vertical([Constraint::Min(0), Constraint::Length(1)]).areas(inside);
    if focused {
        paint.seen.page = body.height.into();
    }
    if let Some(trouble) = &folder.trouble {
        return overlays::trouble(trouble, paint, inside);
    }
    if folder.shown.is_empty() {
        let told = match (folder.ended, folder.listing.is_empty()) {
            (false, _) => "reading the folder …",
            (true, false) => "none fits what is typed",
            (true, true) if folder.below.as_os_str().is_empty() => "nothing has run yet",
            (true, true) => "it is empty",
        };
        return paint.line(body, Line::from(look.span(Role::Dim, told)));
    }
    for (row, index) in body.rows().zip(window(folder.selected, folder.shown.len(), body.height.into())) {
        let number = folder.shown[index];
        let Some(entry) = folder.listing.get(number) else { continue };
        let line = entry_line(model, number, entry, paint, row.width.into());
        paint.line(row, line);
        paint.hit(row, Hit::Row(index));
        if index == folder.selected {
            paint.select(row, focused);
        }
    }
    paint.line(foot, Line::from(look.span(Role::Dim, told(model))));
}

/// How many there are, and in which order.
fn told(model: &Model) -> String {
    let screen = &model.artifacts;
    let (shown, all) = (screen.folder.shown.len() as u64, screen.folder.listing.len() as u64);
    let all = if all == 1 { "1 entry".to_owned() } else { format!("{} entries", count(all)) };
    let many = match screen.filter.is_set() {
        true => format!("{} of {all}", count(shown)),
        false => format!("{all}, {}", screen.order.title()),
    };
    let many = match screen.folder.marked.len() {
        0 => many,
        marked => format!("{many} · {marked} marked"),
    };
    match (screen.folder.ended, screen.folder.more) {
        (false, _) => format!("{many}, reading …"),
        (true, true) => format!("{many}, and more than fit in memory"),
        (true, false) => many,
    }
}

fn entry_line(model: &Model, number: u32, entry: Entry<'_>, paint: &Paint<'_>, room: usize) -> Line<'static> {
    const SIZE: usize = 9;
    const TIME: usize = 12;
    let look = paint.look;
    let facts = model.artifacts.folder.facts(number);
    let name = entry.text();
    let past = (entry.kind == EntryKind::Folder).then(|| model.run_named(&name)).flatten();
    let bytes = facts.filter(|_| entry.kind == EntryKind::File).map(|facts| size(facts.bytes));
    let time = match past {
        Some(past) => Some(past.run.started_at),
        None => facts.and_then(|facts| facts.modified),
    };
    let time = time.map(|time| clock(time, model.now, &model.zone)).unwrap_or_default();
    let times = room >= TIMES;
    let room = room.saturating_sub(SIZE + 2 + if times { TIME + 1 } else { 0 });
    let mut spans = vec![look.mark(model.artifacts.folder.marked.contains(entry.name))];
    spans.extend(match past {
        Some(past) => run_spans(past, paint, room),
        None => {
            let role = match entry.kind {
                _ if name.starts_with(['_', '.']) => Role::Dim,
                EntryKind::Folder => Role::Accent,
                EntryKind::File => Role::Text,
                EntryKind::Link | EntryKind::Other => Role::Dim,
            };
            let named = preview::signed(&short(&name), entry.kind);
            let named = pad(&truncate(&safe(&named), room), room);
            vec![look.span(role, named)]
        }
    });
    spans.push(look.span(Role::Dim, pad_left(&bytes.unwrap_or_default(), SIZE)));
    if times {
        spans.push(look.span(Role::Dim, format!(" {}", pad_left(&time, TIME))));
    }
    Line::from(spans)
}

fn run_spans(past: &PastRun, paint: &Paint<'_>, room: usize) -> Vec<ratatui::text::Span<'static>> {
    let (look, status) = (paint.look, past.status());
    let told = format!("{} {}", status.symbol(), status.as_str());
    let room = room.saturating_sub(6);
    vec![
        look.span(Role::Accent, format!("{}  ", past.run.token.short())),
        look.span(role_of(Some(status)), pad(&truncate(&told, room), room)),
    ]
}

/// The way to a folder, a run by the short form of its token.
fn place(model: &Model, below: &Path) -> String {
    let parts = below.iter().map(OsStr::to_string_lossy);
    let parts = parts.map(|part| short(&part).into_owned());
    std::iter::once(model.env.clone()).chain(parts).collect::<Vec<_>>().join(" / ")
}

/// A run is called by the end of its token.
fn short(name: &str) -> std::borrow::Cow<'_, str> {
    match name.parse::<Token>() {
        Ok(token) => token.short().into(),
        Err(_) => name.into(),
    }
}
