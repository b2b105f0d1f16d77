//! Who may sign, and who may change that.

use std::collections::{BTreeMap, BTreeSet};

use super::{PortError, Roster};
use crate::domain::track::CommitId;

/// A commit that led to a target, with what tells its files about people and signers from others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RosterCommit {
    pub id: CommitId,
    pub parents: Vec<CommitId>,
    pub files: Vec<Option<String>>,
}

/// What tells who vouches for a change.
pub trait Vouching {
    /// Who may sign what as a commit has it; None: it does not say, or nobody can read it.
    fn says(&self, commit: &CommitId) -> Result<Option<Roster>, PortError>;
    /// Whether one of `before.vouching()` has signed that it becomes what this commit says. `own`: none of its parents says
    /// the same, so that whoever signed the commit itself has made the change, and not only merged it along.
    fn vouched(&self, commit: &RosterCommit, own: bool, change: Change<'_>) -> Result<bool, PortError>;
}

/// Of who may sign what.
#[derive(Clone, Copy)]
pub struct Change<'r> {
    pub before: &'r Roster,
    /// The commit by which that came to count: what was signed about an earlier time, when it was the same, is not about this.
    pub begun: &'r CommitId,
    pub after: &'r Roster,
}

/// A commit from which on it is known who may sign.
pub struct Known {
    pub commit: CommitId,
    pub roster: Roster,
    pub begun: CommitId,
}

/// Who may sign what, and what the tip says otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trusted {
    pub roster: Roster,
    /// The commit by which that came to count.
    pub begun: CommitId,
    pub unvouched: Option<Unvouched>,
}

/// What a tip says of people and signers, and nobody who could has signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unvouched {
    /// The commit that said so first.
    pub since: CommitId,
    pub says: Roster,
}

/// Who may sign what at `tip`: the first version counts as it is, and each later one if somebody whose signature counted
/// before has signed it. Else whoever can push would only have to add a key of their own.
///
/// `commits`: all since what is known that led to the tip, by
/// whichever parent, none before its parents. None: none of them says who may sign.
pub fn trusted(
    vouching: &dyn Vouching,
    known: Option<Known>,
    commits: &[RosterCommit],
    tip: &CommitId,
) -> Result<Option<Trusted>, PortError> {
    let mut walk = Walk { vouching, versions: Vec::new(), at: BTreeMap::new(), said: BTreeMap::new() };
    let first = known
        .as_ref()
        .map(|Known { roster, begun, .. }| walk.version(roster.clone(), Vec::new(), begun.clone()));
    for commit in commits {
        walk.commit(commit, first)?;
    }
    let (version, says) = match (walk.at.get(tip), known) {
        (Some(at), _) => (at.version, at.says.clone()),
        (None, Some(Known { commit, roster, .. })) if commit == *tip => (first, Some((commit, roster))),
        (None, _) => (first, None),
    };
    let Some(version) = version.map(|version| &walk.versions[version]) else { return Ok(None) };
    let unvouched = says.filter(|(_, says)| !says.is_same(&version.roster));
    let roster = Roster { tip: tip.clone(), ..version.roster.clone() };
    let begun = version.begun.clone();
    Ok(Some(Trusted { roster, begun, unvouched: unvouched.map(|(since, says)| Unvouched { since, says }) }))
}

struct Walk<'v> {
    vouching: &'v dyn Vouching,
    versions: Vec<Version>,
    at: BTreeMap<CommitId, At>,
    /// By their files.
    said: BTreeMap<Vec<Option<String>>, Option<Roster>>,
}

/// A state of affairs that counts, or counted.
struct Version {
    roster: Roster,
    /// Those that it came after.
    after: Vec<usize>,
    begun: CommitId,
}

#[derive(Clone)]
struct At {
    /// None: nobody has said yet who may sign.
    version: Option<usize>,
    files: Vec<Option<String>>,
    /// What the commit itself says, and since when it is so.
    says: Option<(CommitId, Roster)>,
}

