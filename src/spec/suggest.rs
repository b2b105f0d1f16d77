use std::cell::Cell;

use crate::domain::nearest::did_you_mean;

/// Pairs of names that are compared for one file. Of thousands of faults only the first are shown, and a file of
/// thousands of steps in which each is wrong would take minutes.
const MOST: usize = 1_000_000;

/// Helps with a file's names, of which there may be thousands.
#[derive(Debug, Default)]
pub(super) struct Suggest {
    compared: Cell<usize>,
}

impl Suggest {
    /// Empty when there were too many faults before.
    pub fn did_you_mean<'a>(
        &self,
        word: &str,
        what: &str,
        candidates: impl ExactSizeIterator<Item = &'a str> + Clone,
    ) -> String {
        if self.compared.get() > MOST {
            return String::new();
        }
        self.compared.set(self.compared.get() + candidates.len());
        did_you_mean(word, what, candidates)
    }
}
