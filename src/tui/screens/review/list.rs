use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::Line;

use super::super::super::Role;
use super::super::super::list::window;
use super::super::super::paint::Paint;
use super::super::board::cells;
use crate::app::{Hit, Model, ReviewPane, Slot, TracksLook};
use crate::domain::text::{pad, truncate, width};
use crate::domain::track::{NextAction, Track, TrackStep};

/// Besides the name of a track: the border, the eight cells, and what is between.
const BESIDES: usize = 2 + TrackStep::ALL.len() + 3;
const NARROWEST: usize = 28;
const WIDEST: usize = 46;

pub fn columns(look: &TracksLook) -> u16 {
    let longest = look.tracks.iter().map(|track| width(track.id.as_str())).max().unwrap_or(0);
    u16::try_from((longest + BESIDES).clamp(NARROWEST, WIDEST)).unwrap_or(u16::MAX)
}

/// Those that wait for a review first; below them what is next for the selected one, and whose that is.
pub fn draw(model: &Model, look: &TracksLook, paint: &mut Paint<'_>, area: Rect) {
    let focused = model.review.pane == ReviewPane::List;
    paint.hit(area, Hit::Pane(0));
    let asking = if model.tasks.waits(Slot::Tracks) { " …" } else { "" };
    let over = match look.over() {
        0 => String::new(),
        over => format!(" · {over} abandoned"),
    };
    let listed = look.listed();
    let what = match look.waiting() {
        // Of those that are listed none waits.
        0 => format!("tracks {}", listed.len()),
        waiting => format!("to review {waiting}"),
    };
    let inside = paint.block(area, format!("{what}{over}{asking}"), focused);
    let foot = if inside.height > 5 { 3 } else { 0 };
    let [body, foot] = Layout::vertical([Constraint::Min(0), Constraint::Length(foot)]).areas(inside);
    let selected = model.review.selected.min(listed.len().saturating_sub(1));
    for (row, index) in body.rows().zip(window(selected, listed.len(), body.height.into())) {
        let line = line(listed[index], row.width, paint);
        paint.line(row, line);
        paint.hit(row, Hit::Row(index));
        if index == selected {
            paint.select(row, focused);
        }
    }
    if focused {
        paint.seen.page = body.height.into();
    }
    if let Some(track) = listed.get(selected) {
        next(track, look, paint, foot);
    }
}

fn line(track: &Track, columns: u16, paint: &Paint<'_>) -> Line<'static> {
    let look = paint.look;
    let waits = track.next.action == NextAction::Review;
    let names = usize::from(columns).saturating_sub(TrackStep::ALL.len() + 3);
    let name = pad(&truncate(track.id.as_str(), names), names);
    let mut line = Line::from(look.span(if waits { Role::Strong } else { Role::Dim }, format!(" {name} ")));
    line.spans.extend(cells(Some(track), "", look));
    line
}

fn next(track: &Track, look: &TracksLook, paint: &mut Paint<'_>, area: Rect) {
    let action = match (track.abandoned, track.next.action) {
        (true, NextAction::Nothing) => "abandoned",
        (_, action) => action.title(),
    };
    let mine = look.me.as_ref().is_some_and(|me| track.next.people.contains(me));
    let whose = if mine { "you".to_owned() } else { track.next.whose() };
    let rows: Vec<Rect> = area.rows().skip(1).collect();
    let told = [
        (Role::Text, format!(" {action}")),
        (if mine { Role::Accent } else { Role::Dim }, format!(" {whose}")),
    ];
    for (row, (role, text)) in rows.into_iter().zip(told) {
        let line = Line::from(paint.look.span(role, text));
        paint.line_cut(row, line);
    }
}
