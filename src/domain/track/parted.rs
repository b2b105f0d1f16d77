use std::fmt;

use serde::Serialize;

use super::{CommitId, RefName};
use crate::domain::text::safe;

/// A remote keeps two ledgers of one track, and neither goes on from the other: what is said in the one, the other may hide.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Parted {
    pub remote: String,
    /// Where they are kept there, each with its last entry.
    pub refs: [(RefName, CommitId); 2],
}

impl Parted {
    /// How somebody sees which of them is right, and how there is one again.
    pub fn to_do(&self) -> [String; 2] {
        let remote = safe(&self.remote);
        let [(one, at), (other, to)] = &self.refs;
        let (one, other) = (safe(one.as_str()), safe(other.as_str()));
        [
            format!(
                "git log -p --left-right {}...{} shows what each of them has that the other has not",
                at.short(),
                to.short()
            ),
            format!(
                "an engineer who has looked at both takes the wrong one away: git push {remote} --delete {one}, or \
                 git push {remote} --delete {other}; where {remote} refuses that, whoever runs it does: git update-ref -d REF"
            ),
        ]
    }
}

impl fmt::Display for Parted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [one, other] =
            self.refs.each_ref().map(|(name, tip)| format!("{} up to {}", safe(name.as_str()), tip.short()));
        let remote = safe(&self.remote);
        write!(
            f,
            "{remote} has two ledgers of this track, and neither goes on from the other: {one}, and {other}"
        )
    }
}
