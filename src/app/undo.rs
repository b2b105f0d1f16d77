use std::collections::BTreeSet;

/// Edits of the area that can be taken back.
pub const KEPT: u32 = 1000;

/// Which edits of a text area are one edit of the person's: it takes each deletion and each insertion for one of its own.
#[derive(Clone, Debug, Default)]
pub struct Undo {
    /// Edits of the area that are made, and have not been taken back.
    made: u64,
    /// The same, with those that can be made again.
    last: u64,
    /// Of the first ones, those that the area does not know any more.
    lost: u64,
    /// Those that belong to the one before them.
    joined: BTreeSet<u64>,
}

impl Undo {
    /// The area has made an edit.
    pub fn edited(&mut self) {
        let made = self.made;
        self.joined.retain(|edit| *edit <= made);
        self.made += 1;
        self.last = self.made;
        self.lost = self.lost.max(self.made.saturating_sub(KEPT.into()));
    }

    /// The area has made an edit and taken it back: nothing can be made again any more.
    pub fn cut_off(&mut self) {
        self.last = self.made;
        self.lost = self.lost.max((self.made + 1).saturating_sub(KEPT.into()));
    }

    pub fn made(&self) -> u64 {
        self.made
    }

    /// What was edited since so many were made is one edit.
    pub fn join_after(&mut self, made: u64) {
        self.joined.extend(made + 2..=self.made);
    }

    /// An edit of the person's is taken back by these acts of the area; how many of its own that were.
    pub fn back(&mut self, mut act: impl FnMut() -> bool) -> usize {
        let mut first = self.made;
        while first > self.lost && self.joined.contains(&first) {
            first -= 1;
        }
        // All of it, or nothing.
        if first <= self.lost {
            return 0;
        }
        let mut edits = 0;
        while self.made > 0 && act() {
            edits += 1;
            self.made -= 1;
            if !self.joined.contains(&(self.made + 1)) {
                break;
            }
        }
        edits
    }

    /// The same, when it is made again.
    pub fn again(&mut self, mut act: impl FnMut() -> bool) -> usize {
        let mut edits = 0;
        while self.made < self.last && act() {
            edits += 1;
            self.made += 1;
            if !self.joined.contains(&(self.made + 1)) {
                break;
            }
        }
        edits
    }
}
