use indexmap::IndexMap;

use super::{Repository, ReviewError, Signers};
use crate::domain::track::{CommitId, RefName};
use crate::domain::{Digest, Name, Person};

/// Allowed signers of the project, beside its spec.
pub const SIGNERS_FILE: &str = ".greenroom-signers";
/// Public keys that count no more, whatever else lists them.
pub const SIGNERS_REVOKED: &str = ".greenroom-signers-revoked";
pub const SPEC_FILE: &str = "greenroom.yaml";

/// Who may sign what, as a target branch says it at one of its commits; never as the branch under review says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Roster {
    pub target: RefName,
    pub tip: CommitId,
    pub people: IndexMap<Name, Person>,
    pub signers: Signers,
}

/// Reads `people:` out of a project's spec.
pub type PeopleOf<'a> = &'a dyn Fn(&[u8]) -> Result<IndexMap<Name, Person>, String>;

/// `folder`: the project's, from the repository's root; empty where that is it.
pub fn read_roster(
    repository: &dyn Repository,
    people_of: PeopleOf<'_>,
    folder: &str,
    target: &RefName,
    tip: &CommitId,
) -> Result<Roster, ReviewError> {
    let path = |file: &str| if folder.is_empty() { file.to_owned() } else { format!("{folder}/{file}") };
    let bad = |file: &str, why: String| ReviewError::Roster { file: path(file), why };
    let text = |file: &str| -> Result<Option<String>, ReviewError> {
        let bytes = repository.file(tip, &path(file))?;
        let text = bytes.map(String::from_utf8).transpose();
        text.map_err(|_| bad(file, "it is not UTF-8".to_owned()))
    };
    let missing = |file| bad(file, "it is missing".to_owned());
    let spec = repository.file(tip, &path(SPEC_FILE))?.ok_or_else(|| missing(SPEC_FILE))?;
    Ok(Roster {
        target: target.clone(),
        tip: tip.clone(),
        people: people_of(&spec).map_err(|why| bad(SPEC_FILE, why))?,
        signers: Signers {
            allowed: text(SIGNERS_FILE)?.ok_or_else(|| missing(SIGNERS_FILE))?,
            revoked: text(SIGNERS_REVOKED)?.unwrap_or_default(),
        },
    })
}

impl Roster {
    /// Those whom a principal of the signers' file means: by their address or their name.
    pub fn persons<'a>(&'a self, principal: &'a str) -> impl Iterator<Item = &'a Name> {
        let is = move |name: &Name, person: &Person| {
            person.email.eq_ignore_ascii_case(principal) || name.as_str() == principal
        };
        self.people.iter().filter(move |(name, person)| is(name, person)).map(|(name, _)| name)
    }

    /// Tells signers apart.
    pub(super) fn signers_digest(&self) -> Digest {
        let Signers { allowed, revoked } = &self.signers;
        Digest::of(format!("{}\n{allowed}{revoked}", allowed.len()).as_bytes())
    }
}
