use std::collections::BTreeSet;

use super::facts::moved;
use super::{Bearing, Move, PortError, Repository, TargetCommit};
use crate::domain::track::bodies::Promoted;
use crate::domain::track::{CommitId, Merge, Package, TreeId};

/// How many commits are merged anew to see whether they are the one: each takes a process.
const MOST: usize = 100;
/// Commits of a branch that are looked for one behind the other, where they were rebased.
const SERIES: u64 = 20;

/// How a package came to its target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coming {
    pub promoted: Promoted,
    /// The target before the first of its commits.
    pub before: TreeId,
}

/// Finds the commit by which a package came to its target, however that was made (merged, squashed, rebased): its tree is
/// the approved one, or what the branch comes to on a base that went on without touching anything that has a bearing on it.
/// Rebased, its commits stand one after the other, and only the last of them holds all of it, and nothing that a later one
/// takes back: so the newest is asked first.
///
/// `line`: what came to the target since the package's base, along first parents, oldest first.
pub fn recognise(
    repository: &dyn Repository,
    package: &Package,
    bearing: &dyn Bearing,
    line: &[TargetCommit],
) -> Result<Option<Coming>, PortError> {
    if let Some(exact) = line.iter().position(|commit| commit.tree == package.merge_tree) {
        return recognise_last(repository, package, bearing, &line[..=exact]);
    }
    let mut search = Search::of(repository, package, bearing)?;
    for end in (1..=line.len()).rev() {
        if let Some(found) = search.last(&line[..end])? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// The same, of the last commit of a line alone.
pub fn recognise_last(
    repository: &dyn Repository,
    package: &Package,
    bearing: &dyn Bearing,
    line: &[TargetCommit],
) -> Result<Option<Coming>, PortError> {
    match line.last() {
        Some(last) if last.tree == package.merge_tree => {
            Ok(Some(Coming { promoted: promoted(last), before: repository.tree(&package.base)? }))
        }
        _ => Search::of(repository, package, bearing)?.last(line),
    }
}

fn promoted(commit: &TargetCommit) -> Promoted {
    Promoted { commit: commit.id.clone(), tree: commit.tree.clone() }
}

struct Search<'s> {
    repository: &'s dyn Repository,
    package: &'s Package,
    bearing: &'s dyn Bearing,
    /// The files that the branch changes.
    brought: BTreeSet<String>,
    commits: usize,
    merged: usize,
}

impl<'s> Search<'s> {
    fn of(
        repository: &'s dyn Repository,
        package: &'s Package,
        bearing: &'s dyn Bearing,
    ) -> Result<Self, PortError> {
        let brought = repository.paths(&repository.tree(&package.base)?, &package.merge_tree)?;
        let commits = repository.distance(&package.base, &package.head)?.clamp(1, SERIES);
        let commits = usize::try_from(commits).unwrap_or(1);
        Ok(Self { repository, package, bearing, brought, commits, merged: 0 })
    }

    /// Whether the last of these commits, or some of them up to it, are the branch.
    fn last(&mut self, line: &[TargetCommit]) -> Result<Option<Coming>, PortError> {
        let Some((last, earlier)) = line.split_last() else { return Ok(None) };
        let tree_before = |at: usize, commit: &TargetCommit| {
            let before = at.checked_sub(1).and_then(|at| line.get(at)).filter(|one| one.id == commit.parent);
            before.map_or_else(|| self.repository.tree(&commit.parent), |one| Ok(one.tree.clone()))
        };
        // With the tree of the commit before it, the branch came in before, and not by this one.
        if tree_before(earlier.len(), last)? == last.tree {
            return Ok(None);
        }
        let mut firsts = Vec::new();
        for (at, first) in line.iter().enumerate().rev().take(self.commits) {
            firsts.push((first.parent.clone(), tree_before(at, first)?));
        }
        // On one of its own earlier commits the branch comes to the same: it began with the furthest.
        for (parent, before) in firsts.into_iter().rev() {
            // On the package's own base only the approved tree will do.
            if parent != self.package.base && self.is_branch((&parent, &before), last)? {
                return Ok(Some(Coming { promoted: promoted(last), before }));
            }
        }
        Ok(None)
    }

    /// What the branch comes to on a commit of the target is that commit.
    fn is_branch(
        &mut self,
        (parent, before): (&CommitId, &TreeId),
        last: &TargetCommit,
    ) -> Result<bool, PortError> {
        let (repository, package) = (self.repository, self.package);
        // It changes something, and nothing but what the branch does: a merge of that branch could look so.
        if *before == last.tree || !repository.paths(before, &last.tree)?.is_subset(&self.brought) {
            return Ok(false);
        }
        let step = Move {
            old_base: package.base.clone(),
            old_tree: package.merge_tree.clone(),
            new_base: parent.clone(),
            new_tree: last.tree.clone(),
        };
        let moved = moved(repository, self.bearing, &step)?;
        if !moved.follows || !moved.touched.is_empty() {
            return Ok(false);
        }
        self.merged += 1;
        if self.merged > MOST {
            let why =
                format!("more than {MOST} commits of the target could be the merge: say which one it is");
            return Err(PortError(why));
        }
        Ok(repository.merge_tree(parent, &package.head)? == Merge::Tree(last.tree.clone()))
    }
}

/// Whether nothing is left on a target of what came to it: once all of it was as before, whatever others have made of its
/// files since, and it did not come there as a whole again.
pub fn taken_back(repository: &dyn Repository, coming: &Coming, tip: &CommitId) -> Result<bool, PortError> {
    let brought = repository.paths(&coming.before, &coming.promoted.tree)?;
    if brought.is_empty() {
        return Ok(false);
    }
    let has = |tree: &TreeId, what: &TreeId| -> Result<bool, PortError> {
        Ok(brought.is_disjoint(&repository.paths(what, tree)?))
    };
    // Where it is not all here, of what is there now alone it can be told.
    let Ok(line) = repository.line(&coming.promoted.commit, tip) else {
        return has(&repository.tree(tip)?, &coming.before);
    };
    let mut gone = false;
    for TargetCommit { tree, .. } in &line {
        gone = has(tree, &coming.before)? || gone && !has(tree, &coming.promoted.tree)?;
    }
    Ok(gone)
}

/// Commits of a target of which one may be the last of a package.
pub(super) fn series(line: &[TargetCommit]) -> &[TargetCommit] {
    let most = usize::try_from(SERIES).unwrap_or(1);
    &line[line.len().saturating_sub(most + 1)..]
}
