use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use camino::Utf8Path;
use ignore::WalkBuilder;

use super::GitError;
use super::command::{git, refuse_posing};

/// The files that make up a project, relative to its root: tracked, and untracked but not ignored. Submodules and
/// other repositories within are named as the folder they are; `.git` and `.greenroom` never.
///
/// Where git does not know the project (no repository, one that ignores it, or no git at all) a walk finds them,
/// which keeps to `.gitignore` too, also to those of the repository around it, unless they ignore the project itself. What
/// was deleted but not committed is still listed.
pub fn project_files(root: &Utf8Path) -> Result<Vec<PathBuf>, GitError> {
    refuse_posing(root)?;
    if let Some(files) = by_git(root) {
        return Ok(files);
    }
    if root.ancestors().any(|above| above.join(".git").exists()) {
        let files = by_walk(root, true)?;
        if files.iter().any(|file| *file == Path::new(SPEC)) {
            return Ok(files);
        }
    }
    by_walk(root, false)
}

const SPEC: &str = "greenroom.yaml";

fn by_git(root: &Utf8Path) -> Option<Vec<PathBuf>> {
    let output = git(root, ["ls-files", "-z", "--cached", "--others", "--exclude-standard"]).ok()?;
    if !output.status.success() {
        return None;
    }
    let names = output.stdout.split(|byte| *byte == 0).filter(|name| !name.is_empty() && !is_private(name));
    // A conflict lists a file once for each side.
    let files: BTreeSet<&[u8]> = names.map(|name| name.strip_suffix(b"/").unwrap_or(name)).collect();
    let unknown = files.is_empty() || (!files.contains(SPEC.as_bytes()) && root.join(SPEC).exists());
    (!unknown).then(|| files.into_iter().map(|name| OsStr::from_bytes(name).into()).collect())
}

fn is_private(name: &[u8]) -> bool {
    name.split(|byte| *byte == b'/').any(|part| part == b".git" || part == b".greenroom")
}

/// `repository`: what the folders above ignore counts as well, up to the repository's own.
fn by_walk(root: &Utf8Path, repository: bool) -> Result<Vec<PathBuf>, GitError> {
    let mut walk = WalkBuilder::new(root);
    walk.hidden(false).ignore(false).parents(repository).require_git(repository);
    walk.filter_entry(|entry| !is_private(entry.file_name().as_bytes()));
    let mut files = Vec::new();
    for entry in walk.build() {
        let entry = match entry {
            // As git does: nobody could read what is in it either.
            Err(error) if unreadable_folder(&error) => continue,
            entry => entry?,
        };
        let is_dir = entry.file_type().is_none_or(|kind| kind.is_dir());
        if let (false, Ok(path)) = (is_dir, entry.path().strip_prefix(root)) {
            files.push(path.to_owned());
        }
    }
    files.sort_unstable_by(|a, b| a.as_os_str().as_bytes().cmp(b.as_os_str().as_bytes()));
    Ok(files)
}

