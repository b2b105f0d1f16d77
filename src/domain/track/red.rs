use std::fmt;

use serde::Serialize;

use super::CommitId;
use crate::domain::text::safe;

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Redness {
    Failed,
    /// It did for an earlier package of the track, and was not made again since.
    FailedBefore(FailedBefore),
    /// It is required, and the package does not tell of it.
    Missing,
    /// It is required, and all or some of it was not looked at.
    NotChecked,
}

/// How a check came out when it was last made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FailedBefore {
    /// Of the package for which it was made.
    pub head: CommitId,
    /// The first of the worst that it found.
    pub found: Option<String>,
}

/// Why a package cannot be approved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RedCheck {
    pub id: String,
    pub why: Redness,
}

/// `it failed for 0123456789ab, and was not made again since: late.parquet has 3 other rows`
impl fmt::Display for FailedBefore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "it failed for {}, and was not made again since", self.head.short())?;
        match &self.found {
            Some(found) => write!(f, ": {}", safe(found)),
            None => Ok(()),
        }
    }
}

/// `images failed`
impl fmt::Display for RedCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = &self.id;
        match &self.why {
            Redness::Failed => write!(f, "{id} failed"),
            Redness::FailedBefore(before) => {
                write!(f, "{id} failed for {}, and was not made again since", before.head.short())
            }
            Redness::Missing => write!(f, "{id} is missing"),
            Redness::NotChecked => write!(f, "{id} was not checked"),
        }
    }
}
