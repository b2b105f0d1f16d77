use std::collections::BTreeMap;

use serde::Serialize;

use super::CommitId;
use crate::domain::Name;

/// Who has a hand in the commits of a package, as these tell. A commit's author is a mere text: what is not signed proves
/// nothing, and whose address is nobody's of `people:` could be anybody.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Contributors {
    /// How many commits.
    pub commits: u64,
    /// Person → how: `author of 0123456789ab`.
    pub persons: BTreeMap<Name, String>,
    /// Addresses that nobody of `people:` has.
    pub strangers: Vec<String>,
    /// Of a sealed package: those of others than whoever sealed it.
    pub unsigned: Vec<Unsigned>,
}

/// A commit that its author has not signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unsigned {
    pub commit: CommitId,
    /// Its author's address, and whose of `people:` that is.
    pub email: String,
    pub person: Option<Name>,
}
