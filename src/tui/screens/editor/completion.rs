use ratatui::layout::Rect;
use ratatui::text::Line;

use super::super::super::Role;
use super::super::super::list::window;
use super::super::super::paint::Paint;
use crate::app::{Completion, Hit};
use crate::domain::text::{pad, safe, truncate, width};

/// Rows of the list, without its border.
const ROWS: u16 = 8;
const WIDEST: usize = 72;

/// What can be typed, below the cursor or above it, where there is more room.
pub fn draw(completion: &Completion, paint: &mut Paint<'_>, area: Rect, (x, y): (u16, u16)) {
    let labels = completion.items.iter().map(|item| width(&safe(&item.label))).max().unwrap_or(0).min(40);
    let abouts = completion.items.iter().map(|item| width(&safe(&item.about))).max().unwrap_or(0);
    let columns = u16::try_from((labels + abouts + 5).min(WIDEST)).unwrap_or(u16::MAX).min(area.width);
    let (below, above) = (area.bottom().saturating_sub(y + 1), y.saturating_sub(area.y));
    let wanted = u16::try_from(completion.items.len()).unwrap_or(ROWS).min(ROWS) + 2;
    let height = wanted.min(below.max(above));
    if height < 3 {
        return;
    }
    let top = if below >= height { y + 1 } else { y - height };
    let typed = u16::try_from(completion.typed + 2).unwrap_or(u16::MAX);
    let left = x.saturating_sub(typed).clamp(area.x, area.right() - columns);
    let place = Rect { x: left, y: top, width: columns, height };
    paint.blank(place);
    let inside = paint.block(place, "", true);
    paint.hit(place, Hit::Offer(None));
    let shown = window(completion.selected, completion.items.len(), inside.height.into());
    for (row, index) in inside.rows().zip(shown) {
        let item = &completion.items[index];
        let label = pad(&truncate(&safe(&item.label), labels), labels);
        let room = usize::from(inside.width).saturating_sub(labels + 3);
        let line = Line::from(vec![
            paint.look.span(Role::Text, format!(" {label}  ")),
            paint.look.span(Role::Dim, truncate(&safe(&item.about), room)),
        ]);
        paint.line(row, line);
        paint.hit(row, Hit::Offer(Some(index)));
        if index == completion.selected {
            paint.select(row, true);
        }
    }
}
