use std::borrow::Cow;

use ratatui::layout::Rect;
use serde_json::Value;

use super::cells::{self, Column};
use super::list::window;
use super::paint::Paint;
use crate::app::{Grid, Hit};
use crate::domain::RowsColumn;
use crate::domain::text::{safe, width};

/// No column takes more columns of the screen than this.
const WIDEST: usize = 32;

/// Rows below the names and types of their columns, from the first column that is wanted on.
pub(super) fn draw(grid: &Grid, paint: &mut Paint<'_>, area: Rect, focused: bool) {
    let (head, body) = (area.height.min(2), area.height.saturating_sub(2));
    let shown = window(grid.row, grid.rows.rows.len(), body.into());
    let columns = cells::fitting(columns(grid, shown.clone()), area.width.into());
    let look = paint.look;
    paint.lines(Rect { height: head, ..area }, cells::head(&columns, look));
    let area = Rect { y: area.y + head, height: body, ..area };
    for (row, index) in area.rows().zip(shown) {
        let values = &grid.rows.rows[index];
        let line = cells::row(&columns, look, NULL, |at| plain(values.get(at)?, &grid.rows.columns[at]));
        paint.line(row, line);
        paint.hit(row, Hit::GridRow(index));
        if index == grid.row {
            paint.select(row, focused);
        }
    }
    paint.seen.page = body.into();
}

/// As wide as what is shown of them.
fn columns(grid: &Grid, rows: std::ops::Range<usize>) -> impl Iterator<Item = Column<'_>> {
    let all = grid.rows.columns.iter().enumerate().skip(grid.column);
    all.map(move |(at, of)| {
        let cells = grid.rows.rows[rows.clone()].iter().filter_map(|row| row.get(at));
        let text = |value| width(&safe(&plain(value, of).unwrap_or(NULL.into())));
        let widest = cells.map(text).max().unwrap_or(0);
        let width = widest.max(width(&safe(&of.name))).max(of.kind.len()).min(WIDEST);
        let is_number = matches!(of.kind.as_str(), "INT64" | "FLOAT64" | "NUMERIC");
        Column { at, name: &of.name, kind: &of.kind, is_number, width }
    })
}

const NULL: &str = "NULL";

fn plain<'a>(value: &'a Value, of: &RowsColumn) -> Option<Cow<'a, str>> {
    match value {
        Value::Null => None,
        Value::String(text) if matches!(of.kind.as_str(), "TIMESTAMP" | "DATETIME" | "TIME") => {
            Some(Cow::Owned(moment(text)))
        }
        Value::String(text) => Some(Cow::Borrowed(text)),
        other => Some(Cow::Owned(other.to_string())),
    }
}

/// All are of UTC, as the column's type says; of a fraction, only what there is of it.
fn moment(text: &str) -> String {
    let text = ["+00:00", "+00", "Z", " UTC"].iter().find_map(|zone| text.strip_suffix(zone)).unwrap_or(text);
    let text = text.trim_end();
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text };
    text.replacen('T', " ", 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_takes_no_more_room_than_it_tells() {
        for (text, shown) in [
            ("2013-01-01 05:00:00+00", "2013-01-01 05:00:00"),
            ("2013-01-01T05:00:00.120000Z", "2013-01-01 05:00:00.12"),
            ("2013-01-01T00:00:00.000000", "2013-01-01 00:00:00"),
            ("05:10:00", "05:10:00"),
            ("2013-01-01 06:00:00.000000 +00:00", "2013-01-01 06:00:00"),
            ("odd", "odd"),
        ] {
            assert_eq!(moment(text), shown);
        }
    }
}
