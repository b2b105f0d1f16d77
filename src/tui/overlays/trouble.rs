use ratatui::layout::Rect;
use ratatui::text::Line;

use super::super::Role;
use super::super::paint::{Look, Paint};
use crate::app::Trouble;
use crate::domain::text::{width, wrapped};

/// What went wrong, why, where, and what to do.
pub fn trouble(trouble: &Trouble, paint: &mut Paint<'_>, area: Rect) {
    let lines = lines(trouble, paint.look, area.width.into());
    paint.lines(area, lines);
}

/// The same in lines of at most so many columns.
pub fn lines(trouble: &Trouble, look: &Look, columns: usize) -> Vec<Line<'static>> {
    let room = columns.max(1);
    let mut lines: Vec<Line<'static>> = Vec::new();
    let mut tell = |role, lead: &str, text: &str| {
        let room = room.saturating_sub(width(lead)).max(1);
        for (index, line) in text.lines().flat_map(|line| wrapped(line, room)).enumerate() {
            let lead = if index == 0 { lead.to_owned() } else { " ".repeat(width(lead)) };
            lines.push(Line::from(vec![look.span(Role::Dim, lead), look.span(role, line)]));
        }
    };
    tell(Role::Bad, "", &trouble.what);
    for why in &trouble.why {
        tell(Role::Text, "  ", why);
    }
    for problem in &trouble.problems {
        let (file, span) = (&problem.file, problem.span);
        tell(Role::Accent, "", &format!("{file}:{}:{}", span.line, span.column));
        tell(Role::Text, "  ", &problem.message);
        tell(Role::Dim, "  ", &problem.help);
    }
    for todo in &trouble.todo {
        tell(Role::Accent, "→ ", todo);
    }
    lines
}
