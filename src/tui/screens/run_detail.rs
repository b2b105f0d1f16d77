use ratatui::layout::Rect;
use ratatui::text::Line;

use super::super::Role;
use super::super::paint::Paint;
use crate::app::{Model, PastRun};
use crate::domain::Name;
use crate::domain::figures::number;
use crate::domain::text::{safe, wrapped};

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
    let about = [format!("{} {}", run.title(), run.version), past.status().as_str().to_owned(), from, who];
    let about: Vec<String> = about.into_iter().filter(|part| !part.is_empty()).collect();
    let marks = model.runs.get().map(|runs| runs.marks(run.token));
    let figure = marks.and_then(|marks| marks.figure.as_ref());
    let figure = figure.map(|(name, value)| format!("{name} {}", number(*value)));
    let called = marks.map(|marks| marks.aliases.iter().map(Name::to_string).collect::<Vec<_>>());
    let pinned = marks.filter(|marks| marks.pinned).map(|_| "pinned".to_owned());
    let said: Vec<String> = figure.into_iter().chain(called.unwrap_or_default()).chain(pinned).collect();
    let params = run.typed_params().map(|(name, value)| format!("{name}={value}"));
    let params = params.collect::<Vec<_>>().join(" ");
    let mut lines: Vec<Line<'static>> = vec![Line::from(look.span(Role::Text, safe(&about.join(" · "))))];
    let mut more = |role: Role, text: String| {
        let text = safe(&text).into_owned();
        lines.extend(wrapped(&text, room).into_iter().map(|line| Line::from(look.span(role, line))));
    };
    if !said.is_empty() {
        more(Role::Strong, said.join(" · "));
    }
    if let Some(note) = marks.and_then(|marks| marks.note.clone()) {
        more(Role::Accent, note);
    }
    if !params.is_empty() {
        more(Role::Dim, params);
    }
    for (row, line) in inside.rows().zip(lines) {
        paint.line_cut(row, line);
    }
}
