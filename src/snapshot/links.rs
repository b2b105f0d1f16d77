use std::collections::VecDeque;
use std::ffi::OsStr;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Component, Path, PathBuf};

use super::frozen::{FileKind, FrozenFile, below, bytes, find};

/// As many as Linux follows.
const MOST_HOPS: usize = 40;

/// Where a link of a tree leads, followed within the tree alone: the path of a file or directory of the same tree.
/// None where it leaves the tree, even for a moment, or leads nowhere. No disk is asked, so nothing that changes
/// meanwhile, and no list that somebody forged, can make it point elsewhere than was checked.
pub(super) fn resolve(files: &[FrozenFile], link: &Path) -> Option<PathBuf> {
    let mut at: Vec<&OsStr> = Vec::new();
    let mut ahead: VecDeque<Component<'_>> = link.components().collect();
    let mut hops = 0;
    while let Some(part) = ahead.pop_front() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                at.pop()?;
            }
            Component::RootDir | Component::Prefix(_) => return None,
            Component::Normal(name) => {
                at.push(name);
                let here = join(&at);
                match find(files, &here).map(|file| &file.kind) {
                    Some(FileKind::Link { to }) => {
                        hops += 1;
                        if hops > MOST_HOPS {
                            return None;
                        }
                        at.pop();
                        for part in to.components().rev() {
                            ahead.push_front(part);
                        }
                    }
                    Some(FileKind::File { .. }) if !ahead.is_empty() => return None,
                    Some(FileKind::File { .. }) => {}
                    None => {
                        below(files, &here).next()?;
                    }
                }
            }
        }
    }
    Some(PathBuf::from(std::ffi::OsString::from_vec(join(&at))))
}

fn join(parts: &[&OsStr]) -> Vec<u8> {
    parts.iter().map(|part| part.as_bytes()).collect::<Vec<_>>().join(&b'/')
}

/// The text of a link at `link` (relative to the root) that leads to `target` (relative to the root).
pub(super) fn relative(link: &Path, target: &Path) -> PathBuf {
    let from = link.parent().unwrap_or(Path::new(""));
    let shared = from.components().zip(target.components()).take_while(|(a, b)| a == b).count();
    let mut text: PathBuf = from.components().skip(shared).map(|_| Component::ParentDir).collect();
    text.extend(target.components().skip(shared));
    if bytes(&text).is_empty() { PathBuf::from(".") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Digest;

    fn tree(entries: &[(&str, Option<&str>)]) -> Vec<FrozenFile> {
        let mut files: Vec<FrozenFile> = entries
            .iter()
            .map(|(path, to)| FrozenFile {
                path: path.into(),
                bytes: 0,
                sha256: Digest::of(b""),
                kind: match to {
                    Some(to) => FileKind::Link { to: to.into() },
                    None => FileKind::File { executable: false },
                },
            })
            .collect();
        files.sort_by(|a, b| bytes(&a.path).cmp(bytes(&b.path)));
        files
    }

    #[test]
    fn links_are_followed_within_the_tree_alone() {
        let files = tree(&[
            ("data/x.csv", None),
            ("file", Some("data/x.csv")),
            ("dir", Some("./data")),
            ("sub/up", Some("../data/x.csv")),
            ("through", Some("dir/x.csv")),
            ("chain", Some("through")),
            ("sub/root", Some("..")),
        ]);
        let leads = |link: &str| resolve(&files, Path::new(link)).map(|p| p.to_str().unwrap().to_owned());
        assert_eq!(leads("file").as_deref(), Some("data/x.csv"));
        assert_eq!(leads("dir").as_deref(), Some("data"));
        assert_eq!(leads("sub/up").as_deref(), Some("data/x.csv"));
        assert_eq!(leads("chain").as_deref(), Some("data/x.csv"));
        assert_eq!(leads("sub/root").as_deref(), Some(""));
    }

    #[test]
    fn a_link_that_leaves_or_leads_nowhere_is_none() {
        let files = tree(&[
            ("a", None),
            ("abs", Some("/etc/passwd")),
            ("up", Some("../etc")),
            ("p/q/top", Some("../..")),
            // Read as text this stays inside; followed, it does not.
            ("sly", Some("p/q/top/..")),
            ("out_and_back", Some("../project/a")),
            ("missing", Some("nowhere")),
            ("under_a_file", Some("a/b")),
            ("l1", Some("l2")),
            ("l2", Some("l1")),
            ("self", Some("self")),
        ]);
        for link in
            ["abs", "up", "sly", "out_and_back", "missing", "under_a_file", "l1", "self", "p/q/top/../.."]
        {
            assert_eq!(resolve(&files, Path::new(link)), None, "{link}");
        }
    }

    #[test]
    fn a_relative_link_is_the_shortest() {
        let text = |link: &str, target: &str| relative(Path::new(link), Path::new(target));
        assert_eq!(text("a", "b/c"), Path::new("b/c"));
        assert_eq!(text("x/y/a", "x/b"), Path::new("../b"));
        assert_eq!(text("x/a", ""), Path::new(".."));
        assert_eq!(text("x/a", "x"), Path::new("."));
    }
}
