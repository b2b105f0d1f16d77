use ratatui::layout::Rect;
use ratatui::text::Line;

use super::super::Role;
use super::super::list::window;
use super::super::paint::Paint;
use crate::app::{Hit, Model};

/// What could have been typed for all that was done here.
pub fn draw(model: &Model, selected: usize, paint: &mut Paint<'_>, area: Rect) {
    let inside = paint.popup(area, (90, 16), "commands  (y copies)");
    let commands = model.commands.commands();
    if commands.is_empty() {
        let told = " nothing was done yet that a command would do";
        return paint.line(inside, Line::from(paint.look.span(Role::Dim, told)));
    }
    for (row, index) in inside.rows().zip(window(selected, commands.len(), inside.height.into())) {
        let line = commands[index].line(&*paint.look.command);
        paint.line(row, Line::from(paint.look.span(Role::Text, format!(" {line}"))));
        paint.hit(row, Hit::Row(index));
        if index == selected {
            paint.select(row, true);
        }
    }
    paint.seen.page = inside.height.into();
}
