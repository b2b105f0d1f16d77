use crate::domain::{ColumnSummary, PreviewColumn, PreviewTable};

/// Rows that are looked at, and rows that are shown of them.
const SAMPLED: usize = 10_000;
const SHOWN: usize = 1_000;
/// Of a wide table fewer rows are looked at.
const CELLS: usize = 400_000;
const BYTES: usize = 8 << 20;
/// Of one value.
const LONGEST: usize = 1_000;
/// Columns that are looked at.
pub(super) const WIDEST: usize = 1_000;

/// The first rows of a table, as many as may be in memory.
#[derive(Default)]
pub(super) struct Sample {
    rows: Vec<Vec<Option<String>>>,
    cells: usize,
    bytes: usize,
}

impl Sample {
    /// False: it was the last that is wanted.
    pub fn push(&mut self, mut row: Vec<Option<String>>) -> bool {
        row.truncate(WIDEST);
        row.iter_mut().flatten().for_each(cut);
        self.cells += row.len();
        self.bytes += row.iter().flatten().map(String::len).sum::<usize>();
        self.rows.push(row);
        self.rows.len() < SAMPLED && self.cells < CELLS && self.bytes < BYTES
    }

    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// The values of a column, in the order of the rows.
    pub fn values(&self, column: usize) -> impl Iterator<Item = Option<&str>> {
        self.rows.iter().map(move |row| row.get(column).and_then(Option::as_deref))
    }

    /// As a table of these columns; `total` where it is known how many rows there are.
    pub fn table(mut self, mut columns: Vec<PreviewColumn>, total: Option<u64>) -> PreviewTable {
        columns.truncate(WIDEST);
        let summary = columns.iter().enumerate();
        let summary = summary.map(|(at, column)| ColumnSummary::of(column, self.values(at))).collect();
        let sampled = self.rows.len() as u64;
        self.rows.truncate(SHOWN);
        self.rows.iter_mut().for_each(|row| row.resize(columns.len(), None));
        PreviewTable { columns, rows: self.rows, total, sampled, summary }
    }
}

/// A value that would fill the screen by itself ends in `…`.
fn cut(text: &mut String) {
    if let Some((end, _)) = text.char_indices().nth(LONGEST) {
        text.truncate(end);
        text.push('…');
    }
}
