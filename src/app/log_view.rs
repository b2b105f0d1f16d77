use camino::Utf8PathBuf;
use jiff::Timestamp;

use super::filter::LineInput;
use super::{Level, level};
use crate::domain::NodeId;

/// Lines that are kept around those that are shown, so that a little scrolling asks for nothing.
const MARGIN: usize = 200;
/// Places of a search that are kept; of the others only their number.
pub const MOST_FOUND: usize = 1_000_000;

/// Of the lines at the end of a log, so many are looked at for what failed.
const END: usize = 100;

/// A line of a log, safe to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// Where it starts in the log, in bytes: it names the line.
    pub offset: u64,
    pub stderr: bool,
    pub time: Option<Timestamp>,
    pub text: String,
}

/// Some lines of a log, in the order in which they begin.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogWindow {
    pub lines: Vec<LogLine>,
    /// Nothing stands before them.
    pub from_start: bool,
    /// Nothing stands after them.
    pub to_end: bool,
}

/// From where lines are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    End,
    /// The line that starts there, or the next.
    At(u64),
}

/// Which lines are wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogAsk {
    /// The run's directory.
    pub run: Utf8PathBuf,
    pub node: NodeId,
    pub attempt: u32,
    pub anchor: Anchor,
    pub above: usize,
    pub below: usize,
}

/// The log that is looked at: only the lines around those that can be seen are here, however long it is.
#[derive(Clone, Debug, Default)]
pub struct LogView {
    /// Whose log.
    pub of: Option<(Utf8PathBuf, NodeId, u32)>,
    pub window: LogWindow,
    /// Stays at the end as the log grows.
    pub follow: bool,
    pub wrap: bool,
    pub times: bool,
    /// The line at the top, unless the end is followed.
    pub top: u64,
    /// Bytes.
    pub length: u64,
    pub search: Search,
    /// It has changed since the lines were asked for.
    pub stale: bool,
    /// Its last lines, as far as they are known.
    pub end: Vec<String>,
}

/// What is looked for in a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// In any case where it is typed in small letters.
    Text(String),
    /// What looks like an error.
    Error,
}

impl Wanted {
    fn is_in(&self, line: &str) -> bool {
        match self {
            Self::Text(text) if text.chars().any(char::is_uppercase) => line.contains(text.as_str()),
            Self::Text(text) => line.to_lowercase().contains(text.as_str()),
            Self::Error => level(line) == Some(Level::Error),
        }
    }
}

/// A search in a log, and what it has found so far.
#[derive(Clone, Debug, Default)]
pub struct Search {
    pub input: LineInput,
    /// It is being typed.
    pub editing: bool,
    pub wanted: Option<Wanted>,
    /// Offsets of lines, in order.
    pub found: Vec<u64>,
    pub count: usize,
    /// The last that was counted.
    last: Option<u64>,
    pub done: bool,
    /// How long the log was when all of it was searched, and where its last line began.
    pub searched: (u64, u64),
    /// The one that was gone to.
    pub at: Option<u64>,
    /// The first that comes is gone to.
    pub wants_first: bool,
}

impl Search {
    pub fn start(&mut self, wanted: Wanted) {
        let input = std::mem::take(&mut self.input);
        *self = Self { input, wanted: Some(wanted), wants_first: true, ..Self::default() };
    }

