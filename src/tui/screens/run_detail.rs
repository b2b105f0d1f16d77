use ratatui::layout::Rect;
use ratatui::text::Line;

use super::super::Role;
use super::super::paint::Paint;
use crate::app::{Model, PastRun, RunMarks};
use crate::domain::text::{safe, wrapped};
use crate::domain::{Doubts, Name, part_told};

/// Rows with the frame; below so many for all, the list alone has room.
pub const HEIGHT: u16 = 6;
pub const LEAST: u16 = 16;

/// What a run was started with, and what is said of it.
pub fn run_detail(model: &Model, past: &PastRun, paint: &mut Paint<'_>, area: Rect) {
    let run = &past.run;
    let inside = paint.block(area, format!("run {}", run.token.short()), false);
    let (look, room) = (paint.look, usize::from(inside.width));
    let code = run.commit.as_deref().map(|commit| commit.chars().take(8).collect::<String>());
    let code = code.map(|code| if run.dirty { code + "*" } else { code });
    let from = [run.branch.clone(), code].into_iter().flatten().collect::<Vec<_>>().join(" ");
    let who = run.user.split(" <").next().unwrap_or_default().to_owned();
    let part = part_told(run.only.as_ref()).unwrap_or_default();
    let about =
        [format!("{} {}", run.title(), run.version), part, past.status().as_str().to_owned(), from, who];
    let about: Vec<String> = about.into_iter().filter(|part| !part.is_empty()).collect();
    let marks = model.runs.get().map(|runs| runs.marks(run.token));
    let figure = marks.and_then(|marks| marks.figure.as_ref());
    let figure = figure.map(|(name, value)| format!("{name} {value}"));
    let called = marks.map(|marks| marks.aliases.iter().map(Name::to_string).collect::<Vec<_>>());
    let pinned = marks.filter(|marks| marks.pinned).map(|_| "pinned".to_owned());
    let said: Vec<String> = figure.into_iter().chain(called.unwrap_or_default()).chain(pinned).collect();
    let params = model.history.differing.told(run);
    let mut lines: Vec<Line<'static>> = vec![Line::from(look.span(Role::Text, safe(&about.join(" · "))))];
    let mut more = |role: Role, text: String| {
        let text = safe(&text).into_owned();
        lines.extend(wrapped(&text, room).into_iter().map(|line| Line::from(look.span(role, line))));
    };
    for doubt in doubts(model, past) {
        more(Role::Warn, doubt);
    }
    if !said.is_empty() {
        more(Role::Strong, said.join(" · "));
    }
    for unmet in marks.iter().flat_map(|marks| &marks.unmet) {
        more(Role::Bad, format!("! {unmet}"));
    }
    if let Some(note) = marks.and_then(RunMarks::note) {
        more(Role::Accent, note.to_owned());
    }
    if !params.is_empty() {
        more(Role::Dim, params);
    }
    for (row, line) in inside.rows().zip(lines) {
        paint.line_cut(row, line);
    }
}

/// What cannot be believed of it: where there is more than one thing, `show` tells the others.
fn doubts(model: &Model, past: &PastRun) -> Vec<String> {
    let known = model.doubted.of(past.run.token);
    let mut told: Vec<String> = known.into_iter().flat_map(Doubts::told).collect();
    let more = told.len().saturating_sub(1);
    told.truncate(1);
    let show = format!("greenroom show {}", past.run.token.short());
    if let (Some(first), 1..) = (told.first_mut(), more) {
        *first += &format!(" (and {more} more: {show})");
    }
    let told = told.into_iter().map(|told| format!("! {told}"));
    let short = known.filter(|doubts| doubts.is_short);
    let short = short.map(|_| format!("! not all of its files were looked at: {show}"));
    let foreign = model.why_foreign(past).map(|why| format!("foreign: {why}"));
    told.chain(short).chain(foreign).collect()
}
