use std::collections::BTreeMap;
use std::path::PathBuf;

use git2::{Oid, Sort};

use super::{Repository, commit_id, oid};
use crate::domain::track::CommitId;
use crate::git::GitError;

/// A commit, and what it holds at the paths that were asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommitFiles {
    pub id: CommitId,
    pub parents: Vec<CommitId>,
    /// For each path what tells its content from another one; None: there is nothing.
    pub files: Vec<Option<String>>,
}

impl Repository {
    /// All that led to `tip`, by whichever parent, and did not lead to `known`: none before its parents. Cheap: no file is
    /// read.
    ///
    /// # Errors
    /// [`GitError::Shallow`] where nothing is known and history ends before it began.
    pub fn commit_files(
        &self,
        known: Option<&CommitId>,
        tip: &CommitId,
        paths: &[PathBuf],
    ) -> Result<Vec<CommitFiles>, GitError> {
        let wrong = GitError::of("read the history");
        let mut walk = self.git.revwalk().map_err(&wrong)?;
        walk.set_sorting(Sort::TOPOLOGICAL | Sort::REVERSE).map_err(&wrong)?;
        walk.push(oid(tip.as_str())?).map_err(&wrong)?;
        if let Some(known) = known {
            walk.hide(oid(known.as_str())?).map_err(&wrong)?;
        }
        let mut trees: BTreeMap<Oid, Vec<Option<String>>> = BTreeMap::new();
        let mut found = Vec::new();
        for id in walk {
            let id = commit_id(id.map_err(&wrong)?)?;
            let commit = self.commit_at(&id)?;
            let parents = commit.parent_ids().map(commit_id).collect::<Result<Vec<_>, _>>()?;
            if known.is_none() && parents.is_empty() && self.is_shallow() {
                self.has_parents(&id)?;
            }
            let tree = commit.tree_id();
            let files = match trees.get(&tree) {
                Some(files) => files.clone(),
                None => {
                    let files = self.held(tree, paths).map_err(&wrong)?;
                    trees.insert(tree, files.clone());
                    files
                }
            };
            found.push(CommitFiles { id, parents, files });
        }
        Ok(found)
    }

    fn held(&self, tree: Oid, paths: &[PathBuf]) -> Result<Vec<Option<String>>, git2::Error> {
        let name = tree.to_string();
        let read = || {
            let tree = self.git.find_tree(tree)?;
            let held = paths.iter().map(|path| match tree.get_path(path) {
                Ok(entry) => Ok(Some(entry.id().to_string())),
                Err(error) if error.class() == git2::ErrorClass::Tree => Ok(None),
                Err(error) => Err(error),
            });
            held.collect()
        };
        self.completing(read, &["ls-tree", "-r", "-t", &name])
    }
}
