use ratatui::layout::Rect;
use ratatui::text::Line;

use super::super::Role;
use super::super::paint::Paint;
use crate::app::Peek;
use crate::domain::text::{safe, skip};

/// The lines that have room, from the place that was scrolled to.
pub fn draw(lines: &[String], peek: &Peek, paint: &mut Paint<'_>, area: Rect) {
    let shown = lines.iter().skip(peek.scroll).take(area.height.into());
    let line = |text: &String| Line::from(paint.look.span(Role::Text, skip(&safe(text), peek.column)));
    let lines: Vec<_> = shown.map(line).collect();
    paint.lines(area, lines);
}
