//! Columns of values beside each other, below their names and types.

use std::borrow::Cow;

use ratatui::text::{Line, Span};

use super::{Look, Role};
use crate::domain::text::{pad, pad_left, safe, truncate};

/// A column is cut down to so much at the border.
const NARROWEST: usize = 6;

pub(super) struct Column<'a> {
    /// Its position among all there are.
    pub at: usize,
    pub name: &'a str,
    pub kind: &'a str,
    pub is_number: bool,
    pub width: usize,
}

/// Those that have room, the last one cut down to it.
pub(super) fn fitting<'a>(columns: impl Iterator<Item = Column<'a>>, room: usize) -> Vec<Column<'a>> {
    let mut used = 0;
    let fits = |column: Column<'a>| {
        let left = room.saturating_sub(used);
        used += column.width + 2;
        // Of a column that is cut off further nothing could be read.
        (left >= column.width.min(NARROWEST)).then(|| Column { width: column.width.min(left), ..column })
    };
    columns.map_while(fits).collect()
}

/// Their names, and below them their types.
pub(super) fn head(columns: &[Column<'_>], look: &Look) -> [Line<'static>; 2] {
    let names = columns.iter().map(|column| column.span(look, Role::Strong, column.name));
    let kinds = columns.iter().map(|column| column.span(look, Role::Dim, column.kind));
    [names.collect(), kinds.collect()]
}

/// A row, of whose cells `text` tells by the position of their column; where there is nothing, `nothing` stands.
pub(super) fn row<'t>(
    columns: &[Column<'_>],
    look: &Look,
    nothing: &str,
    text: impl Fn(usize) -> Option<Cow<'t, str>>,
) -> Line<'static> {
    let cell = |column: &Column<'_>| match text(column.at) {
        Some(text) => column.span(look, Role::Text, &text),
        None => column.span(look, Role::Dim, nothing),
    };
    columns.iter().map(cell).collect()
}

impl Column<'_> {
    /// Numbers end, and all else begins, under each other.
    fn span(&self, look: &Look, role: Role, text: &str) -> Span<'static> {
        let text = safe(text);
        let text = truncate(&text, self.width);
        let filled = if self.is_number { pad_left(&text, self.width) } else { pad(&text, self.width) };
        look.span(role, filled + "  ")
    }
}
