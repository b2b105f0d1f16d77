use std::collections::BTreeSet;

use super::facts::moved;
use super::{Bearing, Move, PortError, Repository, TargetCommit};
use crate::domain::track::bodies::Promoted;
use crate::domain::track::{CommitId, Merge, Package, TreeId};

/// How many commits are merged anew to see whether they are the one: each takes a process.
const MOST: usize = 100;

/// Finds the commit by which a package came to its target, however that was made (merged, squashed, rebased): its tree is
/// the approved one, or what the branch comes to on a base that went on without touching anything that has a bearing on it.
///
/// `line`: what came to the target since the package's base, along first parents, oldest first.
pub fn recognise(
    repository: &dyn Repository,
    package: &Package,
    bearing: &dyn Bearing,
    line: &[TargetCommit],
) -> Result<Option<Promoted>, PortError> {
    let promoted = |commit: &TargetCommit| Promoted { commit: commit.id.clone(), tree: commit.tree.clone() };
    if let Some(exact) = line.iter().find(|commit| commit.tree == package.merge_tree) {
        return Ok(Some(promoted(exact)));
    }
    let brought = repository.paths(&repository.tree(&package.base)?, &package.merge_tree)?;
    let mut merged = 0;
    let mut before: Option<&TargetCommit> = None;
    for commit in line {
        let parent = match before.replace(commit).filter(|before| before.id == commit.parent) {
            Some(before) => before.tree.clone(),
            None => repository.tree(&commit.parent)?,
        };
        // On the package's own base only the approved tree will do.
        if commit.parent == package.base || !brings(repository, &brought, &parent, &commit.tree)? {
            continue;
        }
        let step = Move {
            old_base: package.base.clone(),
            old_tree: package.merge_tree.clone(),
            new_base: commit.id.clone(),
            new_tree: commit.tree.clone(),
        };
        let moved = moved(repository, bearing, &step)?;
        if !moved.follows || !moved.touched.is_empty() {
            continue;
        }
        merged += 1;
        if merged > MOST {
            let why =
                format!("more than {MOST} commits of the target could be the merge: say which one it is");
            return Err(PortError(why));
        }
        if repository.merge_tree(&commit.parent, &package.head)? == Merge::Tree(commit.tree.clone()) {
            return Ok(Some(promoted(commit)));
        }
    }
    Ok(None)
}

/// It changes something, and nothing but what the branch does: a merge of that branch could look so. With the tree of the
/// commit before it, the branch came in before, and not by this one.
fn brings(
    repository: &dyn Repository,
    brought: &BTreeSet<String>,
    from: &TreeId,
    to: &TreeId,
) -> Result<bool, PortError> {
    Ok(from != to && repository.paths(from, to)?.is_subset(brought))
}

/// Whether nothing is left on a target of what one of its commits brought: all of it is as it was before.
pub fn taken_back(
    repository: &dyn Repository,
    commit: &TargetCommit,
    tip: &CommitId,
) -> Result<bool, PortError> {
    let before = repository.tree(&commit.parent)?;
    let brought = repository.paths(&before, &commit.tree)?;
    Ok(brought.is_disjoint(&repository.paths(&before, &repository.tree(tip)?)?))
}
