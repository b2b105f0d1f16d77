use camino::Utf8Path;

use super::GitError;
use super::command::{git, said, succeed};
use super::flagged::edited_unseen;

/// Where a run's code stood.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GitFacts {
    /// None: nothing was committed yet.
    pub commit: Option<String>,
    /// None: the head is detached.
    pub branch: Option<String>,
    /// The project's folder differs from the commit, or has files that it does not.
    pub dirty: bool,
    /// A file because of which it is dirty, and which `git status` does not show: git was told to pass over it.
    pub unseen: Option<String>,
    /// `Ana Example <ana@example.com>`, as far as it is configured.
    pub user: Option<String>,
}

/// None where `root` is in no repository. The project may be a folder of a larger one.
///
/// # Errors
/// Also where git is not asked, because it would run what the project brought along.
pub fn facts(root: &Utf8Path) -> Result<Option<GitFacts>, GitError> {
    let asked = [
        "status",
        "--porcelain=v2",
        "--branch",
        "-z",
        "--no-ahead-behind",
        "--untracked-files=normal",
        // Their files are never frozen, so what is edited in them is of no account.
        "--ignore-submodules=dirty",
        "--",
        ".",
    ];
    let filters = local_filters(root)?;
    let output = git(root, filters.iter().map(String::as_str).chain(asked))?;
    if said(&output).starts_with("not a git repository") {
        return Ok(None);
    }
    let status = succeed("tell the state of the project", output)?;
    let mut facts = GitFacts { user: user(root), ..GitFacts::default() };
    for line in status.split(|byte| *byte == 0).map(String::from_utf8_lossy) {
        if let Some(commit) = line.strip_prefix("# branch.oid ") {
            facts.commit = (commit != "(initial)").then(|| commit.to_owned());
        } else if let Some(branch) = line.strip_prefix("# branch.head ") {
            facts.branch = (branch != "(detached)").then(|| branch.to_owned());
        } else if !line.is_empty() && !line.starts_with('#') && !line.ends_with(".greenroom/") {
            facts.dirty = true;
        }
    }
    facts.unseen = edited_unseen(root, &filters)?;
    facts.dirty |= facts.unseen.is_some();
    Ok(Some(facts))
}

/// What keeps `status` from running the filters that a repository's own configuration names, as one that was unpacked
/// from an archive may: those of the person's own stay.
fn local_filters(root: &Utf8Path) -> Result<Vec<String>, GitError> {
    let asked = ["config", "--includes", "--show-scope", "--name-only", "-z", "--get-regexp", r"^filter\."];
    let told = git(root, asked)?;
    // There is none.
    if told.status.code() == Some(1) {
        return Ok(Vec::new());
    }
    // Before 2.26 git cannot tell.
    let told = succeed("tell its filters", told)?;
    let told = String::from_utf8_lossy(&told);
    let words: Vec<&str> = told.split('\0').collect();
    let mut off = Vec::new();
    for pair in words.chunks_exact(2).filter(|pair| ["local", "worktree"].contains(&pair[0])) {
        let Some((filter, _)) = pair[1].rsplit_once('.') else { continue };
        // On a command line its name would end there.
        if filter.contains(['=', '\u{fffd}']) {
            return Err(GitError::Filter(filter.to_owned()));
        }
        for (key, value) in [("clean", ""), ("smudge", ""), ("process", ""), ("required", "false")] {
            off.extend(["-c".to_owned(), format!("{filter}.{key}={value}")]);
        }
    }
    Ok(off)
}

