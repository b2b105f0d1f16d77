use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use jiff::Timestamp;

use super::contributors::contributors;
use super::fold::under_review;
use super::line::Line;
use super::promotion::series;
use super::{Bearing, Closure, PortError, Repository, Signers, recognise_last, taken_back};
use crate::domain::track::bodies::{Executed, Promoted};
use crate::domain::track::{
    BaseMoved, CommitId, Contributors, Entry, Event, Merge, Package, Present, Transition, TreeId,
};
use crate::domain::{Digest, Name, Person};

/// From one merge result on one base to another on a later one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Move {
    pub old_base: CommitId,
    pub old_tree: TreeId,
    pub new_base: CommitId,
    pub new_tree: TreeId,
}

/// A base and a head.
pub type Span = (CommitId, CommitId);

/// All that the fold has to know besides the ledger, looked up beforehand, so that it stays a function of data.
#[derive(Clone, Debug, Default)]
pub struct Circumstances {
    pub now: Timestamp,
    /// Those of the target branch.
    pub people: IndexMap<Name, Person>,
    /// Those of the target branch too.
    pub signers: Signers,
    /// Ids of the checks that a package must have, all of them made, none of them failed.
    pub required: Vec<String>,
    /// Those of them that take a run in stage: they need not be made before.
    pub needs_stage: BTreeSet<String>,
    /// Of each package → who has a hand in it, or why that cannot be told.
    pub contributors: BTreeMap<Span, Result<Contributors, String>>,
    /// Of each package → what the merge comes to here, or why that cannot be told.
    pub merges: BTreeMap<Span, Result<Merge, String>>,
    /// The entry that seals a package → why its evidence is not what the manifest names, where that was read.
    pub broken: BTreeMap<CommitId, Vec<String>>,
    /// The target's present tip, from which the people are.
    pub tip: Option<CommitId>,
    /// The tips of all branches that a release may be of; the target's own counts anyway.
    pub released_from: Vec<CommitId>,
    /// None: the branch is not here.
    pub present: Option<Present>,
    /// Why there is no such branch, where it is gone from the remote, and the target has not got its commits either: whoever
    /// comes now cannot look at the package, so to nobody it is a package that can be gone on with.
    pub gone: Option<String>,
    /// The target's commit by which what was approved came there, where no entry tells of that yet.
    pub came: Option<CommitId>,
    /// A package and what an entry says of how it came to the target → whether that is so.
    pub promotions: BTreeMap<(Span, Promoted), Result<(), String>>,
    /// Commits by which a package came to the target, of which nothing is left there.
    pub taken_back: BTreeSet<CommitId>,
    /// The target has all commits of the branch of a package that was taken back: to merge it again brings nothing.
    pub contained: bool,
    /// A commit and the tree that is said to be its → whether that is so, and the commit a branch's.
    pub releases: BTreeMap<(CommitId, TreeId), Result<(), String>>,
    pub moves: BTreeMap<Move, Result<BaseMoved, String>>,
}

/// After so many packages that turn out not to count all of them are looked at.
const MOST_REFUSED: usize = 20;

/// The package that these entries leave under review, with what was looked up to tell: no other has a say in what is here
/// of its branch, nor in what its steps depend on. What was merged for it is in the repository.
pub fn settle(
    entries: &[Entry],
    repository: &dyn Repository,
    given: Circumstances,
) -> (Circumstances, Option<Package>) {
    let nothing: Vec<Closure> = Vec::new();
    let mut look = Look::new(repository, &nothing, given);
    look.all_sealed(entries);
    let package = under_review(entries, &look.known);
    (look.known, package)
}

