//! Who may sign, and who may change that.

use std::collections::{BTreeMap, BTreeSet};

use super::{PortError, Roster};
use crate::domain::Name;
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
    /// Whether one of `by.vouching()` has signed that it becomes what this commit says. `made`: the commit before it, the
    /// first of a merge's, says what counts, so that it is this commit that makes the change. Where something else stood
    /// there already, whoever signed the commit, or approved what it brings, may never have seen that.
    fn vouched(
        &self,
        commit: &RosterCommit,
        made: bool,
        change: Change<'_>,
        by: &Roster,
    ) -> Result<bool, PortError>;
    /// Whether one of them has approved a package of several commits of which this is the last, and one before it said so
    /// first. It is asked of every commit behind a change that does not count: most of them have to be told apart cheaply.
    fn brought(&self, commit: &RosterCommit, change: Change<'_>, by: &Roster) -> Result<bool, PortError>;
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
    /// The tip itself says so, and not only what came before it.
    pub is_said: bool,
    /// For a change somebody signs who could by each of these: more than one where histories that have parted came together.
    pub by: Vec<Roster>,
    pub unvouched: Option<Unvouched>,
}

impl Trusted {
    /// Those of whom each has to have signed for a change, or one who is of all of them.
    pub fn vouching(&self) -> Vec<Vec<Name>> {
        let each: Vec<Vec<Name>> = self.by.iter().map(Roster::vouching).collect();
        let of_all = |name: &&Name| each.iter().all(|one| one.contains(name));
        let all: Vec<Name> = each.iter().take(1).flatten().filter(of_all).cloned().collect();
        if all.is_empty() { each } else { vec![all] }
    }
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
    let mut walk =
        Walk { vouching, versions: Vec::new(), at: BTreeMap::new(), said: BTreeMap::new(), first: None };
    if let Some(Known { commit, roster, begun }) = known {
        let version = walk.version(roster.clone(), Vec::new());
        let counts = Some(Counts { version, begun });
        walk.first = counts.clone();
        let says = Some((commit.clone(), roster));
        // No commit's files are these: what comes next is read.
        walk.at.insert(commit, At { counts, files: Vec::new(), says });
    }
    for commit in commits {
        walk.commit(commit)?;
    }
    let (counts, says) = match walk.at.get(tip) {
        Some(at) => (at.counts.clone(), at.says.clone()),
        None => (walk.first.clone(), None),
    };
    let Some(Counts { version, begun }) = counts else { return Ok(None) };
    let by = walk.by(version).into_iter().cloned().collect();
    let version = &walk.versions[version];
    let is_said = says.as_ref().is_some_and(|(_, says)| says.is_same(&version.roster));
    let unvouched = says.filter(|(_, says)| !says.is_same(&version.roster));
    let roster = Roster { tip: tip.clone(), ..version.roster.clone() };
    Ok(Some(Trusted {
        roster,
        begun,
        is_said,
        by,
        unvouched: unvouched.map(|(since, says)| Unvouched { since, says }),
    }))
}

struct Walk<'v> {
    vouching: &'v dyn Vouching,
    versions: Vec<Version>,
    at: BTreeMap<CommitId, At>,
    /// By their files.
    said: BTreeMap<Vec<Option<String>>, Option<Roster>>,
    /// What is known to count, whatever came before.
    first: Option<Counts>,
}

/// A state of affairs that counts, or counted.
struct Version {
    roster: Roster,
    /// Whose signature changes it: mostly its own. Where a change left nobody who could, or none of the engineers who could,
    /// those before it, less the keys that were revoked since: a slip makes nobody an engineer whom none has signed for.
    vouchers: Roster,
    /// Those that it came after.
    after: Vec<usize>,
}

/// A version, and the commit by which it came to count in the history that led here: another may have come to the same.
#[derive(Clone)]
struct Counts {
    version: usize,
    begun: CommitId,
}

#[derive(Clone)]
struct At {
    /// None: nobody has said yet who may sign.
    counts: Option<Counts>,
    files: Vec<Option<String>>,
    /// What the commit itself says, and since when it is so.
    says: Option<(CommitId, Roster)>,
}

/// How a commit comes to say who may sign.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Says {
    /// Its files about that are others than those of the commit before it.
    Itself,
    AsBefore,
}

