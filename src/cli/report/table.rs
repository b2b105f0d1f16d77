//! Tables for people: no borders, one line a row, as wide as the terminal at most.

use std::borrow::Cow;

use crate::cli::{Ink, Look};
use crate::domain::text::{pad, pad_left, safe, truncate, width, wrapped};

/// Columns narrower than this are not cut further.
const NARROWEST: usize = 6;
const GAP: &str = "  ";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Align {
    Left,
    Right,
}

#[derive(Clone, Debug)]
pub struct Column {
    title: Cow<'static, str>,
    align: Align,
    /// Gives way, before the others do, when the terminal is too narrow.
    yields: bool,
    /// What is too long for it goes on below, instead of being cut.
    wraps: bool,
}

pub fn left(title: impl Into<Cow<'static, str>>) -> Column {
    Column { title: title.into(), align: Align::Left, yields: false, wraps: false }
}

pub fn right(title: impl Into<Cow<'static, str>>) -> Column {
    Column { title: title.into(), align: Align::Right, yields: false, wraps: false }
}

/// A left column that gives way when the terminal is too narrow.
pub fn yielding(title: impl Into<Cow<'static, str>>) -> Column {
    Column { title: title.into(), align: Align::Left, yields: true, wraps: false }
}

/// A left column of text to be read: it gives way, and goes on below.
pub fn wrapping(title: impl Into<Cow<'static, str>>) -> Column {
    Column { wraps: true, ..yielding(title) }
}

/// One cell: made safe on its way in, painted on its way out.
#[derive(Clone, Debug, Default)]
pub struct Cell {
    text: String,
    /// The end of the text that stays when the rest is cut.
    kept: usize,
    ink: Option<Ink>,
}

impl Cell {
    pub fn inked(text: impl AsRef<str>, ink: Ink) -> Self {
        Self { ink: Some(ink), ..text.into() }
    }

    /// Of which `end` is never cut.
    pub fn ending(text: impl AsRef<str>, end: impl AsRef<str>) -> Self {
        let end = safe(end.as_ref());
        Self { text: format!("{}{end}", safe(text.as_ref())), kept: end.len(), ink: None }
    }

    fn cut(&self, room: usize) -> String {
        let (text, end) = self.text.split_at(self.text.len() - self.kept);
        match room.checked_sub(width(end)).filter(|left| *left > 1) {
            Some(left) => format!("{}{end}", truncate(text, left)),
            None => truncate(&self.text, room).into_owned(),
        }
    }
}

impl<T: AsRef<str>> From<T> for Cell {
    fn from(text: T) -> Self {
        Self { text: safe(text.as_ref()).into_owned(), kept: 0, ink: None }
    }
}

#[derive(Clone, Debug)]
pub struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<Cell>>,
}

impl Table {
    pub fn new(columns: impl Into<Vec<Column>>) -> Self {
        Self { columns: columns.into(), rows: Vec::new() }
    }

    pub fn row(&mut self, cells: impl Into<Vec<Cell>>) {
        self.rows.push(cells.into());
    }

    /// With a line of titles if any column has one; every line ends with a newline.
    pub fn render(&self, look: &Look) -> String {
        let widths = self.widths(look.width);
        let mut text = String::new();
        if self.columns.iter().any(|column| !column.title.is_empty()) {
            let titles: Vec<_> =
                self.columns.iter().map(|column| Cell::inked(&column.title, Ink::Dim)).collect();
            self.line(&titles, &widths, look, &mut text);
        }
        for row in &self.rows {
            self.line(row, &widths, look, &mut text);
        }
        text
    }