/// Looks up what the entries need: of packages only the one under review and those that were approved, for each takes
/// programs to be run. What cannot be looked up is kept as why, and decides against what depends on it.
///
/// `bearing`: what the package under review depends on, as its specs have it and not as it claims.
pub fn gather(
    entries: &[Entry],
    repository: &dyn Repository,
    bearing: &dyn Bearing,
    given: Circumstances,
) -> Circumstances {
    let mut look = Look::new(repository, bearing, given);
    look.all_sealed(entries);
    // How it would stand is asked before anybody approves.
    if let Some(package) = under_review(entries, &look.known) {
        look.sealed(&package);
    }
    for event in entries.iter().filter_map(Entry::valid) {
        match &event.transition {
            Transition::Promoted(body) => look.promoted(event, body),
            Transition::Executed(body) => look.executed(body),
            _ => {}
        }
    }
    look.moves();
    look.known
}

struct Look<'l> {
    repository: &'l dyn Repository,
    bearing: &'l dyn Bearing,
    target: Option<Line<'l>>,
    released: Vec<Line<'l>>,
    /// Those whose merge result is what they say: it follows from base and head.
    packages: BTreeMap<Span, Package>,
    known: Circumstances,
}

impl<'l> Look<'l> {
    fn new(repository: &'l dyn Repository, bearing: &'l dyn Bearing, known: Circumstances) -> Self {
        let target = known.tip.as_ref().map(|tip| Line::of(repository, tip));
        let released = known.released_from.iter().map(|tip| Line::of(repository, tip)).collect();
        Self { repository, bearing, target, released, packages: BTreeMap::new(), known }
    }

    fn all_sealed(&mut self, entries: &[Entry]) {
        let valid = || entries.iter().filter_map(Entry::valid);
        let approved = valid().filter(|event| matches!(event.transition, Transition::Approved(_)));
        let approved: BTreeSet<&Digest> = approved.filter_map(|event| event.package.as_ref()).collect();
        let sealed = valid().filter_map(|event| match &event.transition {
            Transition::Sealed(sealing) => Some((event.package.as_ref()?, &sealing.manifest)),
            _ => None,
        });
        let sealed: Vec<(&Digest, &Package)> = sealed.collect();
        for (_, package) in sealed.iter().filter(|(digest, _)| approved.contains(digest)) {
            self.sealed(package);
        }
        // One that is looked at may turn out not to count; then it is the one before it.
        for _ in 0..MOST_REFUSED {
            match under_review(entries, &self.known).filter(|package| !self.has(package)) {
                Some(package) => self.sealed(&package),
                None => break,
            }
        }
        if under_review(entries, &self.known).is_some_and(|package| !self.has(&package)) {
            sealed.iter().for_each(|(_, package)| self.sealed(package));
        }
    }

    fn has(&self, package: &Package) -> bool {
        self.known.merges.contains_key(&span(package)) && self.known.contributors.contains_key(&span(package))
    }

    fn sealed(&mut self, package: &Package) {
        let (repository, known) = (self.repository, &mut self.known);
        let span = span(package);
        if !known.contributors.contains_key(&span) {
            let told = told(repository, known, package);
            known.contributors.insert(span.clone(), told);
        }
        let merge = known.merges.entry(span.clone());
        let merge = merge.or_insert_with(|| repository.merge_tree(&package.base, &package.head).map_err(why));
        if *merge == Ok(Merge::Tree(package.merge_tree.clone())) {
            self.packages.insert(span, package.clone());
        }
    }

    /// Whether a package came to the target by the commit that an entry names.
    fn promoted(&mut self, event: &Event, body: &Promoted) {
        let span = (event.target.tip.clone(), event.head.clone());
        let key = (span.clone(), body.clone());
        let Some(package) = self.packages.get(&span).cloned() else { return };
        if !self.known.promotions.contains_key(&key) {
            let told = self.came(&package, body).map_err(why).flatten();
            self.known.promotions.insert(key, told);
        }
    }

