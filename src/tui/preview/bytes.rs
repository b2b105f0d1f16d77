use ratatui::layout::Rect;
use ratatui::text::Line;

use super::super::Role;
use super::super::paint::Paint;
use crate::app::bytes_a_line;
use crate::domain::dump;

/// Where each line begins, its bytes, and those that are letters as such.
pub fn draw(bytes: &[u8], scroll: usize, paint: &mut Paint<'_>, area: Rect) {
    let look = paint.look;
    let lines = dump(bytes, bytes_a_line(area.width.into())).skip(scroll).take(area.height.into());
    let lines = lines.map(|line| {
        Line::from(vec![
            look.span(Role::Dim, format!("{}  ", line.place)),
            look.span(Role::Text, line.numbers),
            look.span(Role::Accent, line.letters),
        ])
    });
    paint.lines(area, lines.collect::<Vec<_>>());
}
