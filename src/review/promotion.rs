use super::facts::moved;
use super::{Closure, Move, PortError, Repository, ReviewError, TargetCommit};
use crate::domain::track::bodies::Promoted;
use crate::domain::track::{CommitId, Merge, Package, Present};

/// What the repository holds of a branch and its target now.
pub fn present(
    repository: &dyn Repository,
    head: &CommitId,
    base: &CommitId,
) -> Result<Present, ReviewError> {
    let merge = repository.merge_tree(base, head)?;
    Ok(Present { head: head.clone(), base: base.clone(), merge })
}

/// Finds the commit by which a package came to its target, however that was made (merged, squashed, rebased): its tree is
/// the approved one, or what the branch comes to on a base that went on without touching any closure.
///
/// `line`: what came to the target since the package's base, along first parents, oldest first.
pub fn recognise(
    repository: &dyn Repository,
    package: &Package,
    closures: &[Closure],
    line: &[TargetCommit],
) -> Result<Option<Promoted>, PortError> {
    for commit in line {
        let promoted = || Promoted { commit: commit.id.clone(), tree: commit.tree.clone() };
        if commit.tree == package.merge_tree {
            return Ok(Some(promoted()));
        }
        // On the package's own base only the approved tree will do.
        if commit.parent == package.base {
            continue;
        }
        // With the tree of the commit before it, the branch came in before, and not by this one.
        let nothing = repository.tree(&commit.parent)? == commit.tree;
        let merged = repository.merge_tree(&commit.parent, &package.head)?;
        if nothing || merged != Merge::Tree(commit.tree.clone()) {
            continue;
        }
        let step = Move {
            old_base: package.base.clone(),
            old_tree: package.merge_tree.clone(),
            new_base: commit.id.clone(),
            new_tree: commit.tree.clone(),
        };
        let moved = moved(repository, closures, &step)?;
        if moved.follows && moved.touched.is_empty() {
            return Ok(Some(promoted()));
        }
    }
    Ok(None)
}
