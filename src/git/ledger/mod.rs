//! A track's ledger: a chain of commits that is only ever appended to, one signed statement each.

mod append;
mod read;

use std::path::PathBuf;

use super::{GitError, Repository};
use crate::domain::track::CommitId;

/// What was said.
const STATEMENT: &str = "event.json";
/// Who said it.
const SIGNATURE: &str = "event.sig";
/// A folder of what it stands on.
const EVIDENCE: &str = "evidence";

/// Of a statement, in bytes.
const LARGEST: usize = 1 << 20;
/// Of a signature: an armoured one of the longest keys has a few thousand.
const LARGEST_SIGNATURE: usize = 16 << 10;
/// Of all statements and signatures of a ledger that are read: entries can share one large object, which costs whoever
/// wrote them nothing.
const LARGEST_LEDGER: usize = 256 << 20;
/// Of one piece of evidence.
const LARGEST_EVIDENCE: usize = 64 << 20;
/// Far beyond any honest ledger.
const LONGEST: usize = 100_000;

/// The ledger as objects of a repository.
pub struct Chain<'a> {
    repository: &'a Repository,
}

impl<'a> Chain<'a> {
    pub fn of(repository: &'a Repository) -> Self {
        Self { repository }
    }

    /// A piece of evidence of an entry; None where there is none of that name.
    pub fn evidence(&self, entry: &CommitId, name: &str) -> Result<Option<Vec<u8>>, GitError> {
        check_name(name)?;
        self.repository.file(entry, &PathBuf::from(EVIDENCE).join(name))
    }
}

fn check_name(name: &str) -> Result<(), GitError> {
    match is_name(name) {
        true => Ok(()),
        false => Err(GitError::EvidenceName(name.to_owned())),
    }
}

fn is_name(name: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"._-".contains(&b);
    (1..=100).contains(&name.len()) && !name.starts_with(['.', '-']) && name.bytes().all(plain)
}