/// Who works here, as git was told; inside a repository or not.
pub fn user(dir: &Utf8Path) -> Option<String> {
    let ask = |key| {
        let answer = git(dir, ["config", "--get", key]).ok()?;
        let text = String::from_utf8_lossy(&answer.stdout).trim().to_owned();
        (!text.is_empty()).then_some(text)
    };
    match (ask("user.name"), ask("user.email")) {
        (Some(name), Some(email)) => Some(format!("{name} <{email}>")),
        (name, email) => name.or(email),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::Repository;
    use super::*;

    #[test]
    fn a_folder_that_poses_as_a_repository_runs_nothing() {
        let repository = Repository::bare_folder();
        repository.git(&["init", "-q"]);
        let sub = repository.root.join("sub");
        for folder in ["objects", "refs"] {
            fs_err::create_dir_all(sub.join(folder)).unwrap();
        }
        let proof = repository.root.join("proof");
        let filter = format!("touch {proof}; cat");
        let config = format!(
            "[core]\n\trepositoryformatversion = 0\n\tbare = false\n\tworktree = .\n[filter \"evil\"]\n\tclean = \"{filter}\"\n"
        );
        fs_err::write(sub.join("config"), config).unwrap();
        fs_err::write(sub.join("HEAD"), "ref: refs/heads/main\n").unwrap();
        fs_err::write(sub.join(".gitattributes"), "* filter=evil\n").unwrap();
        fs_err::write(sub.join("greenroom.yaml"), "greenroom: 1\n").unwrap();
        repository.git(&["-C", "sub", "add", "greenroom.yaml"]);
        assert!(proof.exists(), "git itself runs it");
        fs_err::remove_file(&proof).unwrap();
        fs_err::write(sub.join("greenroom.yaml"), "greenroom: 2\n").unwrap();

        for dir in [&sub, &sub.join("objects")] {
            assert!(matches!(facts(dir), Err(GitError::Posing(_))));
            // A walk alone would not know what the repository around it ignores.
            assert!(matches!(super::super::project_files(dir), Err(GitError::Posing(_))));
        }
        assert!(!proof.exists());
    }

    #[test]
    fn no_filter_of_a_repository_that_was_unpacked_is_run() {
        let repository = Repository::bare_folder();
        repository.git(&["init", "-q", "-b", "main"]);
        let proof = repository.root.join("proof");
        fs_err::write(repository.root.join(".gitattributes"), "* filter=evil.twin\n").unwrap();
        fs_err::write(repository.root.join("a"), "1").unwrap();
        repository.git(&["add", "a"]);
        for key in ["clean", "process"] {
            repository.git(&["config", &format!("filter.evil.twin.{key}"), &format!("touch {proof}; cat")]);
        }
        repository.git(&["config", "filter.evil.twin.required", "true"]);
        fs_err::write(repository.root.join("a"), "2").unwrap();
        assert!(facts(&repository.root).unwrap().unwrap().dirty);
        assert!(!proof.exists());
        repository.git(&["config", "filter.x=y.clean", &format!("touch {proof}; cat")]);
        assert!(matches!(facts(&repository.root), Err(GitError::Filter(_))));
        assert!(!proof.exists());
        repository.git(&["config", "--unset", "filter.evil.twin.process"]);
        repository.git(&["--no-optional-locks", "status"]);
        assert!(proof.exists(), "git itself runs it");
    }

    #[test]
    fn a_repository_is_told_from_its_first_moment_on() {
        let repository = Repository::bare_folder();
        assert_eq!(facts(&repository.root).unwrap(), None);

        repository.git(&["init", "-q", "-b", "main"]);
        repository.git(&["config", "user.name", "Ana Example"]);
        repository.git(&["config", "user.email", "ana@example.com"]);
        let told = || facts(&repository.root).unwrap().unwrap();
        assert_eq!(
            told(),
            GitFacts {
                commit: None,
                branch: Some("main".into()),
                dirty: false,
                unseen: None,
                user: Some("Ana Example <ana@example.com>".into())
            }
        );
        repository.write("a", "1");
        assert!(told().dirty, "a file that no commit has");
        repository.commit();
        let head = repository.git(&["rev-parse", "HEAD"]);
        assert_eq!(told().commit.as_deref(), Some(head.trim()));
        assert!(!told().dirty);
        repository.write(".greenroom/store/x", "");
        assert!(!told().dirty, "Greenroom's own files are of no account");
        repository.write("a", "2");
        assert!(told().dirty);
        repository.git(&["checkout", "-q", "--detach", "-f"]);
        assert_eq!((told().branch, told().dirty), (None, false));
    }

    #[test]
    fn a_project_that_is_a_folder_of_a_repository_answers_for_itself() {
        let repository = Repository::new(&[("project/greenroom.yaml", ""), ("other/a", "")]);
        let project = repository.root.join("project");
        repository.write("other/a", "changed");
        assert!(!facts(&project).unwrap().unwrap().dirty);
        repository.write("project/greenroom.yaml", "changed");
        assert!(facts(&project).unwrap().unwrap().dirty);
    }

    #[test]
    fn newer_formats_are_read_as_well() {
        for format in ["--object-format=sha256", "--ref-format=reftable"] {
            let repository = Repository::bare_folder();
            let made = repository.try_git(&["init", "-q", format]).status.success();
            if !made && format.contains("reftable") {
                // Older git cannot make such a repository, and so cannot meet one.
                continue;
            }
            repository.write("a", "1");
            repository.commit();
            let head = repository.git(&["rev-parse", "HEAD"]);
            assert_eq!(facts(&repository.root).unwrap().unwrap().commit.as_deref(), Some(head.trim()));
        }
    }

    #[test]
    fn a_repository_that_cannot_be_read_says_why() {
        let repository = Repository::new(&[("a", "")]);
        repository.write(".git/HEAD", "nonsense");
        // Git takes such a folder for no repository at all.
        assert_eq!(facts(&repository.root).unwrap(), None);
        repository.write(".git/HEAD", "ref: refs/heads/main\n");
        repository.write(".git/index", "nonsense");
        let why = facts(&repository.root).unwrap_err().to_string();
        assert!(why.starts_with("git could not tell the state of the project: "), "{why}");
        assert!(why.len() > 60, "{why}");
    }
}