    fn came(&mut self, package: &Package, body: &Promoted) -> Result<Result<(), String>, PortError> {
        let commit = self.repository.target_commit(&body.commit)?;
        let named = body.commit.short();
        let Some(target) = &mut self.target else {
            return Ok(Err("the target's tip is not known".to_owned()));
        };
        if !target.has(&body.commit)? {
            return Ok(Err(format!("{named} is no commit of the target")));
        }
        if body.commit == package.base || !self.repository.is_ancestor(&package.base, &body.commit)? {
            return Ok(Err(format!("{named} was there before the package")));
        }
        let line = self.repository.line(&package.base, &body.commit)?;
        let line = match line.last() {
            Some(last) if last.id == commit.id => series(&line),
            _ => std::slice::from_ref(&commit),
        };
        let found = recognise_last(self.repository, package, self.bearing, line)?;
        let Some(found) = found.filter(|found| found.promoted == *body) else {
            return Ok(Err(format!("{named} does not hold what was approved")));
        };
        if let Some(tip) = &self.known.tip
            && taken_back(self.repository, &found, tip)?
        {
            let head = self.known.present.as_ref().map_or(&package.head, |present| &present.head);
            self.known.contained = matches!(self.repository.is_ancestor(head, tip), Ok(true));
            self.known.taken_back.insert(body.commit.clone());
        }
        Ok(Ok(()))
    }

    /// Whether what is said to be released is there, and was let in by a branch of the project.
    fn executed(&mut self, body: &Executed) {
        let key = (body.commit.clone(), body.tree.clone());
        if !self.known.releases.contains_key(&key) {
            let told = self.is_out(body).map_err(why).flatten();
            self.known.releases.insert(key, told);
        }
    }

    fn is_out(&mut self, body: &Executed) -> Result<Result<(), String>, PortError> {
        let named = body.commit.short();
        let tree = self.repository.tree(&body.commit)?;
        if tree != body.tree {
            return Ok(Err(format!("{named} holds {}, and not {}", tree.short(), body.tree.short())));
        }
        for line in self.target.iter_mut().chain(&mut self.released) {
            if line.has(&body.commit)? {
                return Ok(Ok(()));
            }
        }
        Ok(Err(format!("{named} is no commit of a branch that is released from")))
    }

    fn moves(&mut self) {
        let Some(Present { base, merge: Merge::Tree(tree), .. }) = &self.known.present else { return };
        for package in self.packages.values().filter(|package| package.base != *base) {
            let step = Move {
                old_base: package.base.clone(),
                old_tree: package.merge_tree.clone(),
                new_base: base.clone(),
                new_tree: tree.clone(),
            };
            let told = moved(self.repository, self.bearing, &step).map_err(why);
            self.known.moves.insert(step, told);
        }
    }
}

fn span(package: &Package) -> Span {
    (package.base.clone(), package.head.clone())
}

fn told(
    repository: &dyn Repository,
    known: &Circumstances,
    package: &Package,
) -> Result<Contributors, String> {
    let tip = known.tip.as_ref().ok_or_else(|| "the target's tip is not known".to_owned())?;
    // Or whoever seals could leave commits, and so their authors, out of what is looked at.
    if !repository.is_ancestor(&package.base, tip).map_err(why)? {
        return Err(format!("its base {} is no commit of the target", package.base.short()));
    }
    let commits = repository.commits(&package.base, &package.head, &known.signers).map_err(why)?;
    Ok(contributors(&commits, &known.people))
}

fn why(PortError(why): PortError) -> String {
    why
}

pub(super) fn moved(
    repository: &dyn Repository,
    bearing: &dyn Bearing,
    step: &Move,
) -> Result<BaseMoved, PortError> {
    let changes = repository.changes(&step.old_tree, &step.new_tree)?;
    Ok(BaseMoved {
        ahead: repository.distance(&step.old_base, &step.new_base)?,
        follows: repository.is_ancestor(&step.old_base, &step.new_base)?,
        files: changes.len() as u64,
        touched: bearing.touched(step, &changes)?,
    })
}
