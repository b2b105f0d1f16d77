use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use jiff::Timestamp;

use super::{Closure, Mail, PortError, Repository, recognise};
use crate::domain::track::bodies::Promoted;
use crate::domain::track::{
    BaseMoved, CommitId, Contributors, Entry, Merge, Package, Present, Transition, TreeId, Unsigned,
};
use crate::domain::{Name, Person};

/// From one merge result on one base to another on a later one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Move {
    pub old_base: CommitId,
    pub old_tree: TreeId,
    pub new_base: CommitId,
    pub new_tree: TreeId,
}

/// All that the fold has to know besides the ledger, looked up beforehand, so that it stays a function of data.
#[derive(Clone, Debug, Default)]
pub struct Circumstances {
    pub now: Timestamp,
    /// Those of the target branch.
    pub people: IndexMap<Name, Person>,
    /// Ids of the checks that a package must have, none of them failed.
    pub required: Vec<String>,
    /// Base and head of each package → who has a hand in it, or why that cannot be told.
    pub contributors: BTreeMap<(CommitId, CommitId), Result<Contributors, String>>,
    /// The target's present tip, from which the people are.
    pub tip: Option<CommitId>,
    /// None: the branch is not here.
    pub present: Option<Present>,
    /// Head of a package and what an entry says of how it came to the target → whether that is so.
    pub promotions: BTreeMap<(CommitId, Promoted), Result<(), String>>,
    pub moves: BTreeMap<Move, Result<BaseMoved, String>>,
}

/// Looks up what the entries need. What cannot be looked up is kept as why, and decides against what depends on it.
///
/// `closures`: of the steps at the package's head, as the spec there has them and not as the package claims.
pub fn gather(
    entries: &[Entry],
    repository: &dyn Repository,
    closures: &[Closure],
    given: Circumstances,
) -> Circumstances {
    let mut known = given;
    let sealed: Vec<_> = entries
        .iter()
        .filter_map(Entry::valid)
        .filter_map(|event| match &event.transition {
            Transition::Sealed(sealing) => Some(&sealing.manifest),
            _ => None,
        })
        .collect();
    for package in &sealed {
        let key = (package.base.clone(), package.head.clone());
        let told = || {
            let Some(tip) = &known.tip else { return Err("the target's tip is not known".to_owned()) };
            // Or whoever seals could leave commits, and so their authors, out of what is looked at.
            let part = repository.is_ancestor(&package.base, tip).map_err(|PortError(why)| why)?;
            if !part {
                return Err(format!("its base {} is no commit of the target", package.base.short()));
            }
            contributors(repository, &known.people, &package.base, &package.head)
        };
        let told = known.contributors.get(&key).cloned().unwrap_or_else(told);
        known.contributors.insert(key, told);
    }
    for entry in entries {
        let Some(Transition::Promoted(body)) = entry.valid().map(|event| &event.transition) else { continue };
        for package in &sealed {
            let told = came(repository, package, closures, body).map_err(|PortError(why)| why).flatten();
            known.promotions.insert((package.head.clone(), body.clone()), told);
        }
    }
    if let Some(Present { base, merge: Merge::Tree(tree), .. }) = &known.present {
        for package in sealed.iter().filter(|package| package.base != *base) {
            let step = Move {
                old_base: package.base.clone(),
                old_tree: package.merge_tree.clone(),
                new_base: base.clone(),
                new_tree: tree.clone(),
            };
            let told = moved(repository, closures, &step).map_err(|PortError(why)| why);
            known.moves.insert(step, told);
        }
    }
    known
}

/// Whether a package came to the target by the commit that an entry names.
fn came(
    repository: &dyn Repository,
    package: &Package,
    closures: &[Closure],
    body: &Promoted,
) -> Result<Result<(), String>, PortError> {
    let commit = repository.target_commit(&body.commit)?;
    let found = recognise(repository, package, closures, std::slice::from_ref(&commit))?;
    Ok(match found.as_ref() == Some(body) {
        true => Ok(()),
        false => Err(format!("{} does not hold what was approved", body.commit.short())),
    })
}

pub(super) fn moved(
    repository: &dyn Repository,
    closures: &[Closure],
    step: &Move,
) -> Result<BaseMoved, PortError> {
    let changes = repository.changes(&step.old_tree, &step.new_tree)?;
    let touched = changes.iter().flat_map(|change| {
        let steps = closures.iter().filter(|closure| closure.touches(change));
        steps.map(|closure| (closure.step().to_owned(), change.path.clone()))
    });
    Ok(BaseMoved {
        ahead: repository.distance(&step.old_base, &step.new_base)?,
        follows: repository.is_ancestor(&step.old_base, &step.new_base)?,
        files: changes.len() as u64,
        touched: touched.collect(),
    })
}

fn contributors(
    repository: &dyn Repository,
    people: &IndexMap<Name, Person>,
    base: &CommitId,
    head: &CommitId,
) -> Result<Contributors, String> {
    let commits = repository.commits(base, head).map_err(|PortError(why)| why)?;
    let mut told = Contributors { commits: commits.len() as u64, ..Contributors::default() };
    let mut strangers = BTreeSet::new();
    let persons = |mail: &Mail| -> Vec<&Name> {
        let same = |person: &Person| person.email.eq_ignore_ascii_case(mail.email.trim());
        people.iter().filter(|(_, person)| same(person)).map(|(name, _)| name).collect()
    };
    for commit in &commits {
        let parts = [("author", &commit.author), ("committer", &commit.committer)];
        let parts = parts.into_iter().chain(commit.co_authors.iter().map(|mail| ("co-author", mail)));
        for (part, mail) in parts {
            let known = persons(mail);
            if known.is_empty() {
                strangers.insert(mail.email.clone());
            }
            for name in known {
                let how = || format!("{part} of {}", commit.id.short());
                told.persons.entry(name.clone()).or_insert_with(how);
            }
        }
        if !commit.signed {
            told.unsigned.push(Unsigned {
                commit: commit.id.clone(),
                email: commit.author.email.clone(),
                person: persons(&commit.author).first().map(|name| (*name).clone()),
            });
        }
    }
    told.strangers = strangers.into_iter().collect();
    Ok(told)
}
