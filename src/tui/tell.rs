use std::collections::BTreeMap;

use jiff::Timestamp;

use super::Role;
use crate::domain::track::{Card, Check};

/// Lines of pieces, each with what it means.
pub type Told = Vec<Vec<(Role, String)>>;

/// What the command line says of something, so that a screen says the same in the same words. No line is wider than so many
/// columns, and nothing in it is hostile to a terminal.
pub trait Tell {
    /// The decision card. `when`: how moments are told.
    fn card(&self, card: &Card, columns: usize, when: &dyn Fn(Timestamp) -> String) -> Told;

    /// What it did, made and cost, against today.
    fn data(&self, card: &Card, columns: usize) -> Told;

    /// What was said, each remark by itself, in the order of its threads; last, where there are any, entries that do not count.
    fn comments(&self, card: &Card, columns: usize, when: &dyn Fn(Timestamp) -> String) -> Vec<Told>;

    /// Checks with all they found. `sources`: the texts of the files in which they did.
    fn checks(&self, checks: &[Check], sources: &BTreeMap<String, String>, columns: usize) -> Told;
}
