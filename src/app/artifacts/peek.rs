use std::path::PathBuf;

use crate::app::picker::moved;
use crate::app::{Seen, Trouble};
use crate::domain::text::{safe, width};
use crate::domain::{Content, Preview, PreviewTable};

/// Lines that the summary of one column takes.
pub const LINES_A_COLUMN: usize = 3;
/// No column of a table is wider, or it would hide the others.
const WIDEST: usize = 40;

/// Bytes that have room in a line of so many columns, with their place and their letters.
pub fn bytes_a_line(columns: usize) -> usize {
    if columns >= 76 { 16 } else { 8 }
}

/// What is seen of a table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PeekTab {
    #[default]
    Rows,
    /// What the rows tell of each column.
    Columns,
}

/// The look into what is selected.
#[derive(Clone, Debug, Default)]
pub struct Peek {
    /// What was asked for last, and for how many columns.
    pub asked: Option<(PathBuf, usize)>,
    /// The last that was answered, of which path.
    pub seen: Option<(PathBuf, Result<Box<Preview>, Trouble>)>,
    pub tab: PeekTab,
    /// The first row or line that is shown.
    pub scroll: usize,
    /// The first column of a table, or letter of a text.
    pub column: usize,
    /// Of each column of a table, in columns of the terminal.
    pub widths: Vec<usize>,
    /// Something else is wanted by now.
    pub stale: bool,
}

impl Peek {
    pub fn content(&self) -> Option<&Content> {
        match &self.seen {
            Some((_, Ok(preview))) => Some(&preview.content),
            _ => None,
        }
    }

    pub fn answered(&mut self, answer: Result<Box<Preview>, Trouble>) {
        let Some((path, _)) = self.asked.clone() else { return };
        // Laid out anew it is still the same.
        if self.seen.as_ref().is_none_or(|(seen, _)| *seen != path) {
            (self.scroll, self.column) = (0, 0);
        }
        self.widths = match answer.as_ref().map(|preview| &preview.content) {
            Ok(Content::Table(table)) => widths(table),
            _ => Vec::new(),
        };
        self.seen = Some((path, answer));
    }

    /// Rows or lines, where so many columns are there for them.
    pub fn rows(&self, columns: usize) -> usize {
        match (self.content(), self.tab) {
            (Some(Content::Table(table)), PeekTab::Rows) => table.rows.len(),
            (Some(Content::Table(table)), PeekTab::Columns) => table.columns.len() * LINES_A_COLUMN,
            (Some(Content::Text(lines) | Content::Laid { lines, .. }), _) => lines.len(),
            (Some(Content::Bytes(bytes)), _) => bytes.len().div_ceil(bytes_a_line(columns)),
            (Some(Content::Folder(entries)), _) => entries.len(),
            _ => 0,
        }
    }

    /// Some rows down, or up, on what was drawn.
    pub fn go(&mut self, rows: i64, seen: &Seen) {
        self.scroll = moved(self.scroll, rows, self.rows(seen.width).saturating_sub(seen.page) + 1);
    }

    /// To the right, or left: by columns of a table, by some letters of a text.
    pub fn turn(&mut self, columns: i64) {
        const LETTERS: i64 = 8;
        let (step, count) = match self.content() {
            Some(Content::Table(table)) => (1, table.columns.len()),
            Some(Content::Text(lines) | Content::Laid { lines, .. }) => {
                (LETTERS, lines.iter().map(|line| width(line)).max().unwrap_or(0))
            }
            _ => (1, 0),
        };
        self.column = moved(self.column, columns.saturating_mul(step), count);
    }

    pub fn turn_tab(&mut self) {
        if let Some(Content::Table(_)) = self.content() {
            self.tab = match self.tab {
                PeekTab::Rows => PeekTab::Columns,
                PeekTab::Columns => PeekTab::Rows,
            };
            (self.scroll, self.column) = (0, 0);
        }
    }
}

/// What each column takes, measured once and not for every frame.
fn widths(table: &PreviewTable) -> Vec<usize> {
    let column = |(at, column): (usize, &crate::domain::PreviewColumn)| {
        let values = table.rows.iter().filter_map(|row| row.get(at)?.as_deref());
        let texts = values.chain([column.name.as_str(), column.kind_text()]);
        texts.map(|text| width(&safe(text))).max().unwrap_or(0).min(WIDEST)
    };
    table.columns.iter().enumerate().map(column).collect()
}
