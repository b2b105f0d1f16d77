use serde_json::Value;

use super::table::{Cell, Table, left, right, yielding};
use crate::cli::{Ink, Look};
use crate::domain::Rows;
use crate::domain::figures::{count, counted};
use crate::domain::text::{safe, truncate, width};

/// Where a table has no room for all its columns, none takes more than this.
const WIDEST: usize = 30;
/// A table of fewer columns, where there are more, says less than the rows one below the other.
const FEWEST: usize = 3;

/// The rows as a table, and how many of all they are. A row is never broken: columns that have no room are named, and
/// where that would be nearly all, each row is told value by value.
pub fn rows_view(rows: &Rows, look: &Look) -> String {
    let widths: Vec<usize> = (0..rows.columns.len()).map(|index| width_of(rows, index)).collect();
    let fit = fitting(&widths, usize::MAX, look.width);
    let all = rows.columns.len();
    let text = match fit == all {
        true => table(rows, all, usize::MAX, look),
        false => match fitting(&widths, WIDEST, look.width) {
            fit if fit >= FEWEST.min(all) => {
                let names: Vec<_> = rows.columns[fit..].iter().map(|column| safe(&column.name)).collect();
                let more =
                    format!("… and {}: {}", counted(names.len() as u64, "more column"), names.join(", "));
                let more = if names.is_empty() { String::new() } else { more };
                table(rows, fit, WIDEST, look) + &look.paint(Ink::Dim, truncate(&more, look.width)) + "\n"
            }
            _ => records(rows, look),
        },
    };
    let shown = rows.rows.len() as u64;
    let sum = match shown == rows.total {
        true => counted(rows.total, "row"),
        false => format!("showing {} of {}", count(shown), counted(rows.total, "row")),
    };
    format!("{}\n\n{}\n", text.trim_end(), look.paint(Ink::Dim, sum))
}

fn width_of(rows: &Rows, column: usize) -> usize {
    let cells = rows.rows.iter().filter_map(|row| row.get(column)).map(|value| width(&safe(&plain(value))));
    cells.chain([width(&safe(&rows.columns[column].name))]).max().unwrap_or_default()
}

/// How many of the first columns fit, each at most so wide.
fn fitting(widths: &[usize], widest: usize, room: usize) -> usize {
    let mut used = 0;
    let fits = |width: &&usize| {
        used += if used == 0 { 0 } else { 2 } + (**width).min(widest);
        used <= room
    };
    widths.iter().take_while(fits).count()
}

fn table(rows: &Rows, columns: usize, widest: usize, look: &Look) -> String {
    let shown = rows.columns.iter().take(columns).map(|column| {
        let title = truncate(&safe(&column.name), widest).into_owned();
        match column.kind.as_str() {
            "INT64" | "FLOAT64" | "NUMERIC" => right(title),
            _ => left(title),
        }
    });
    let mut table = Table::new(shown.collect::<Vec<_>>());
    for row in &rows.rows {
        table.row(row.iter().take(columns).map(|value| cell(value, widest)).collect::<Vec<_>>());
    }
    table.render(look)
}

/// One row below the other, a value a line.
fn records(rows: &Rows, look: &Look) -> String {
    let each = rows.rows.iter().map(|row| {
        let mut record = Table::new([left(""), yielding("")]);
        for (column, value) in rows.columns.iter().zip(row) {
            record.row([Cell::inked(&column.name, Ink::Dim), cell(value, usize::MAX)]);
        }
        record.render(look)
    });
    each.collect::<Vec<_>>().join("\n")
}

fn cell(value: &Value, widest: usize) -> Cell {
    match value {
        Value::Null => Cell::inked("NULL", Ink::Dim),
        value => truncate(&safe(&plain(value)), widest).into(),
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => "NULL".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::RowsColumn;

    #[test]
    fn rows_are_shown_with_how_many_there_are() {
        let column = |name: &str, kind: &str| RowsColumn { name: name.into(), kind: kind.into() };
        let mut rows = Rows {
            columns: vec![column("carrier", "STRING"), column("flights", "INT64"), column("mean", "FLOAT64")],
            rows: vec![
                vec![json!("UA\u{1b}[31m"), json!(12), json!(3.5)],
                vec![json!("B6"), json!(7), json!(null)],
            ],
            total: 1045,
        };
        insta::assert_snapshot!(rows_view(&rows, &Look::PLAIN), @r"
        carrier  flights  mean
        UA␛[31m       12   3.5
        B6             7  NULL

        showing 2 of 1,045 rows
        ");
        rows.total = 2;
        assert!(rows_view(&rows, &Look::PLAIN).ends_with("\n\n2 rows\n"));
    }

    #[test]
    fn columns_without_room_are_named_and_no_row_is_broken() {
        let column = |index: usize| RowsColumn { name: format!("column_{index}"), kind: "STRING".into() };
        let value = |index: usize| json!("x".repeat(index * 9));
        let rows = Rows {
            columns: (1..8).map(column).collect(),
            rows: vec![(1..8).map(value).collect(), (1..8).map(value).collect()],
            total: 2,
        };
        let look = |width| Look { width, colour: false };
        insta::assert_snapshot!(rows_view(&rows, &look(80)), @r"
        column_1   column_2            column_3
        xxxxxxxxx  xxxxxxxxxxxxxxxxxx  xxxxxxxxxxxxxxxxxxxxxxxxxxx
        xxxxxxxxx  xxxxxxxxxxxxxxxxxx  xxxxxxxxxxxxxxxxxxxxxxxxxxx
        … and 4 more columns: column_4, column_5, column_6, column_7

        2 rows
        ");
        insta::assert_snapshot!(rows_view(&rows, &look(40)), @r"
        column_1  xxxxxxxxx
        column_2  xxxxxxxxxxxxxxxxxx
        column_3  xxxxxxxxxxxxxxxxxxxxxxxxxxx
        column_4  xxxxxxxxxxxxxxxxxxxxxxxxxxxxx…
        column_5  xxxxxxxxxxxxxxxxxxxxxxxxxxxxx…
        column_6  xxxxxxxxxxxxxxxxxxxxxxxxxxxxx…
        column_7  xxxxxxxxxxxxxxxxxxxxxxxxxxxxx…

        column_1  xxxxxxxxx
        column_2  xxxxxxxxxxxxxxxxxx
        column_3  xxxxxxxxxxxxxxxxxxxxxxxxxxx
        column_4  xxxxxxxxxxxxxxxxxxxxxxxxxxxxx…
        column_5  xxxxxxxxxxxxxxxxxxxxxxxxxxxxx…
        column_6  xxxxxxxxxxxxxxxxxxxxxxxxxxxxx…
        column_7  xxxxxxxxxxxxxxxxxxxxxxxxxxxxx…

        2 rows
        ");
        for width in [20, 40, 80, 200] {
            let text = rows_view(&rows, &look(width));
            assert!(text.lines().all(|line| crate::domain::text::width(line) <= width), "{text}");
        }
    }
}
