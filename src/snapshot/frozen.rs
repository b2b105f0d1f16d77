use std::cmp::Ordering;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use camino::Utf8Path;

use super::links::resolve;
use crate::domain::Digest;

/// Files above this size are worth a word: they are copied for every tree in which they differ.
const LARGE: u64 = 50 * 1024 * 1024;

/// A project's files as they stood at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frozen {
    /// Over paths, kinds and contents: equal trees are equal digests.
    pub tree: Digest,
    /// In the order of their paths' bytes.
    pub files: Vec<FrozenFile>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrozenFile {
    /// Relative to the project's root; any bytes.
    pub path: PathBuf,
    pub bytes: u64,
    /// Of the content; of a link, of the text it holds.
    pub sha256: Digest,
    pub kind: FileKind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileKind {
    File {
        executable: bool,
    },
    /// A symbolic link that leads to something in the same tree.
    Link {
        to: PathBuf,
    },
}

/// What became of a path between two trees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    Added(PathBuf),
    Changed(PathBuf),
    Removed(PathBuf),
}

impl Change {
    pub fn path(&self) -> &Path {
        match self {
            Self::Added(path) | Self::Changed(path) | Self::Removed(path) => path,
        }
    }
}

impl Frozen {
    pub fn file(&self, path: &Path) -> Option<&FrozenFile> {
        find(&self.files, path.as_os_str().as_bytes())
    }

    /// Of one file's content, links followed; None where there is no such file.
    pub fn digest(&self, path: &Utf8Path) -> Option<Digest> {
        let path = resolve(&self.files, path.as_std_path())?;
        self.file(&path).map(|file| file.sha256.clone())
    }

    /// Those that somebody may have meant to ignore.
    pub fn large(&self) -> impl Iterator<Item = &FrozenFile> {
        self.files.iter().filter(|file| file.bytes > LARGE)
    }

    /// What differs here from an earlier tree, in order of path.
    pub fn changed_since(&self, earlier: &Self) -> Vec<Change> {
        let (mut old, mut new) = (earlier.files.iter().peekable(), self.files.iter().peekable());
        let mut changes = Vec::new();
        loop {
            let order = match (old.peek(), new.peek()) {
                (None, None) => return changes,
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(old), Some(new)) => bytes(&old.path).cmp(bytes(&new.path)),
            };
            let gone = if order.is_le() { old.next() } else { None };
            let come = if order.is_ge() { new.next() } else { None };
            match (gone, come) {
                (Some(gone), None) => changes.push(Change::Removed(gone.path.clone())),
                (None, Some(come)) => changes.push(Change::Added(come.path.clone())),
                (Some(gone), Some(come)) if gone != come => changes.push(Change::Changed(come.path.clone())),
                _ => {}
            }
        }
    }
}

/// What paths are ordered by: `Path`'s own order compares component by component.
pub(super) fn bytes(path: &Path) -> &[u8] {
    path.as_os_str().as_bytes()
}

pub(super) fn find<'a>(files: &'a [FrozenFile], path: &[u8]) -> Option<&'a FrozenFile> {
    let index = files.binary_search_by(|file| bytes(&file.path).cmp(path)).ok()?;
    files.get(index)
}

/// All below a directory; none where there is no such directory.
pub(super) fn below<'a>(files: &'a [FrozenFile], dir: &[u8]) -> impl Iterator<Item = &'a FrozenFile> {
    let prefix = if dir.is_empty() { Vec::new() } else { [dir, b"/"].concat() };
    let start = files.partition_point(|file| bytes(&file.path) < prefix.as_slice());
    files.iter().skip(start).take_while(move |file| bytes(&file.path).starts_with(&prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frozen(files: &[(&str, &str)]) -> Frozen {
        let file = |(path, content): &(&str, &str)| FrozenFile {
            path: path.into(),
            bytes: content.len() as u64,
            sha256: Digest::of(content.as_bytes()),
            kind: FileKind::File { executable: false },
        };
        Frozen { tree: Digest::of(b""), files: files.iter().map(file).collect() }
    }

    #[test]
    fn what_changed_is_told_in_order() {
        let old = frozen(&[("a", "1"), ("b", "1"), ("d/x", "1"), ("e", "1")]);
        let new = frozen(&[("b", "2"), ("c", "1"), ("d/x", "1"), ("f", "1")]);
        assert_eq!(
            new.changed_since(&old),
            [
                Change::Removed("a".into()),
                Change::Changed("b".into()),
                Change::Added("c".into()),
                Change::Removed("e".into()),
                Change::Added("f".into()),
            ]
        );
        assert_eq!(old.changed_since(&old), []);
    }

    #[test]
    fn a_directory_is_told_from_a_name_that_begins_like_it() {
        let tree = frozen(&[("a-b", ""), ("a.c", ""), ("a/x", ""), ("a/y/z", ""), ("a0", "")]);
        let names = |dir: &str| -> Vec<_> {
            below(&tree.files, dir.as_bytes()).map(|file| file.path.to_str().unwrap()).collect()
        };
        assert_eq!(names("a"), ["a/x", "a/y/z"]);
        assert_eq!(names("a/y"), ["a/y/z"]);
        assert_eq!(names("a0").len(), 0);
        assert_eq!(names("").len(), 5);
        assert!(tree.file(Path::new("a/x")).is_some() && tree.file(Path::new("a")).is_none());
    }
}
