use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use git2::{Delta, DiffFile, DiffFindOptions, DiffOptions, FileMode};

use super::files::{LARGEST, oid_of};
use super::{Repository, commit_id, tree_id};
use crate::domain::track::{CommitId, TreeId};
use crate::git::GitError;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChangeKind {
    Added,
    Removed,
    Modified,
    /// Also changed, maybe: at least half of it is the same.
    Renamed {
        from: PathBuf,
    },
}

/// What a path holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContentKind {
    Text,
    Binary,
    /// Stands for a large file that is kept elsewhere.
    LfsPointer,
    Link,
    Submodule,
}

/// One side of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileSide {
    /// Of the content, in hex; of a submodule, its commit.
    pub id: String,
    pub kind: ContentKind,
    pub executable: bool,
    /// As committed; of a submodule 0.
    pub bytes: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileChange {
    pub kind: ChangeKind,
    pub path: PathBuf,
    /// None: it was not there.
    pub old: Option<FileSide>,
    /// None: it is gone.
    pub new: Option<FileSide>,
}

/// More is not looked into: it counts as binary.
const LOOKED_INTO: u64 = 16 << 20;
/// As git does it.
const FIRST: usize = 8000;
const POINTER: &[u8] = b"version https://git-lfs.github.com/spec/";

impl Repository {
    /// What differs between two trees, by path. Contents are compared as they were committed.
    pub fn changes(&self, from: &TreeId, to: &TreeId) -> Result<Vec<FileChange>, GitError> {
        let asks_for = ["diff-tree", "-r", "-M", "--numstat", from.as_str(), to.as_str()];
        self.completing(|| self.compared(Some(from), to), &asks_for)
            .map_err(GitError::of("compare two commits' files"))
    }

    /// What a commit has other than each of its parents; of one without any, all that it has.
    pub fn brought(&self, id: &CommitId) -> Result<Vec<Vec<FileChange>>, GitError> {
        let commit = self.commit_at(id)?;
        let to = tree_id(commit.tree_id())?;
        if commit.parent_count() == 0 {
            let all = self.completing(|| self.compared(None, &to), &["ls-tree", "-r", "-l", to.as_str()]);
            return Ok(vec![all.map_err(GitError::of("list a commit's files"))?]);
        }
        commit.parent_ids().map(|parent| self.changes(&self.tree(&commit_id(parent)?)?, &to)).collect()
    }

    /// The paths in which two trees differ, by name alone: a renamed file is two of them. No content is looked at.
    pub fn paths(&self, from: &TreeId, to: &TreeId) -> Result<Vec<PathBuf>, GitError> {
        let wrong = GitError::of("compare two commits' files");
        let differing = || {
            let (from, to) = (self.git.find_tree(oid_of(from)?)?, self.git.find_tree(oid_of(to)?)?);
            let diff = self.git.diff_tree_to_tree(Some(&from), Some(&to), None)?;
            Ok(diff.deltas().map(|delta| path(&delta.new_file())).collect())
        };
        self.completing(differing, &["diff-tree", "-r", from.as_str(), to.as_str()]).map_err(wrong)
    }

    /// The content of one side, as committed; of a submodule none.
    ///
    /// # Errors
    /// [`GitError::TooLarge`] above 64 MiB.
    pub fn content(&self, side: &FileSide) -> Result<Vec<u8>, GitError> {
        match side.kind {
            ContentKind::Submodule => Ok(Vec::new()),
            _ => self.blob(&side.id, Path::new(&side.id), LARGEST),
        }
    }

    /// Lines that came and went; None where one side is no text, or too large to look into.
    pub fn lines(&self, change: &FileChange) -> Result<Option<(u64, u64)>, GitError> {
        let sides = [&change.old, &change.new];
        if sides.iter().any(|side| side.as_ref().is_some_and(|side| side.kind != ContentKind::Text)) {
            return Ok(None);
        }
        let wrong = GitError::of("compare two files");
        let blob = |side: &Option<FileSide>| {
            let id = side.as_ref().map(|side| git2::Oid::from_str(&side.id));
            id.map(|id| self.git.find_blob(id?)).transpose()
        };
        let (old, new) = (blob(sides[0]).map_err(&wrong)?, blob(sides[1]).map_err(&wrong)?);
        let counted = || {
            let patch = match (&old, &new) {
                (Some(old), Some(new)) => git2::Patch::from_blobs(old, None, new, None, None)?,
                (Some(old), None) => git2::Patch::from_blob_and_buffer(old, None, b"", None, None)?,
                (None, Some(new)) => git2::Patch::from_buffers(b"", None, new.content(), None, None)?,
                (None, None) => return Ok((0, 0)),
            };
            let (_, came, gone) = patch.line_stats()?;
            Ok((came as u64, gone as u64))
        };
        counted().map(Some).map_err(|error: git2::Error| wrong(error))
    }

    /// `from`: None is a tree without files.
    fn compared(&self, from: Option<&TreeId>, to: &TreeId) -> Result<Vec<FileChange>, git2::Error> {
        let from = from.map(|from| self.git.find_tree(oid_of(from)?)).transpose()?;
        let to = self.git.find_tree(oid_of(to)?)?;
        let mut options = DiffOptions::new();
        options.include_typechange(true).skip_binary_check(true).ignore_submodules(false);
        let mut diff = self.git.diff_tree_to_tree(from.as_ref(), Some(&to), Some(&mut options))?;
        diff.find_similar(Some(DiffFindOptions::new().renames(true).rename_limit(400)))?;
        diff.deltas()
            .map(|delta| {
                let (old, new) = (delta.old_file(), delta.new_file());
                let kind = match delta.status() {
                    Delta::Added => ChangeKind::Added,
                    Delta::Deleted => ChangeKind::Removed,
                    Delta::Renamed => ChangeKind::Renamed { from: path(&old) },
                    _ => ChangeKind::Modified,
                };
                let named = if kind == ChangeKind::Removed { &old } else { &new };
                Ok(FileChange { path: path(named), kind, old: self.side(&old)?, new: self.side(&new)? })
            })
            .collect()
    }

    fn side(&self, file: &DiffFile<'_>) -> Result<Option<FileSide>, git2::Error> {
        if file.id().is_zero() {
            return Ok(None);
        }
        let (kind, bytes) = match file.mode() {
            FileMode::Commit => (ContentKind::Submodule, 0),
            mode => {
                let odb = self.git.odb()?;
                let bytes = odb.read_header(file.id())?.0 as u64;
                let kind = match mode {
                    FileMode::Link => ContentKind::Link,
                    _ if bytes > LOOKED_INTO => ContentKind::Binary,
                    _ => kind_of(odb.read(file.id())?.data()),
                };
                (kind, bytes)
            }
        };
        let executable = file.mode() == FileMode::BlobExecutable;
        Ok(Some(FileSide { id: file.id().to_string(), kind, executable, bytes }))
    }
}

fn path(file: &DiffFile<'_>) -> PathBuf {
    OsStr::from_bytes(file.path_bytes().unwrap_or_default()).into()
}

fn kind_of(content: &[u8]) -> ContentKind {
    if content.len() < 1024 && content.starts_with(POINTER) {
        ContentKind::LfsPointer
    } else if content[..content.len().min(FIRST)].contains(&0) {
        ContentKind::Binary
    } else {
        ContentKind::Text
    }
}