    /// What is marked where it stands.
    pub fn text(&self) -> Option<&str> {
        match &self.wanted {
            Some(Wanted::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// The last line that was found may be found again once it has grown.
    pub fn add(&mut self, found: &[u64]) {
        let again = self.last.is_some() && found.first() == self.last.as_ref();
        let found = &found[usize::from(again)..];
        self.last = found.last().copied().or(self.last);
        self.count += found.len();
        let room = MOST_FOUND.saturating_sub(self.found.len());
        self.found.extend(&found[..found.len().min(room)]);
    }

    /// The next place after one, or before it; around the ends.
    pub fn next(&self, from: u64, back: bool) -> Option<u64> {
        let (first, last) = (self.found.first()?, self.found.last()?);
        Some(match back {
            false => {
                let next = self.found.partition_point(|found| *found <= from);
                *self.found.get(next).unwrap_or(first)
            }
            true => {
                let before = self.found.partition_point(|found| *found < from);
                *before.checked_sub(1).and_then(|before| self.found.get(before)).unwrap_or(last)
            }
        })
    }
}

impl LogView {
    /// Another log, from its end.
    pub fn open(&mut self, of: Option<(Utf8PathBuf, NodeId, u32)>) {
        let (wrap, times) = (self.wrap, self.times);
        *self = Self { of, wrap, times, follow: true, ..Self::default() };
    }

    /// Some lines have been read.
    pub fn take(&mut self, window: LogWindow) {
        if window.to_end {
            let skipped = window.lines.len().saturating_sub(END);
            self.end = window.lines[skipped..].iter().map(|line| line.text.clone()).collect();
        }
        self.window = window;
    }

    /// The question for the lines that are to be seen.
    pub fn ask(&self, rows: usize) -> Option<LogAsk> {
        let (run, node, attempt) = self.of.clone()?;
        let (anchor, above, below) = match self.follow {
            true => (Anchor::End, rows + MARGIN, 0),
            false => (Anchor::At(self.top), MARGIN, rows + MARGIN),
        };
        Some(LogAsk { run, node, attempt, anchor, above, below })
    }

    /// The first line that is shown, as an index into the window, where `rows` lines have room.
    pub fn first(&self, rows: usize) -> usize {
        let last_page = self.window.lines.len().saturating_sub(rows);
        match self.follow {
            true => last_page,
            false => self.window.lines.partition_point(|line| line.offset < self.top),
        }
    }

    /// Goes some lines down, or up; true: lines that are not here are needed.
    pub fn scroll(&mut self, lines: i64, rows: usize) -> bool {
        let count = self.window.lines.len();
        let first = self.first(rows) as i64;
        let last_page = count.saturating_sub(rows) as i64;
        let wanted = (first + lines).max(0);
        if wanted >= last_page && self.window.to_end && lines > 0 {
            self.follow = true;
            return false;
        }
        if lines < 0 && first == 0 && self.window.from_start && !self.follow {
            return false;
        }
        self.follow = false;
        let wanted = usize::try_from(wanted.min(last_page.max(0))).unwrap_or(0);
        self.top = self.window.lines.get(wanted).map_or(0, |line| line.offset);
        let short_above = wanted < MARGIN / 4 && !self.window.from_start;
        let short_below = wanted + rows + MARGIN / 4 > count && !self.window.to_end;
        short_above || short_below
    }

    /// The lines that are to be seen where `rows` have room, each with its end.
    pub fn shown_text(&self, rows: usize) -> String {
        let lines = self.window.lines.iter().skip(self.first(rows)).take(rows);
        lines.map(|line| line.text.clone() + "\n").collect()
    }

    /// Looks for something in the lines that are here, where they are all there is; goes to the first from where one is.
    pub fn look_for(&mut self, wanted: Wanted) {
        self.search.start(wanted);
        self.search.wants_first = false;
        self.look_among(self.window.lines.len());
        let from = if self.follow { 0 } else { self.top };
        let found = &self.search.found;
        let to = found.iter().copied().find(|found| *found >= from).or(found.first().copied());
        self.search.at = to;
        if let Some(to) = to {
            self.go_to(to);
        }
    }

    /// The last `come` lines are new, and some of the first may have gone. Only the new ones are looked at.
    pub fn look_among(&mut self, come: usize) {
        let Some(wanted) = &self.search.wanted else { return };
        let lines = &self.window.lines;
        let first = lines.first().map_or(u64::MAX, |line| line.offset);
        let gone = self.search.found.partition_point(|found| *found < first);
        self.search.found.drain(..gone);
        let new = lines[lines.len().saturating_sub(come)..].iter();
        self.search.found.extend(new.filter(|line| wanted.is_in(&line.text)).map(|line| line.offset));
        (self.search.count, self.search.done) = (self.search.found.len(), true);
    }

    pub fn go_to(&mut self, offset: u64) {
        self.follow = false;
        self.top = offset;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(lines: std::ops::Range<u64>, from_start: bool, to_end: bool) -> LogView {
        let line = |n: u64| LogLine { offset: n * 10, stderr: false, time: None, text: format!("line {n}") };
        let window = LogWindow { lines: lines.map(line).collect(), from_start, to_end };
        LogView { window, follow: true, ..LogView::default() }
    }

    #[test]
    fn scrolling_up_leaves_the_end_and_down_to_it_follows_again() {
        let mut log = view(0..100, true, true);
        assert_eq!(log.first(10), 90);
        assert!(!log.scroll(-1, 10));
        assert_eq!((log.follow, log.first(10), log.top), (false, 89, 890));
        log.scroll(-1000, 10);
        assert_eq!(log.first(10), 0);
        assert!(!log.scroll(-1, 10));
        log.scroll(89, 10);
        assert!(!log.follow);
        log.scroll(1, 10);
        assert!(log.follow);
    }

    #[test]
    fn near_the_edge_of_what_is_here_more_is_wanted() {
        let mut log = view(1000..2000, false, false);
        log.go_to(15_000);
        assert!(!log.scroll(1, 20));
        assert!(log.scroll(-480, 20), "few lines are left above");
        log.go_to(15_000);
        assert!(log.scroll(460, 20), "few lines are left below");
    }

    #[test]
    fn a_search_goes_around_the_ends() {
        let mut search = Search::default();
        assert_eq!(search.next(0, false), None);
        search.add(&[10, 50, 90]);
        let to = |from, back| search.next(from, back).unwrap();
        assert_eq!([to(0, false), to(10, false), to(90, false)], [10, 50, 10]);
        assert_eq!([to(90, true), to(10, true)], [50, 90]);
    }
}
