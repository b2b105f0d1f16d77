use std::borrow::Cow;

use ratatui::layout::Rect;

use super::super::cells::{self, Column};
use super::super::paint::Paint;
use crate::app::Peek;
use crate::domain::PreviewTable;

/// Names, types, and the rows that have room, from the column that was turned to.
pub fn draw(table: &PreviewTable, peek: &Peek, paint: &mut Paint<'_>, area: Rect) {
    let columns = table.columns.iter().enumerate().skip(peek.column).map(|(at, column)| Column {
        at,
        name: &column.name,
        kind: column.kind_text(),
        is_number: column.is_number(),
        width: peek.widths.get(at).copied().unwrap_or(0),
    });
    let columns = cells::fitting(columns, area.width.into());
    let look = paint.look;
    let rows = table
        .rows
        .iter()
        .skip(peek.scroll)
        .map(|row| cells::row(&columns, look, "∅", |at| row.get(at)?.as_deref().map(Cow::Borrowed)));
    paint.lines(area, cells::head(&columns, look).into_iter().chain(rows));
}