impl Walk<'_> {
    fn version(&mut self, roster: Roster, after: Vec<usize>, begun: CommitId) -> usize {
        let same = |one: &Version| one.after == after && one.roster.is_same(&roster);
        self.versions.iter().position(same).unwrap_or_else(|| {
            self.versions.push(Version { roster, after, begun });
            self.versions.len() - 1
        })
    }

    fn commit(&mut self, commit: &RosterCommit, first: Option<usize>) -> Result<(), PortError> {
        let parents: Vec<At> = commit.parents.iter().filter_map(|id| self.at.get(id).cloned()).collect();
        // What led to the known commit already is no later than it.
        let outside =
            if parents.len() < commit.parents.len() || commit.parents.is_empty() { first } else { None };
        let versions: Vec<usize> = parents.iter().filter_map(|at| at.version).chain(outside).collect();
        let mut version = self.together(&versions, &commit.id);
        let parent =
            parents.first().filter(|_| commit.parents.first().is_some_and(|id| self.at.contains_key(id)));
        if let Some(parent) = parent.filter(|at| at.files == commit.files) {
            let at = At { version, ..parent.clone() };
            self.at.insert(commit.id.clone(), at);
            return Ok(());
        }
        let says = match self.said.get(&commit.files) {
            Some(says) => says.clone(),
            None => {
                let says = self.vouching.says(&commit.id)?;
                self.said.insert(commit.files.clone(), says.clone());
                says
            }
        };
        if let Some(says) = &says {
            version = match version {
                None => Some(self.version(says.clone(), Vec::new(), commit.id.clone())),
                Some(now) if self.versions[now].roster.is_same(says) => Some(now),
                Some(now) => {
                    let same = |at: &At| at.says.as_ref().is_some_and(|(_, said)| said.is_same(says));
                    let before = &self.versions[now].roster;
                    // Where nobody could sign yet this is how somebody begins to. Where histories have parted that would be
                    // for whoever parted them.
                    let nobody = before.vouching().is_empty() && self.versions[now].after.len() < 2;
                    let change = Change { before, begun: &self.versions[now].begun, after: says };
                    match nobody || self.vouching.vouched(commit, !parents.iter().any(same), change)? {
                        true => Some(self.version(says.clone(), vec![now], commit.id.clone())),
                        false => Some(now),
                    }
                }
            };
        }
        let since = |says: Roster| match parent.and_then(|at| at.says.clone()) {
            Some((since, said)) if said.is_same(&says) => (since, says),
            _ => (commit.id.clone(), says),
        };
        let at = At { version, files: commit.files.clone(), says: says.map(since) };
        self.at.insert(commit.id.clone(), at);
        Ok(())
    }

    /// What counts where histories come together: the latest of them. Of two that have parted only what both say does, so
    /// that nobody comes back by what was said before they were gone.
    fn together(&mut self, versions: &[usize], at: &CommitId) -> Option<usize> {
        let all: BTreeSet<usize> = versions.iter().copied().collect();
        let later = |one: usize| all.iter().any(|other| *other != one && self.is_after(*other, one));
        let newest: Vec<usize> = all.iter().copied().filter(|one| !later(*one)).collect();
        match newest.as_slice() {
            [] => None,
            [one] => Some(*one),
            [one, rest @ ..] => {
                let first = self.versions[*one].roster.clone();
                let both = rest.iter().fold(first, |both, other| both.common(&self.versions[*other].roster));
                Some(self.version(both, newest.clone(), at.clone()))
            }
        }
    }

    fn is_after(&self, later: usize, earlier: usize) -> bool {
        let mut seen = BTreeSet::new();
        let mut left = vec![later];
        while let Some(at) = left.pop() {
            if at == earlier {
                return true;
            }
            if seen.insert(at) {
                left.extend(&self.versions[at].after);
            }
        }
        false
    }
}
