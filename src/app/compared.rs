use std::collections::BTreeSet;
use std::sync::Arc;

use super::picker::moved;
use super::{Model, Overlay, Screen};
use crate::domain::compare::{Comparison, OutlinePart, outline};

/// Two runs beside each other: where they parted first, and what differs part by part.
#[derive(Clone, Debug)]
pub struct Compared {
    pub comparison: Arc<Comparison>,
    pub parts: Vec<OutlinePart>,
    /// By their titles: of which only that is shown.
    folded: BTreeSet<String>,
    /// Among the rows that are shown.
    pub selected: usize,
    /// Also what is the same is shown.
    pub all: bool,
}

/// A row of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ComparedRow {
    /// The title of a part.
    Head(usize),
    /// A line of a part.
    Line(usize, usize),
}

impl Compared {
    pub fn new(comparison: Arc<Comparison>) -> Self {
        let parts = outline(&comparison, false);
        Self { comparison, parts, folded: BTreeSet::new(), selected: 0, all: false }
    }

    pub fn is_folded(&self, part: usize) -> bool {
        self.parts.get(part).is_some_and(|part| self.folded.contains(&part.title))
    }

    pub fn rows(&self) -> impl Iterator<Item = ComparedRow> {
        self.parts.iter().enumerate().flat_map(|(at, part)| {
            let lines = if self.is_folded(at) { 0 } else { part.lines.len() };
            std::iter::once(ComparedRow::Head(at))
                .chain((0..lines).map(move |line| ComparedRow::Line(at, line)))
        })
    }

    /// Where they parted first, and why, to be sent to somebody.
    pub(super) fn text(&self) -> String {
        let why = self.comparison.why().map(|why| format!("\n{why}"));
        self.comparison.sentence() + &why.unwrap_or_default()
    }

    pub(super) fn go(&mut self, rows: i64) {
        self.selected = moved(self.selected, rows, self.rows().count());
    }

    /// Folds the part in which the person is, or opens it; `None`: the one or the other.
    pub(super) fn fold(&mut self, folded: Option<bool>) {
        let Some(ComparedRow::Head(part) | ComparedRow::Line(part, _)) = self.rows().nth(self.selected)
        else {
            return;
        };
        let folded = folded.unwrap_or(!self.is_folded(part));
        let title = self.parts[part].title.clone();
        if folded {
            self.folded.insert(title)
        } else {
            self.folded.remove(&title)
        };
        self.select(part);
    }

    /// Shows also what is the same, or only what differs.
    pub(super) fn turn_all(&mut self) {
        let here = match self.rows().nth(self.selected) {
            Some(ComparedRow::Head(part) | ComparedRow::Line(part, _)) => self.parts[part].title.clone(),
            None => String::new(),
        };
        self.all = !self.all;
        self.parts = outline(&self.comparison, self.all);
        self.select(self.parts.iter().position(|part| part.title == here).unwrap_or(0));
    }

    fn select(&mut self, part: usize) {
        let head = self.rows().position(|row| row == ComparedRow::Head(part));
        self.selected = head.unwrap_or(0);
    }
}

impl Model {
    /// Two runs have been compared; who has gone elsewhere meanwhile is not called back.
    pub(super) fn compared(&mut self, comparison: Arc<Comparison>) {
        if !matches!(self.screen, Screen::Workflow | Screen::Runs) {
            return;
        }
        self.notices.read();
        if !comparison.differs() && comparison.doubts.is_empty() {
            self.notices.tell(comparison.sentence());
        }
        // It was asked for before the question that waits for an answer.
        let above = self.overlays.iter().rev().take_while(|overlay| overlay.is_question()).count();
        let at = self.overlays.len() - above;
        self.overlays.insert(at, Overlay::Compared(Box::new(Compared::new(comparison))));
    }
}
