use std::collections::BTreeSet;

/// Which edits of a text area are one edit of the person's: it takes each deletion and each insertion for one of its own.
#[derive(Clone, Debug, Default)]
pub struct Undo {
    /// Edits of the area that are made, and have not been taken back.
    made: u64,
    /// The same, with those that can be made again.
    last: u64,
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
    }

    /// Nothing can be made again any more.
    pub fn cut_off(&mut self) {
        self.last = self.made;
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
