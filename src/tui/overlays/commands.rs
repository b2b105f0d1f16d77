use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::Line;

use super::super::Role;
use super::super::list::window;
use super::super::paint::Paint;
use crate::app::{Hit, Model};
use crate::domain::text::wrapped;

/// What could have been typed for all that was done here.
pub fn draw(model: &Model, selected: usize, paint: &mut Paint<'_>, area: Rect) {
    let inside = paint.popup(area, (90, 16), "commands  (y copies)");
    let commands = model.commands.commands();
    if commands.is_empty() {
        let told = " nothing was done yet that a command would do";
        return paint.line(inside, Line::from(paint.look.span(Role::Dim, told)));
    }
    let line = |index: usize| commands[index].line(&*paint.look.command);
    // What stands at the end of a long one may be what matters: it is shown whole.
    let whole = wrapped(&line(selected.min(commands.len() - 1)), usize::from(inside.width).saturating_sub(2));
    let rows = u16::try_from(whole.len() + 1).unwrap_or(u16::MAX).min(inside.height / 2);
    let below = if whole.len() > 1 { rows } else { 0 };
    let [inside, foot] = Layout::vertical([Constraint::Min(0), Constraint::Length(below)]).areas(inside);
    let whole = whole.into_iter().map(|line| Line::from(paint.look.span(Role::Dim, format!(" {line}"))));
    paint.lines(foot, std::iter::once(Line::default()).chain(whole));
    for (row, index) in inside.rows().zip(window(selected, commands.len(), inside.height.into())) {
        paint.line_cut(row, Line::from(paint.look.span(Role::Text, format!(" {}", line(index)))));
        paint.hit(row, Hit::Row(index));
        if index == selected {
            paint.select(row, true);
        }
    }
    paint.seen.page = inside.height.into();
}