impl Walk<'_> {
    fn version(&mut self, roster: Roster, after: Vec<usize>) -> usize {
        let same = |one: &Version| one.after == after && one.roster.is_same(&roster);
        if let Some(known) = self.versions.iter().position(same) {
            return known;
        }
        let vouchers = match after.as_slice() {
            [before] => roster.vouched_for_after(&self.versions[*before].vouchers),
            _ => roster.clone(),
        };
        self.versions.push(Version { roster, vouchers, after });
        self.versions.len() - 1
    }

    fn commit(&mut self, commit: &RosterCommit) -> Result<(), PortError> {
        let parents: Vec<At> = commit.parents.iter().filter_map(|id| self.at.get(id).cloned()).collect();
        // What led to the known commit already is no later than it.
        let outside = parents.len() < commit.parents.len() || commit.parents.is_empty();
        let outside = self.first.clone().filter(|_| outside);
        let lines: Vec<Counts> = parents.iter().filter_map(|at| at.counts.clone()).chain(outside).collect();
        let mut counts = self.together(&lines, &commit.id);
        let parent = commit.parents.first().and_then(|id| self.at.get(id)).cloned();
        if let Some(parent) = parent.as_ref().filter(|at| at.files == commit.files).cloned() {
            if let Some((_, says)) = &parent.says {
                counts = self.goes_on(commit, counts, says, Says::AsBefore)?;
            }
            self.at.insert(commit.id.clone(), At { counts, ..parent });
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
            counts = self.goes_on(commit, counts, says, Says::Itself)?;
        }
        let since = |says: Roster| match parent.and_then(|at| at.says) {
            Some((since, said)) if said.is_same(&says) => (since, says),
            _ => (commit.id.clone(), says),
        };
        let at = At { counts, files: commit.files.clone(), says: says.map(since) };
        self.at.insert(commit.id.clone(), at);
        Ok(())
    }

    /// What counts from a commit on that says this.
    fn goes_on(
        &mut self,
        commit: &RosterCommit,
        counts: Option<Counts>,
        says: &Roster,
        how: Says,
    ) -> Result<Option<Counts>, PortError> {
        let after = match counts {
            None => Vec::new(),
            Some(now) if self.versions[now.version].roster.is_same(says) => return Ok(Some(now)),
            Some(now) if self.changes(commit, &now, says, how)? => vec![now.version],
            Some(now) => return Ok(Some(now)),
        };
        let version = self.version(says.clone(), after);
        Ok(Some(Counts { version, begun: commit.id.clone() }))
    }

    /// Whether what counts becomes what a commit says.
    fn changes(
        &self,
        commit: &RosterCommit,
        now: &Counts,
        says: &Roster,
        how: Says,
    ) -> Result<bool, PortError> {
        let by = self.by(now.version);
        // Where nobody could sign yet this is how somebody begins to.
        if how == Says::Itself && by.iter().all(|one| one.is_open()) {
            return Ok(true);
        }
        let before = &self.versions[now.version].roster;
        let change = Change { before, begun: &now.begun, after: says };
        let made = how == Says::Itself && self.is_made(commit, before)?;
        for one in by {
            let signed = match how {
                Says::Itself => self.vouching.vouched(commit, made, change, one)?,
                Says::AsBefore => self.vouching.brought(commit, change, one)?,
            };
            if !signed {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// By whom a version becomes another. Where histories have parted, what both say may have lost those who could sign:
    /// then it is not for whoever is left, who may have parted them, but for somebody of each.
    fn by(&self, version: usize) -> Vec<&Roster> {
        let (mut seen, mut parted) = (BTreeSet::new(), BTreeSet::new());
        let mut left = vec![version];
        while let Some(at) = left.pop() {
            match self.versions[at].after.as_slice() {
                after @ [_, _, ..] if seen.insert(at) => left.extend(after),
                [_, _, ..] => {}
                _ => {
                    parted.insert(at);
                }
            }
        }
        let newest = self.newest(&parted);
        let rosters: Vec<&Roster> = newest.iter().map(|one| &self.versions[*one].vouchers).collect();
        // Nobody speaks for one in which nobody can.
        let able: Vec<&Roster> = rosters.iter().copied().filter(|one| !one.vouching().is_empty()).collect();
        if able.is_empty() { rosters } else { able }
    }

    /// Whether the commit before it says what counts.
    fn is_made(&self, commit: &RosterCommit, counts: &Roster) -> Result<bool, PortError> {
        let Some(parent) = commit.parents.first() else { return Ok(false) };
        let said = match self.at.get(parent) {
            Some(at) => at.says.as_ref().map(|(_, said)| said.clone()),
            None => match self.vouching.says(parent) {
                Ok(said) => said,
                // It is not here: nobody knows what was changed.
                Err(_) => return Ok(false),
            },
        };
        Ok(said.is_some_and(|said| said.is_same(counts)))
    }

    /// What counts where histories come together: the latest of them. Of two that have parted only what both say does, so
    /// that nobody comes back by what was said before they were gone.
    fn together(&mut self, lines: &[Counts], at: &CommitId) -> Option<Counts> {
        let newest = self.newest(&lines.iter().map(|line| line.version).collect());
        match newest.as_slice() {
            [] => None,
            [one] => lines.iter().find(|line| line.version == *one).cloned(),
            _ => {
                // In the same order for everybody, wherever they begin to look: it is signed for.
                let mut parted: Vec<&Roster> = newest.iter().map(|one| &self.versions[*one].roster).collect();
                parted.sort_by(|one, other| one.signers.allowed.cmp(&other.signers.allowed));
                let both = parted[1..].iter().fold(parted[0].clone(), |both, other| both.common(other));
                Some(Counts { version: self.version(both, newest.clone()), begun: at.clone() })
            }
        }
    }

    /// Those after which none of the others came.
    fn newest(&self, all: &BTreeSet<usize>) -> Vec<usize> {
        let later = |one: usize| all.iter().any(|other| *other != one && self.is_after(*other, one));
        all.iter().copied().filter(|one| !later(*one)).collect()
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
