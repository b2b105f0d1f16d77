use std::collections::{BTreeSet, HashMap};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::sync::Arc;

use crate::app::Trouble;
use crate::app::picker::moved;
use crate::domain::{Entries, Entry, EntryFacts, Listing};

/// Sizes that are kept; they are asked for again where they are shown again.
const MOST_FACTS: usize = 20_000;

/// The folder that is looked at.
#[derive(Clone, Debug, Default)]
pub struct Folder {
    /// Relative to where the environment's runs lie.
    pub below: PathBuf,
    pub listing: Listing,
    /// Numbers of the entries that are shown, in order.
    pub shown: Vec<u32>,
    /// Among those that are shown.
    pub selected: usize,
    /// Names of entries that some actions are meant for, in place of the selected one.
    pub marked: BTreeSet<Vec<u8>>,
    /// Of entries that were shown; None: it is gone.
    facts: HashMap<u32, Option<EntryFacts>>,
    /// The person has moved: the selection stays with its entry, and not at the top.
    moved: bool,
    /// The entry that is to be selected once it is read.
    wanted: Option<Vec<u8>>,
    /// It is read again, and what is shown is from before.
    stale: bool,
    /// It was read to its end.
    pub ended: bool,
    /// It holds more than may be in memory.
    pub more: bool,
    pub trouble: Option<Trouble>,
}

impl Folder {
    /// Before anything of it was read; the entry of this name is to be selected.
    pub fn at(below: PathBuf, wanted: Option<Vec<u8>>) -> Self {
        Self { below, wanted, ..Self::default() }
    }

    /// It is to be read again; what is known stays until then.
    pub fn read_again(&mut self) {
        self.wanted = self.selected_name().filter(|_| self.moved);
        self.stale = true;
    }

    /// More was read of it. `in_order`: all of it is shown, as it comes.
    pub fn add(&mut self, batch: Arc<Entries>, in_order: bool) {
        self.renew();
        let start = u32::try_from(self.listing.len()).unwrap_or(u32::MAX);
        self.listing.add(batch.clone());
        let end = u32::try_from(self.listing.len()).unwrap_or(u32::MAX);
        if in_order {
            self.shown.extend(start..end);
        }
        let wanted = self.wanted.as_ref();
        let found = wanted.and_then(|wanted| batch.iter().position(|entry| entry.name == *wanted));
        let number = found.and_then(|at| u32::try_from(at).ok()).map(|at| start + at);
        if let Some(at) = number.and_then(|number| self.position(number)) {
            (self.selected, self.moved, self.wanted) = (at, true, None);
        }
    }

    /// All of it was read.
    pub fn end(&mut self, more: bool) {
        self.renew();
        (self.ended, self.more) = (true, more);
        if !self.marked.is_empty() {
            let there = self.listing.iter().filter(|(_, entry)| self.marked.contains(entry.name));
            self.marked = there.map(|(_, entry)| entry.name.to_vec()).collect();
        }
    }

    /// What was known from before goes with the first that is known anew.
    fn renew(&mut self) {
        if self.stale {
            let marked = std::mem::take(&mut self.marked);
            *self = Self { marked, ..Self::at(std::mem::take(&mut self.below), self.wanted.take()) };
        }
    }

    /// Other entries are shown, or in another order; the selected one stays, where it is still there.
    pub fn arrange(&mut self, shown: Vec<u32>) {
        let selected = self.selected_number().filter(|_| self.moved);
        self.shown = shown;
        let wanted = self.wanted.as_ref().and_then(|wanted| {
            self.listing.iter().find(|(_, entry)| entry.name == *wanted).map(|(number, _)| number)
        });
        if wanted.is_some() {
            (self.wanted, self.moved) = (None, true);
        }
        let found = wanted.or(selected).and_then(|number| self.position(number));
        self.selected =
            found.unwrap_or_else(|| if self.moved { moved(self.selected, 0, self.shown.len()) } else { 0 });
    }

    fn position(&self, number: u32) -> Option<usize> {
        self.shown.iter().position(|shown| *shown == number)
    }

    pub fn go(&mut self, rows: i64) {
        self.select(moved(self.selected, rows, self.shown.len()));
    }

    pub fn select(&mut self, row: usize) {
        (self.selected, self.moved, self.wanted) = (row, true, None);
    }

    /// Back to the top, to stay there.
    pub fn to_top(&mut self) {
        (self.selected, self.moved) = (0, false);
    }

    /// The selection stays with its entry from here on, whatever else is shown.
    pub fn stay(&mut self) {
        self.moved = self.selected_number().is_some();
    }

    pub fn selected_number(&self) -> Option<u32> {
        self.shown.get(self.selected).copied()
    }

    /// Marks the selected entry, or takes its mark away.
    pub fn turn_mark(&mut self) {
        if let Some(name) = self.selected_name().filter(|name| !self.marked.remove(name)) {
            self.marked.insert(name);
        }
    }

    fn selected_name(&self) -> Option<Vec<u8>> {
        self.listing.get(self.selected_number()?).map(|entry| entry.name.to_vec())
    }

    pub fn path_of(&self, entry: Entry<'_>) -> PathBuf {
        self.below.join(OsStr::from_bytes(entry.name))
    }

    pub fn facts(&self, number: u32) -> Option<&EntryFacts> {
        self.facts.get(&number)?.as_ref()
    }

    /// Those of some rows of which nothing is known yet, by number and name.
    pub fn unknown(&self, rows: impl Iterator<Item = usize>) -> Vec<(u32, Vec<u8>)> {
        let numbers =
            rows.filter_map(|row| self.shown.get(row)).filter(|number| !self.facts.contains_key(number));
        numbers.filter_map(|number| Some((*number, self.listing.get(*number)?.name.to_vec()))).collect()
    }

    pub fn learn(&mut self, facts: Vec<(u32, Option<EntryFacts>)>) {
        if self.facts.len() > MOST_FACTS {
            self.facts.clear();
        }
        self.facts.extend(facts);
    }
}
