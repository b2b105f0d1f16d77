use super::facts::moved;
use super::{Closure, Move, Repository, ReviewError};
use crate::domain::track::bodies::Promoted;
use crate::domain::track::{CommitId, Merge, Package, Present, TreeId};

/// A commit of the target's own line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetCommit {
    pub id: CommitId,
    pub parent: CommitId,
    pub tree: TreeId,
}

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
) -> Result<Option<Promoted>, ReviewError> {
    for commit in line {
        let promoted = || Promoted { commit: commit.id.clone(), tree: commit.tree.clone() };
        if commit.tree == package.merge_tree {
            return Ok(Some(promoted()));
        }
        // On the package's own base only the approved tree will do.
        if commit.parent == package.base {
            continue;
        }
        let merged = repository.merge_tree(&commit.parent, &package.head)?;
        if merged != Merge::Tree(commit.tree.clone()) || brings_nothing(repository, commit)? {
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

/// It has the tree of the commit before it: then the branch had come in before, and this is not how.
fn brings_nothing(repository: &dyn Repository, commit: &TargetCommit) -> Result<bool, ReviewError> {
    let before = repository.merge_tree(&commit.parent, &commit.parent)?;
    Ok(before == Merge::Tree(commit.tree.clone()))
}
