use std::collections::{BTreeSet, VecDeque};

/// Edits of the area that can be taken back.
pub const KEPT: u32 = 1000;
/// Bytes that these may hold: each keeps what it has put in or taken out.
const MOST: usize = 32 << 20;

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
    /// Bytes of each that the area knows, the oldest first.
    sizes: VecDeque<usize>,
}

impl Undo {
    /// The area has made an edit of so many bytes.
    pub fn edited(&mut self, bytes: usize) {
        let made = self.made;
        self.joined.retain(|edit| *edit <= made);
        self.sizes.truncate(self.known());
        self.sizes.push_back(bytes);
        self.made += 1;
        self.last = self.made;
        self.lose(self.made);
    }

    /// The area has made an edit and taken it back: nothing can be made again any more.
    pub fn cut_off(&mut self) {
        self.sizes.truncate(self.known());
        self.last = self.made;
        self.lose(self.made + 1);
    }

    /// The area has forgotten all that was made.
    pub fn forgotten(&mut self) {
        (self.last, self.lost) = (self.made, self.made);
        self.joined.clear();
        self.sizes.clear();
    }

    /// More than may be held for those who want something back.
    pub fn is_too_large(&self) -> bool {
        self.sizes.iter().sum::<usize>() > MOST
    }

    /// Edits that are made, and that the area knows.
    fn known(&self) -> usize {
        usize::try_from(self.made - self.lost).unwrap_or(usize::MAX)
    }

    /// Of so many edits the area knows the last ones.
    fn lose(&mut self, edits: u64) {
        self.lost = self.lost.max(edits.saturating_sub(KEPT.into())).min(self.made);
        let spare = self.sizes.len().saturating_sub(self.known());
        self.sizes.drain(..spare);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::TextBuffer;

    #[test]
    fn the_bytes_of_what_is_forgotten_count_no_more() {
        let mut undo = Undo::default();
        undo.edited(MOST);
        (0..KEPT).for_each(|_| undo.edited(1));
        assert!(!undo.is_too_large() && undo.sizes.len() == KEPT as usize, "the first is lost");
        undo.back(|| true);
        undo.edited(MOST);
        assert!(undo.is_too_large() && undo.sizes.len() == KEPT as usize);
        undo.back(|| true);
        undo.cut_off();
        assert!(!undo.is_too_large(), "it cannot be made again");
        undo.forgotten();
        assert_eq!((undo.back(|| true), undo.again(|| true)), (0, 0));
    }

    #[test]
    fn what_can_be_taken_back_does_not_grow_without_end() {
        let mut buffer = TextBuffer::of("");
        let large = "x".repeat(MOST / 2 + 1);
        buffer.replace_before(0, &large);
        buffer.replace_before(0, &large);
        assert!(buffer.undo() && buffer.redo(), "the last one always");
        buffer.paste("y");
        assert!(buffer.undo() && !buffer.undo());
        assert_eq!(buffer.text().len(), 2 * large.len());
    }
}
