use std::sync::atomic::AtomicBool;

use super::code::BothCodes;
use crate::cli::Place;
use crate::domain::compare::Comparison;
use crate::store::{self, Recorded};

/// Compares two runs, the code that they were made of included. `key`: columns by which rows are told apart. `place`: the
/// project whose snapshots may have that code; without one it comes from the runs' own copies.
pub fn compare(
    place: Option<&Place>,
    old: &Recorded,
    new: &Recorded,
    key: &[String],
    given_up: &AtomicBool,
) -> Comparison {
    let codes = BothCodes::read(place, old, new);
    let mut comparison = store::compare_runs(old, new, key, codes.changes.clone(), given_up);
    codes.fill(&mut comparison);
    comparison
}
