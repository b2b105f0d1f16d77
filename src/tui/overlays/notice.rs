use ratatui::layout::Rect;

use super::super::paint::Paint;
use super::trouble::lines;
use crate::app::{Notices, Trouble};

/// An error as far down as the person has gone; it takes no more room than it needs.
pub fn draw(notices: &Notices, trouble: &Trouble, scroll: usize, paint: &mut Paint<'_>, area: Rect) {
    let back = notices.errors().position(|error| error.trouble == *trouble);
    let title = match (back, notices.errors().count()) {
        (Some(back), all @ 2..) => format!("message {} of {all}, the newest first", back + 1),
        _ => "message".to_owned(),
    };
    let width = area.width.saturating_sub(6);
    let lines = lines(trouble, paint.look, width.saturating_sub(2).into());
    let height = u16::try_from(lines.len() + 2).unwrap_or(u16::MAX);
    let inside = paint.popup(area, (width, height), &title);
    paint.seen.page = inside.height.into();
    paint.seen.scrolls = lines.len().saturating_sub(inside.height.into());
    let above = scroll.min(paint.seen.scrolls);
    paint.lines(inside, lines.into_iter().skip(above));
}
