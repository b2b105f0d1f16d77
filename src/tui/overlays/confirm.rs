use ratatui::layout::Rect;
use ratatui::text::Line;

use super::super::Role;
use super::super::paint::Paint;
use crate::app::TypedName;
use crate::domain::text::{width, wrapped};

/// Columns, with the border.
const WIDTH: u16 = 60;

/// A question, and what says yes to it: a key, or a name that is typed.
pub fn draw(question: &str, name: Option<&TypedName>, paint: &mut Paint<'_>, area: Rect) {
    let asked = wrapped(question, usize::from(WIDTH.min(area.width)).saturating_sub(4));
    let rows = u16::try_from(asked.len()).unwrap_or(u16::MAX).saturating_add(4);
    let inside = paint.popup(area, (WIDTH, rows), "sure?");
    let look = paint.look;
    let asked = asked.iter().map(|line| Line::from(look.span(Role::Strong, format!(" {line}"))));
    let answer = match name {
        None => vec![
            look.span(Role::Key, " y"),
            look.span(Role::Text, " yes   "),
            look.span(Role::Key, "n"),
            look.span(Role::Text, " or "),
            look.span(Role::Key, "esc"),
            look.span(Role::Text, " no"),
        ],
        Some(typed) => {
            let y = inside.y + (rows - 3).min(inside.height.saturating_sub(1));
            let before: String = typed.input.text().chars().take(typed.input.cursor()).collect();
            let x =
                inside.x + 3 + u16::try_from(width(&before)).unwrap_or(0).min(inside.width.saturating_sub(4));
            paint.cursor = Some((x, y).into());
            vec![look.span(Role::Dim, " > "), look.span(Role::Text, typed.input.text())]
        }
    };
    paint.lines(inside, asked.chain([Line::default(), Line::from(answer)]));
}
