use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path, PathBuf};

use git2::{ErrorClass, ErrorCode, ObjectType, Tree};

use super::{Repository, oid, tree_id};
use crate::domain::track::{CommitId, TreeId};
use crate::git::GitError;

/// Of one file, in bytes: far more than a spec, a query or a list of signers has.
pub(super) const LARGEST: u64 = 64 << 20;

const LINK: i32 = 0o120_000;

impl Repository {
    pub fn tree(&self, commit: &CommitId) -> Result<TreeId, GitError> {
        tree_id(self.commit_at(commit)?.tree_id())
    }

    /// A file as it was committed, not as it would be checked out: of a large file kept by LFS, its pointer. None where
    /// there is no file of that name: a folder, a submodule or a symbolic link is none.
    ///
    /// # Errors
    /// [`GitError::TooLarge`] above 64 MiB.
    pub fn file(&self, commit: &CommitId, path: &Path) -> Result<Option<Vec<u8>>, GitError> {
        self.find(&self.tree(commit)?, path, LARGEST)
    }

    /// The same as `file` of a tree that may belong to no commit, such as a merge's result.
    pub fn file_in(&self, tree: &TreeId, path: &Path) -> Result<Option<Vec<u8>>, GitError> {
        self.find(tree, path, LARGEST)
    }

    /// `limit`: above so many bytes it is [`GitError::TooLarge`].
    pub(super) fn find(&self, tree: &TreeId, path: &Path, limit: u64) -> Result<Option<Vec<u8>>, GitError> {
        if !is_within(path) {
            return Ok(None);
        }
        let found = self.completing(
            || self.git.find_tree(oid_of(tree)?)?.get_path(path),
            &["ls-tree", "-r", tree.as_str()],
        );
        let entry = match found {
            Ok(entry) if entry.kind() == Some(ObjectType::Blob) && entry.filemode() != LINK => entry,
            Ok(_) => return Ok(None),
            Err(error) if error.class() == ErrorClass::Tree => return Ok(None),
            Err(error) => return Err(GitError::of("read a commit's files")(error)),
        };
        self.blob(&entry.id().to_string(), path, limit).map(Some)
    }

    /// The files below a folder (empty: all), in git's order; no links and no submodules.
    pub fn files(&self, tree: &TreeId, under: &Path) -> Result<Vec<PathBuf>, GitError> {
        Ok(self
            .entries(tree, under)?
            .into_iter()
            .filter(|(_, mode)| *mode != LINK)
            .map(|(path, _)| path)
            .collect())
    }

    /// The symbolic links below a folder, each with what is written in it.
    pub fn links(&self, tree: &TreeId, under: &Path) -> Result<Vec<(PathBuf, PathBuf)>, GitError> {
        let links = self.entries(tree, under)?.into_iter().filter(|(_, mode)| *mode == LINK);
        let read = |path: PathBuf| {
            let wrong = GitError::of("read a link of a commit");
            let found =
                self.git.find_tree(oid_of(tree).map_err(&wrong)?).and_then(|tree| tree.get_path(&path));
            let to = self.blob(&found.map_err(&wrong)?.id().to_string(), &path, LARGEST)?;
            Ok((path, PathBuf::from(OsStr::from_bytes(&to))))
        };
        links.map(|(path, _)| read(path)).collect()
    }

    /// All that has content below a folder, with git's mode.
    fn entries(&self, id: &TreeId, under: &Path) -> Result<Vec<(PathBuf, i32)>, GitError> {
        let walk = || {
            let tree = self.git.find_tree(oid_of(id)?)?;
            let mut found = Vec::new();
            if under.as_os_str().is_empty() {
                self.list(&tree, under, &mut found)?;
            } else if is_within(under) {
                match tree.get_path(under) {
                    Ok(entry) if entry.kind() == Some(ObjectType::Tree) => {
                        self.list(&self.git.find_tree(entry.id())?, under, &mut found)?;
                    }
                    Ok(_) => {}
                    Err(error) if error.class() == ErrorClass::Tree => {}
                    Err(error) => return Err(error),
                }
            }
            Ok(found)
        };
        self.completing(walk, &["ls-tree", "-r", id.as_str()]).map_err(GitError::of("list a commit's files"))
    }

    fn list(&self, tree: &Tree<'_>, at: &Path, found: &mut Vec<(PathBuf, i32)>) -> Result<(), git2::Error> {
        for entry in tree {
            let path = at.join(OsStr::from_bytes(entry.name_bytes()));
            match entry.kind() {
                Some(ObjectType::Tree) => self.list(&self.git.find_tree(entry.id())?, &path, found)?,
                Some(ObjectType::Blob) => found.push((path, entry.filemode())),
                _ => {}
            }
        }
        Ok(())
    }

    /// `path`: for people.
    pub(super) fn blob(&self, id: &str, path: &Path, limit: u64) -> Result<Vec<u8>, GitError> {
        let id = oid(id)?;
        let wrong = GitError::of("read a file of a commit");
        let odb = self.git.odb().map_err(&wrong)?;
        let hex = id.to_string();
        let fetched = ["cat-file", "-s", &hex];
        let (bytes, _) = self.completing(|| odb.read_header(id), &fetched).map_err(&wrong)?;
        let bytes = bytes as u64;
        if bytes > limit {
            return Err(GitError::TooLarge { path: path.to_owned(), bytes, limit });
        }
        Ok(odb.read(id).map_err(&wrong)?.data().to_owned())
    }
}

/// Any other path is one of no file of a tree; to the library it is an error.
pub(super) fn is_within(path: &Path) -> bool {
    let mut components = path.components().peekable();
    components.peek().is_some() && components.all(|part| matches!(part, Component::Normal(_)))
}

pub(super) fn oid_of(tree: &TreeId) -> Result<git2::Oid, git2::Error> {
    git2::Oid::from_str(tree.as_str())
        .map_err(|error| git2::Error::new(ErrorCode::NotFound, ErrorClass::Odb, error.message()))
}