fn unreadable_folder(error: &ignore::Error) -> bool {
    error.io_error().is_some_and(|error| {
        matches!(error.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::NotFound)
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::Repository;
    use super::*;

    fn listed(root: &Utf8Path) -> Vec<String> {
        let files = project_files(root).unwrap();
        files.iter().map(|path| path.to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn tracked_and_new_files_count_and_ignored_ones_do_not() {
        let repository = Repository::new(&[("greenroom.yaml", ""), ("kept.log", ""), ("sql/a.sql", "")]);
        repository.write(".gitignore", "*.log\n/data/\n!sql/important.log\n");
        repository.write(".git/info/exclude", "private\n");
        for new in ["new.py", "b.log", "data/x", "private", "sql/important.log", ".greenroom/store/x"] {
            repository.write(new, "");
        }
        fs_err::remove_file(repository.root.join("sql/a.sql")).unwrap();
        let expected =
            [".gitignore", "greenroom.yaml", "kept.log", "new.py", "sql/a.sql", "sql/important.log"];
        assert_eq!(listed(&repository.root), expected);
    }

    #[test]
    fn a_folder_of_a_repository_lists_its_own_files_only() {
        let repository = Repository::new(&[("project/greenroom.yaml", ""), ("other/a", "")]);
        repository.write(".gitignore", "*.csv");
        repository.write("project/x.csv", "");
        repository.write("project/dir/y", "");
        assert_eq!(listed(&repository.root.join("project")), ["dir/y", "greenroom.yaml"]);
    }

    #[test]
    fn a_project_that_git_does_not_know_is_walked() {
        let folder = Repository::bare_folder();
        for path in ["greenroom.yaml", "a/b", ".hidden", "x.log", ".greenroom/store/x", "cloned/.git/HEAD"] {
            folder.write(path, "");
        }
        folder.write(".gitignore", "*.log\n");
        assert_eq!(listed(&folder.root), [".gitignore", ".hidden", "a/b", "greenroom.yaml"]);

        let repository = Repository::new(&[("a", "")]);
        repository.write(".gitignore", "/demo/\n");
        repository.write("demo/greenroom.yaml", "");
        repository.write("demo/workflows/w.yaml", "");
        assert_eq!(listed(&repository.root.join("demo")), ["greenroom.yaml", "workflows/w.yaml"]);

        repository.write("greenroom.yaml", "");
        repository.write(".git/index", "nonsense");
        assert_eq!(listed(&repository.root), [".gitignore", "a", "greenroom.yaml"]);
    }

    #[test]
    fn what_the_folders_above_ignore_is_ignored_where_git_cannot_tell() {
        let repository = Repository::new(&[("project/greenroom.yaml", "")]);
        repository.write(".gitignore", "creds.json\n");
        repository.write(".git/info/exclude", "private.key\n");
        for file in ["project/creds.json", "project/sub/private.key", "project/seen"] {
            repository.write(file, "");
        }
        repository.write(".git/index", "nonsense");
        assert_eq!(listed(&repository.root.join("project")), ["greenroom.yaml", "seen"]);
    }

    #[test]
    fn what_a_folder_above_the_repository_or_of_none_ignores_is_no_matter() {
        let home = Repository::bare_folder();
        home.write(".gitignore", "*.sql\n");
        for project in ["plain", "repository"] {
            home.write(format!("{project}/greenroom.yaml"), "");
            home.write(format!("{project}/q.sql"), "");
        }
        home.git(&["-C", "repository", "init", "-q"]);
        home.write("repository/.git/index", "nonsense");
        for project in ["plain", "repository"] {
            assert_eq!(listed(&home.root.join(project)), ["greenroom.yaml", "q.sql"], "{project}");
        }
    }

    #[test]
    fn names_are_bytes() {
        let repository = Repository::new(&[("greenroom.yaml", "")]);
        let odd: Vec<&[u8]> = vec![b"-x", b"new\nline", b"sp ace", b"\xff"];
        for name in &odd {
            repository.write(OsStr::from_bytes(name), "");
        }
        let files = project_files(&repository.root).unwrap();
        for name in &odd {
            assert!(files.iter().any(|path| path == Path::new(OsStr::from_bytes(name))), "{name:?}");
        }
    }

    #[test]
    fn other_repositories_within_are_named_not_entered() {
        let inner = Repository::new(&[("lib.py", "")]);
        let repository = Repository::new(&[("greenroom.yaml", "")]);
        let url = inner.root.as_str();
        repository.git(&["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", url, "sub"]);
        repository.git(&["clone", "--quiet", url, "cloned"]);
        assert_eq!(listed(&repository.root), [".gitmodules", "cloned", "greenroom.yaml", "sub"]);
    }

    #[test]
    fn a_conflict_lists_a_file_once() {
        let repository = Repository::new(&[("greenroom.yaml", ""), ("a", "1\n")]);
        repository.git(&["checkout", "-q", "-b", "other"]);
        repository.write("a", "2\n");
        repository.commit();
        repository.git(&["checkout", "-q", "-"]);
        repository.write("a", "3\n");
        repository.commit();
        let merged = repository.try_git(&["merge", "-q", "other"]);
        assert!(!merged.status.success());
        assert_eq!(listed(&repository.root), ["a", "greenroom.yaml"]);
    }
}