    fn line(&self, cells: &[Cell], widths: &[usize], look: &Look, text: &mut String) {
        let mut further = vec![Cell::default(); cells.len()];
        let mut shown = Vec::with_capacity(cells.len());
        for (index, ((cell, column), room)) in cells.iter().zip(&self.columns).zip(widths).enumerate() {
            let mut cut = cell.cut(*room);
            if column.wraps {
                let mut lines = wrapped(&cell.text, *room).into_iter();
                cut = lines.next().unwrap_or_default();
                further[index] = Cell { text: lines.collect::<Vec<_>>().join(" "), ..cell.clone() };
            }
            let filled = match column.align {
                Align::Left => pad(&cut, *room),
                Align::Right => pad_left(&cut, *room),
            };
            shown.push((filled, cell.ink));
        }
        // Spaces at a line's end would wrap on a terminal that became narrower, and spoil what is copied.
        while let Some((last, _)) = shown.last_mut() {
            last.truncate(last.trim_end().len());
            if !last.is_empty() {
                break;
            }
            shown.pop();
        }
        let painted: Vec<_> = shown
            .into_iter()
            .map(|(cell, ink)| match ink {
                Some(ink) => look.paint(ink, cell),
                None => cell,
            })
            .collect();
        text.push_str(&painted.join(GAP));
        text.push('\n');
        if further.iter().any(|cell| !cell.text.is_empty()) {
            self.line(&further, widths, look, text);
        }
    }

    /// What each column gets: all it needs, or less for the widest where the sum is too much.
    fn widths(&self, room: usize) -> Vec<usize> {
        let needs = |index: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(index)).map(|cell| width(&cell.text));
            cells.chain([width(&self.columns[index].title)]).max().unwrap_or_default()
        };
        let mut widths: Vec<usize> = (0..self.columns.len()).map(needs).collect();
        let gaps = GAP.len() * self.columns.len().saturating_sub(1);
        for only_yielding in [true, false] {
            while widths.iter().sum::<usize>() + gaps > room {
                let may_give = |index: &usize| {
                    widths[*index] > NARROWEST && (!only_yielding || self.columns[*index].yields)
                };
                let Some(widest) = (0..widths.len()).filter(may_give).max_by_key(|index| widths[*index])
                else {
                    break;
                };
                widths[widest] -= 1;
            }
        }
        widths
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let mut table = Table::new([left(""), left("step"), right("time"), yielding("made")]);
        table.row([
            "✓".into(),
            "delays".into(),
            "4.2s".into(),
            "delays/delays.parquet of many carriers".into(),
        ]);
        table.row([
            Cell::inked("✗", Ink::Bad),
            "report_日本".into(),
            "12s".into(),
            "exit \x1b[31mcode 1".into(),
        ]);
        table.row(["−".into(), "publish".into(), "".into(), "".into()]);
        table
    }

    #[test]
    fn it_takes_what_it_needs_when_there_is_room() {
        insta::assert_snapshot!(table().render(&Look::PLAIN), @r#"
           step         time  made
        ✓  delays       4.2s  delays/delays.parquet of many carriers
        ✗  report_日本   12s  exit ␛[31mcode 1
        −  publish
        "#);
    }

    #[test]
    fn the_yielding_column_is_cut_first() {
        let text = table().render(&Look { width: 40, colour: false });
        assert!(text.lines().all(|line| width(line) <= 40), "{text}");
        insta::assert_snapshot!(text, @r#"
           step         time  made
        ✓  delays       4.2s  delays/delays.par…
        ✗  report_日本   12s  exit ␛[31mcode 1
        −  publish
        "#);
    }

    #[test]
    fn text_to_be_read_goes_on_below_and_an_end_stays() {
        let mut table = Table::new([left("name"), wrapping("does"), yielding("made")]);
        table.row([
            "sql".into(),
            "Writes the rows of a query to one file".into(),
            Cell::ending("a_very_long_name_of_a_file.parquet", "  3.0 KiB, 29 rows"),
        ]);
        table.row(["x".into(), "short".into(), "other".into()]);
        insta::assert_snapshot!(table.render(&Look { width: 50, colour: false }), @r"
        name  does                   made
        sql   Writes the rows of a   a_…  3.0 KiB, 29 rows
              query to one file
        x     short                  other
        ");
    }

    #[test]
    fn colours_are_only_its_own() {
        let text = table().render(&Look { width: 80, colour: true });
        assert!(text.contains("\x1b[1m\x1b[31m✗\x1b[0m"), "{text:?}");
        assert!(text.contains("exit ␛[31mcode 1"), "{text:?}");
    }

    #[test]
    fn a_terminal_of_no_width_is_survived() {
        assert_eq!(table().render(&Look { width: 0, colour: false }).lines().count(), 4);
    }
}
