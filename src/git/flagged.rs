//! Files that git was told not to look at: by `git update-index --assume-unchanged` or `--skip-worktree`.

use std::collections::BTreeSet;

use camino::Utf8Path;

use super::GitError;
use super::command::{git, git_on, succeed};

const WHAT: &str = "look at the files that it was told to pass over";

/// The first of the project's files that `status` passes over and that differs from what is to be committed; one that is
/// missing does as well. `filters`: as `status` is called with them.
pub(super) fn edited_unseen(root: &Utf8Path, filters: &[String]) -> Result<Option<String>, GitError> {
    let listed = succeed(WHAT, git(root, ["ls-files", "--full-name", "-v", "-z"])?)?;
    let flagged: BTreeSet<&[u8]> = records(&listed)
        .filter(|line| line.first().is_some_and(|tag| tag.is_ascii_lowercase() || *tag == b'S'))
        .filter_map(|line| line.get(2..))
        .collect();
    if flagged.is_empty() {
        return Ok(None);
    }
    let listed = succeed(WHAT, git(root, ["ls-files", "--full-name", "--stage", "-z"])?)?;
    // What is in a submodule is never frozen.
    let entries = records(&listed).filter(|line| !line.starts_with(b"160000"));
    let is_flagged = |line: &&[u8]| {
        let path = line.iter().position(|byte| *byte == b'\t').map(|tab| &line[tab + 1..]);
        path.is_some_and(|path| flagged.contains(path))
    };
    let entries: Vec<u8> = entries.filter(is_flagged).flat_map(|line| [line, &[0][..]].concat()).collect();
    // An index of them alone, without a flag and without what a file looked like when it was last read.
    let folder = tempfile::tempdir().map_err(GitError::Temporary)?;
    let index = folder.path().join("index");
    let update = |args: &[&str], input: &[u8]| {
        let set = ["-c", "core.ignoreStat=false", "-c", "core.splitIndex=false", "update-index"];
        let args = filters.iter().map(String::as_str).chain(set).chain(args.iter().copied());
        git_on(root, &index, args, input)
    };
    succeed(WHAT, update(&["-z", "--index-info"], &entries)?)?;
    let told = update(&["--refresh"], b"")?;
    let text = String::from_utf8_lossy(&told.stdout).into_owned();
    let edited = text.lines().find_map(|line| line.strip_suffix(": needs update"));
    match (edited, told.status.success()) {
        (Some(path), _) => Ok(Some(path.to_owned())),
        (None, true) => Ok(None),
        (None, false) => succeed(WHAT, told).map(|_| None),
    }
}

fn records(listed: &[u8]) -> impl Iterator<Item = &[u8]> {
    listed.split(|byte| *byte == 0).filter(|line| !line.is_empty())
}

#[cfg(test)]
mod tests {
    use super::super::facts;
    use super::super::testing::Repository;

    #[test]
    fn what_git_was_told_to_pass_over_is_looked_at_all_the_same() {
        let repository =
            Repository::new(&[("a", "1"), ("p/b c\u{e9}\n", "1"), ("p/greenroom.yaml", ""), ("q", "1")]);
        let project = repository.root.join("p");
        let told = |root: &camino::Utf8Path| {
            let facts = facts(root).unwrap().unwrap();
            (facts.dirty, facts.unseen)
        };
        for (on, off) in
            [("--assume-unchanged", "--no-assume-unchanged"), ("--skip-worktree", "--no-skip-worktree")]
        {
            repository.git(&["update-index", on, "a", "p/b c\u{e9}\n"]);
            assert_eq!(told(&repository.root), (false, None), "it is as it was");
            repository.write("a", "2");
            assert_eq!(told(&repository.root), (true, Some("a".into())), "{on}");
            assert_eq!(told(&project), (false, None), "what is beside the project is of no account");
            repository.write("p/b c\u{e9}\n", "2");
            assert!(told(&project).0, "{on}");
            fs_err::remove_file(project.join("b c\u{e9}\n")).unwrap();
            assert!(told(&project).0, "{on}");
            repository.git(&["update-index", off, "a", "p/b c\u{e9}\n"]);
            repository.git(&["checkout", "-q", "--", "."]);
            assert_eq!(told(&repository.root), (false, None));
        }
        // All of them are passed over.
        repository.git(&["config", "core.ignoreStat", "true"]);
        repository.git(&["update-index", "--assume-unchanged", "q"]);
        repository.write("q", "2");
        assert_eq!(told(&repository.root), (true, Some("q".into())));
    }
}
