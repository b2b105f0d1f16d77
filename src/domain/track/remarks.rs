use std::collections::BTreeMap;

use serde::Serialize;

use super::bodies::Place;
use super::{CommitId, Remark};

/// Where the line that a remark is about is at the head of the package that is under review.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LineNow {
    At(Place),
    /// It is another, or gone. `was`: its text; None: the commit that it was of is not here.
    Outdated {
        was: Option<String>,
    },
}

/// Positions of what was said: each that answers nothing, with all that answer it or one another behind it, oldest first.
pub fn threads(remarks: &[Remark]) -> Vec<Vec<usize>> {
    let mut threads: Vec<Vec<usize>> = Vec::new();
    let mut known: BTreeMap<&CommitId, usize> = BTreeMap::new();
    for (at, remark) in remarks.iter().enumerate() {
        let answered = remark.answers.as_ref().and_then(|entry| known.get(entry)).copied();
        let thread = answered.unwrap_or(threads.len());
        match threads.get_mut(thread) {
            Some(thread) => thread.push(at),
            None => threads.push(vec![at]),
        }
        known.insert(&remark.entry, thread);
    }
    threads
}
