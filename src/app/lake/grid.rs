use serde_json::Value;

use crate::app::picker::moved;
use crate::domain::Rows;

/// Rows that are looked at, and where.
#[derive(Clone, Debug, PartialEq)]
pub struct Grid {
    pub rows: Rows,
    pub row: usize,
    /// The first column that is shown.
    pub column: usize,
}

impl Grid {
    pub fn new(rows: Rows) -> Self {
        Self { rows, row: 0, column: 0 }
    }

    pub fn go(&mut self, rows: i64, columns: i64) {
        self.row = moved(self.row, rows, self.rows.rows.len());
        self.column = moved(self.column, columns, self.rows.columns.len());
    }

    /// The selected row as spreadsheets take it.
    pub fn text(&self) -> Option<String> {
        let row = self.rows.rows.get(self.row)?;
        Some(row.iter().map(plain).collect::<Vec<_>>().join("\t"))
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
