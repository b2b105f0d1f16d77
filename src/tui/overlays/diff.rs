use ratatui::layout::Rect;
use ratatui::text::Line;

use super::super::Role;
use super::super::paint::{Look, Paint};
use crate::domain::{DiffLine, FileDiff};

/// File by file, what has gone and what has come. Of files with a million lines only those that are seen are made.
pub fn draw(title: &str, files: &[FileDiff], scroll: usize, paint: &mut Paint<'_>, area: Rect) {
    let inside = paint.popup(area, (area.width, area.height), title);
    let page = usize::from(inside.height);
    paint.seen.page = page;
    paint.seen.scrolls = files.iter().map(rows).sum::<usize>().saturating_sub(1).saturating_sub(page);
    let mut above = scroll.min(paint.seen.scrolls);
    let mut lines = Vec::new();
    for file in files {
        if above < rows(file) {
            let room = page - lines.len();
            lines.extend((above..rows(file)).take(room).map(|row| line(file, row, paint.look)));
        }
        above = above.saturating_sub(rows(file));
        if lines.len() == page {
            break;
        }
    }
    paint.lines(inside, lines);
}

/// Its name, its lines, and one that is empty.
fn rows(file: &FileDiff) -> usize {
    file.lines.len() + 2
}

fn line(file: &FileDiff, row: usize, look: &Look) -> Line<'static> {
    let Some(row) = row.checked_sub(1) else { return Line::from(look.span(Role::Title, &file.path)) };
    let (role, sign, text) = match file.lines.get(row) {
        Some(DiffLine::Same(text)) => (Role::Text, " ", text.as_str()),
        Some(DiffLine::Gone(text)) => (Role::Bad, "-", text.as_str()),
        Some(DiffLine::Come(text)) => (Role::Good, "+", text.as_str()),
        Some(DiffLine::Gap) => (Role::Dim, " ", "⋯"),
        Some(DiffLine::Told(text)) => (Role::Dim, " ", text.as_str()),
        None => return Line::default(),
    };
    Line::from(look.span(role, format!("{sign} {text}")))
}
