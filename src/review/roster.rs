use std::collections::BTreeSet;

use indexmap::IndexMap;
use serde_json::json;

use super::canonical::canonical;
use super::{Change, Repository, ReviewError, Signers};
use crate::domain::track::{CommitId, RefName, Side};
use crate::domain::{Digest, Name, Person};

/// Allowed signers of the project, beside its spec.
pub const SIGNERS_FILE: &str = ".greenroom-signers";
/// Public keys that count no more, whatever else lists them.
pub const SIGNERS_REVOKED: &str = ".greenroom-signers-revoked";
/// The signature of whoever vouches for a change of the people or their keys.
pub const SIGNERS_VOUCHED: &str = ".greenroom-signers-vouched";
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

    /// It says the same of who may sign what, wherever it was read.
    pub fn is_same(&self, other: &Self) -> bool {
        self.people == other.people && self.signers == other.signers
    }

    /// Those who may say that it becomes another one: its engineers who have a key; where there is none, anybody who has.
    /// Which keys a KRL revokes, only ssh-keygen knows.
    pub fn vouching(&self) -> Vec<Name> {
        let revoked: BTreeSet<&str> = lines(&self.signers.revoked).filter_map(public_key).collect();
        let good = |line: &&str| !public_key(line).is_some_and(|key| revoked.contains(key));
        let principals: Vec<&str> = lines(&self.signers.allowed)
            .filter(good)
            .filter_map(|line| match line.strip_prefix('"') {
                Some(quoted) => quoted.split('"').next(),
                None => line.split_whitespace().next(),
            })
            .flat_map(|listed| listed.split(','))
            .collect();
        // Whose a certificate is, only ssh-keygen knows.
        let pattern = principals.iter().any(|one| one.contains(['*', '?', '!']));
        let named: BTreeSet<&Name> = principals.iter().flat_map(|one| self.persons(one)).collect();
        let able = self.people.iter().filter(|(name, _)| pattern || named.contains(name));
        let engineers: Vec<Name> = able
            .clone()
            .filter(|(_, person)| Side::of(person.role) == Side::Engineer)
            .map(|(name, _)| name.clone())
            .collect();
        if engineers.is_empty() { able.map(|(name, _)| name.clone()).collect() } else { engineers }
    }

    /// Those who say what becomes of it, where `before` did until now.
    pub(super) fn vouched_for_after(&self, before: &Self) -> Self {
        let engineers = |roster: &Self| {
            let is = |name: &Name| roster.people.get(name).map(|person| Side::of(person.role));
            roster.vouching().iter().any(|name| is(name) == Some(Side::Engineer))
        };
        if engineers(self) || !self.vouching().is_empty() && !engineers(before) {
            return self.clone();
        }
        let revoked = format!("{}\n{}", before.signers.revoked, self.signers.revoked);
        let same = before.signers.revoked == self.signers.revoked;
        let revoked = if same { before.signers.revoked.clone() } else { revoked };
        Self { signers: Signers { revoked, ..before.signers.clone() }, ..before.clone() }
    }

    /// Nobody has a key, or ever had one that was taken back: it is for whoever begins.
    pub(super) fn is_open(&self) -> bool {
        self.vouching().is_empty() && lines(&self.signers.revoked).next().is_none()
    }

    /// Whether a good signature of these principals is that of somebody who may.
    pub fn may_vouch(&self, principals: &[String]) -> bool {
        let able = self.vouching();
        let mut persons = principals
            .iter()
            .flat_map(|listed| listed.split(','))
            .flat_map(|one| self.persons(one))
            .peekable();
        persons.peek().is_some() && persons.all(|person| able.contains(person))
    }

    /// What both say; a key that either takes for revoked is.
    pub(super) fn common(&self, other: &Self) -> Self {
        let people = self.people.iter().filter(|(name, person)| other.people.get(*name) == Some(person));
        let kept = |line: &&str| other.signers.allowed.lines().any(|one| one == *line);
        let allowed: Vec<&str> = self.signers.allowed.lines().filter(kept).collect();
        let (one, two) = (&self.signers.revoked, &other.signers.revoked);
        Self {
            people: people.map(|(name, person)| (name.clone(), person.clone())).collect(),
            signers: Signers {
                allowed: allowed.iter().map(|line| format!("{line}\n")).collect(),
                revoked: if one == two { one.clone() } else { format!("{one}\n{two}") },
            },
            ..self.clone()
        }
    }

    /// Tells signers apart.
    pub(super) fn signers_digest(&self) -> Digest {
        let Signers { allowed, revoked } = &self.signers;
        Digest::of(format!("{}\n{allowed}{revoked}", allowed.len()).as_bytes())
    }
}

/// Those that say something.
fn lines(list: &str) -> impl Iterator<Item = &str> {
    list.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// The public key in a line of the signers, in base64.
pub fn public_key(line: &str) -> Option<&str> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let is_kind = |word: &str| ["ssh-", "ecdsa-", "sk-"].iter().any(|start| word.starts_with(start));
    let found = words.windows(2).find(|pair| is_kind(pair[0]) && pair[1].starts_with("AAAA"));
    found.map(|pair| pair[1])
}

/// What somebody signs who vouches for a change: what it becomes, what it was, and by which commit that came to count, so
/// that what was said once brings nobody back later. `folder`: the project's in its repository, which may have others.
pub fn change_of_signers(
    folder: &str,
    Change { before, begun, after }: Change<'_>,
) -> Result<Vec<u8>, ReviewError> {
    let told = |roster: &Roster| {
        let people: Vec<_> = roster.people.iter().collect();
        json!({"people": people, "allowed": roster.signers.allowed, "revoked": roster.signers.revoked})
    };
    Ok(canonical(
        &json!({"greenroom": 1, "project": folder, "since": begun, "from": told(before), "to": told(after)}),
    )?)
}
