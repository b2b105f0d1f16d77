use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::figures::{count, counted};
use super::table::{Cell, Table, left, right};
use crate::cli::text::safe;
use crate::cli::{Ink, Look};

/// A query's first rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rows {
    pub columns: Vec<RowsColumn>,
    pub rows: Vec<Vec<Value>>,
    /// How many there are in all.
    pub total: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowsColumn {
    pub name: String,
    /// BigQuery's.
    #[serde(rename = "type")]
    pub kind: String,
}

/// The rows as a table, and how many of all they are.
pub fn rows_view(rows: &Rows, look: &Look) -> String {
    let columns: Vec<_> = rows
        .columns
        .iter()
        .map(|column| {
            let title = safe(&column.name).into_owned();
            match column.kind.as_str() {
                "INT64" | "FLOAT64" | "NUMERIC" => right(title),
                _ => left(title),
            }
        })
        .collect();
    let mut table = Table::new(columns);
    for row in &rows.rows {
        table.row(row.iter().map(cell).collect::<Vec<_>>());
    }
    let shown = rows.rows.len() as u64;
    let sum = match shown == rows.total {
        true => counted(rows.total, "row"),
        false => format!("showing {} of {}", count(shown), counted(rows.total, "row")),
    };
    format!("{}\n{}\n", table.render(look), look.paint(Ink::Dim, sum))
}

fn cell(value: &Value) -> Cell {
    match value {
        Value::Null => Cell::inked("NULL", Ink::Dim),
        Value::String(text) => text.into(),
        other => other.to_string().into(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

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
}
