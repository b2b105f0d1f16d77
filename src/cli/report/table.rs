//! Tables for people: no borders, one line a row, as wide as the terminal at most.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::cli::{Ink, Look};
use crate::domain::text::{pad, pad_left, safe, truncate, width, wrapped};

/// Columns narrower than this are not cut further.
const NARROWEST: usize = 6;
/// What a column that gives way needs, to say something.
const READABLE: usize = 10;
/// The longest word for which other columns go.
const WORD: usize = 24;
const GAP: &str = "  ";
/// Before what is told below a row.
const BELOW: &str = "   ";

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
    /// It is cut between words only: half a number is another number.
    by_words: bool,
    /// Goes as a whole where there is no room for all; those with more go first, and those with 0 never.
    leaves: u8,
}

impl Column {
    pub fn leaving(self, leaves: u8) -> Self {
        Self { leaves, ..self }
    }
}

pub fn left(title: impl Into<Cow<'static, str>>) -> Column {
    let title = title.into();
    Column { title, align: Align::Left, yields: false, wraps: false, by_words: false, leaves: 0 }
}

/// For numbers: it is never cut.
pub fn right(title: impl Into<Cow<'static, str>>) -> Column {
    Column { align: Align::Right, ..left(title) }
}

/// A left column that gives way when the terminal is too narrow.
pub fn yielding(title: impl Into<Cow<'static, str>>) -> Column {
    Column { yields: true, ..left(title) }
}

/// One of `name=value` and the like, which gives way by whole words.
pub fn pairs(title: impl Into<Cow<'static, str>>) -> Column {
    Column { by_words: true, ..yielding(title) }
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
    /// What is told below a row, by its index.
    below: BTreeMap<usize, Cell>,
}

impl Table {
    pub fn new(columns: impl Into<Vec<Column>>) -> Self {
        Self { columns: columns.into(), rows: Vec::new(), below: BTreeMap::new() }
    }

    pub fn row(&mut self, cells: impl Into<Vec<Cell>>) {
        self.rows.push(cells.into());
    }

    /// Text to be read, below the last row.
    pub fn below(&mut self, text: impl AsRef<str>) {
        if let Some(last) = self.rows.len().checked_sub(1) {
            self.below.insert(last, Cell::inked(text, Ink::Dim));
        }
    }

    /// Lets columns go until the others can be read: those that leave first, of these the last. Answers their titles, from
    /// the left.
    pub fn let_go(&mut self, look: &Look) -> Vec<String> {
        let mut places: Vec<usize> = (0..self.columns.len()).collect();
        let mut gone = Vec::new();
        while self.least() > look.width {
            let may = (0..self.columns.len()).filter(|index| self.columns[*index].leaves > 0);
            let Some(first) = may.max_by_key(|index| (self.columns[*index].leaves, *index)) else { break };
            gone.push((places.remove(first), self.columns.remove(first).title.into_owned()));
            self.rows.iter_mut().filter(|row| first < row.len()).for_each(|row| drop(row.remove(first)));
        }
        gone.sort_unstable();
        gone.into_iter().map(|(_, title)| title).collect()
    }

    /// In which all can be read.
    fn least(&self) -> usize {
        let needs = |index: usize| match self.columns[index].yields {
            true => self.needs(index).min(self.first_words(index).max(READABLE)),
            false => self.needs(index),
        };
        (0..self.columns.len()).map(needs).sum::<usize>() + self.gaps()
    }

    /// What a column that is cut between words needs to have one word in each row.
    fn first_words(&self, index: usize) -> usize {
        if !self.columns[index].by_words {
            return 0;
        }
        let cells = self.rows.iter().filter_map(|row| row.get(index));
        let first = cells.map(|cell| match cell.text.split_once(' ') {
            Some((first, _)) => width(first) + 2,
            None => width(&cell.text),
        });
        first.max().unwrap_or_default().min(WORD)
    }

    fn needs(&self, index: usize) -> usize {
        let cells = self.rows.iter().filter_map(|row| row.get(index)).map(|cell| width(&cell.text));
        cells.chain([width(&self.columns[index].title)]).max().unwrap_or_default()
    }

    fn gaps(&self) -> usize {
        GAP.len() * self.columns.len().saturating_sub(1)
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
        for (index, row) in self.rows.iter().enumerate() {
            self.line(row, &widths, look, &mut text);
            for line in self.below.get(&index).into_iter().flat_map(|cell| wrapped(&cell.text, inside(look)))
            {
                text.push_str(&format!("{BELOW}{}\n", look.paint(Ink::Dim, line)));
            }
        }
        text
    }

    fn line(&self, cells: &[Cell], widths: &[usize], look: &Look, text: &mut String) {
        let mut further = vec![Cell::default(); cells.len()];
        let mut shown = Vec::with_capacity(cells.len());
        for (index, ((cell, column), room)) in cells.iter().zip(&self.columns).zip(widths).enumerate() {
            let mut cut = if column.by_words { by_words(&cell.text, *room) } else { cell.cut(*room) };
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
        let mut widths: Vec<usize> = (0..self.columns.len()).map(|index| self.needs(index)).collect();
        let gaps = self.gaps();
        for only_yielding in [true, false] {
            while widths.iter().sum::<usize>() + gaps > room {
                let may_give = |index: &usize| {
                    let column = &self.columns[*index];
                    let gives = if only_yielding { column.yields } else { column.align == Align::Left };
                    widths[*index] > NARROWEST && gives
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

fn inside(look: &Look) -> usize {
    look.width.saturating_sub(BELOW.len()).max(READABLE)
}

/// As many words as there is room for.
fn by_words(text: &str, room: usize) -> String {
    if width(text) <= room {
        return text.to_owned();
    }
    let ends = text.match_indices(' ').map(|(end, _)| text[..end].trim_end());
    let kept = ends.take_while(|kept| width(kept) + 2 <= room).last().filter(|kept| !kept.is_empty());
    kept.map_or_else(|| "…".to_owned(), |kept| format!("{kept} …"))
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
    fn no_number_is_cut_and_what_has_no_room_goes_as_a_whole() {
        let mut table = Table::new([
            left("run"),
            right("auc"),
            right("log_loss").leaving(2),
            right("took").leaving(1),
            pairs("with"),
        ]);
        table.row(
            ["3f2a", "0.7196", "0.123456789", "1m 30s", "depth=6 rate=0.05 day=2013-01-01"].map(Cell::from),
        );
        let (mut wide, mut narrow, mut tiny) = (table.clone(), table.clone(), table);
        let look = |width| Look { width, colour: false };
        assert!(wide.let_go(&Look::PLAIN).is_empty());
        assert_eq!(narrow.let_go(&look(41)), ["log_loss"]);
        assert_eq!(
            narrow.render(&look(41)),
            "run      auc    took  with\n3f2a  0.7196  1m 30s  depth=6 rate=0.05 …\n"
        );
        assert_eq!(tiny.let_go(&look(10)), ["log_loss", "took"]);
        assert_eq!(tiny.render(&look(10)), "run      auc  with\n3f2a  0.7196  …\n");
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
