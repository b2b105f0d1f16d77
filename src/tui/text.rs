use ratatui::layout::Rect;
use ratatui::text::Line;

use super::Role;
use super::list::window;
use super::paint::Paint;
use crate::app::TextBuffer;
use crate::domain::text::{safe, width};

/// A text that is typed, with the numbers of its lines; `wrong` are the lines that are to blame, from 0.
pub(super) fn draw(buffer: &TextBuffer, wrong: &[usize], paint: &mut Paint<'_>, area: Rect, focused: bool) {
    let (row, letter) = buffer.cursor();
    let lines = buffer.lines();
    let gutter = lines.len().to_string().len() + 2;
    let room = usize::from(area.width).saturating_sub(gutter);
    let before: String = lines.get(row).map_or("", String::as_str).chars().take(letter).collect();
    let before = width(&safe(&before));
    // The cursor stays in sight.
    let skipped = (before + 1).saturating_sub(room);
    for (place, index) in area.rows().zip(window(row, lines.len(), area.height.into())) {
        let (role, sign) = if wrong.contains(&index) { (Role::Bad, '✗') } else { (Role::Dim, ' ') };
        let number = format!("{:>width$}{sign}", index + 1, width = gutter - 1);
        let line = Line::from(vec![
            paint.look.span(role, number),
            paint.look.span(Role::Text, from_column(&lines[index], skipped)),
        ]);
        paint.line(place, line);
        if focused && index == row {
            let x = usize::from(place.x) + gutter + before - skipped;
            let x = u16::try_from(x).unwrap_or(u16::MAX).min(area.right().saturating_sub(1));
            paint.cursor = Some((x, place.y).into());
        }
    }
}

/// What stands from a column of the screen on.
fn from_column(line: &str, column: usize) -> String {
    let line = safe(line);
    let mut passed = 0;
    let skipped = line.chars().skip_while(|c| {
        let before = passed < column;
        passed += if before { width(&c.to_string()) } else { 0 };
        before
    });
    skipped.collect()
}
