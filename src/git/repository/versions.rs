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
    /// For each path what tells it from another one, kind and content; None: there is nothing.
    pub files: Vec<Option<String>>,
}

impl Repository {
    /// All that led to `tip`, by whichever parent, and did not lead to `known`: none before its parents. Cheap: no file is
    /// read.
    ///
    /// # Errors
    /// [`GitError::Shallow`] where history ends before it began.
    pub fn commit_files(
        &self,
        known: Option<&CommitId>,
        tip: &CommitId,
        paths: &[PathBuf],
    ) -> Result<Vec<CommitFiles>, GitError> {
        // Where a shallow clone ended is known from when it was opened, and a fetch may have brought what came before.
        Self::open(&self.root)?.files_of_commits(known, tip, paths)
    }

    fn files_of_commits(
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
            if parents.is_empty()
                && let Some(cut) = written_parent(&commit)
            {
                return Err(GitError::Shallow(cut));
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
                // A link's target and a file's content may have one id.
                Ok(entry) => Ok(Some(format!("{:o} {}", entry.filemode(), entry.id()))),
                Err(error) if error.class() == git2::ErrorClass::Tree => Ok(None),
                Err(error) => Err(error),
            });
            held.collect()
        };
        self.completing(read, &["ls-tree", "-r", "-t", &name])
    }
}

/// What git says of parents ends where a clone is cut, or where somebody has grafted something; the commit does not.
fn written_parent(commit: &git2::Commit<'_>) -> Option<String> {
    let header = String::from_utf8_lossy(commit.raw_header_bytes()).into_owned();
    header.lines().find_map(|line| line.strip_prefix("parent ").map(str::to_owned))
}
