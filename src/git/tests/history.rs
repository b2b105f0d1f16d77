use super::world::*;
use crate::git::ssh::Verifier;
use crate::git::testing::Repository as Folder;
use crate::git::{CommitSignature, Distance, GitError, Who};

#[test]
fn who_wrote_what_since_the_base_is_told() {
    let world = World::new();
    let folder = &world.ana;
    let base = open(folder).resolve("HEAD").unwrap();
    let (key, allowed) = (folder.root.join(".git/key"), "t@example.com");
    let made = std::process::Command::new("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "", "-f", key.as_str()])
        .status();
    assert!(made.unwrap().success());
    let author = "--author=Sam Example <sam@example.com>";
    let message = "Title \u{1b}[31m\n\nWhy.\n\nCo-authored-by: Eli <eli@example.com>";
    folder.git(&["commit", "-q", "--allow-empty", author, "-m", message]);
    folder.git(&["config", "user.signingKey", key.as_str()]);
    folder.git(&["-c", "gpg.format=ssh", "commit", "-q", "--allow-empty", "-S", "-m", "signed"]);
    let repository = open(folder);
    let commits = repository.commits(&base, &repository.resolve("main").unwrap()).unwrap();
    assert_eq!(commits.iter().map(|commit| commit.signed).collect::<Vec<_>>(), [true, false]);
    let who = |name: &str, email: &str| Who { name: name.into(), email: email.into() };
    assert_eq!(commits[1].author, who("Sam Example", "sam@example.com"));
    assert_eq!(commits[1].committer.email, allowed);
    assert_eq!(commits[1].co_authors, [who("Eli", "eli@example.com")]);
    assert_eq!(commits[1].message.trim_end(), message);
    assert_eq!(repository.commits(&commits[0].id, &base).unwrap(), []);

    let CommitSignature { content, signature } = repository.signature(&commits[0].id).unwrap().unwrap();
    assert_eq!(repository.signature(&commits[1].id).unwrap(), None);
    let public = fs_err::read_to_string(format!("{key}.pub")).unwrap();
    let verifier = Verifier::new(&format!("{allowed} {public}"), b"").unwrap();
    let good = verifier.verify("git", &content, &signature).unwrap().unwrap();
    assert_eq!(good.principals, [allowed]);
}

#[test]
fn a_shallow_clone_knows_that_it_does_not_know_who_wrote_what() {
    let world = World::new();
    let base = open(&world.ana).resolve("HEAD").unwrap();
    let middle = commit_file(&world.ana, "b", "1");
    let head = commit_file(&world.ana, "b", "2");
    world.ana.git(&["push", "-q", "origin", "main"]);
    let url = format!("file://{}", world.remote.root);
    let shallow = clone_of(&url, &["--depth=1"]);
    shallow.git(&["fetch", "-q", "--depth=1", "origin", &format!("{base}:refs/heads/base")]);
    let repository = open(&shallow);
    let told = repository.commits(&base, &head);
    assert!(matches!(&told, Err(GitError::Shallow(parent)) if *parent == middle.as_str()), "{told:?}");
    shallow.git(&["fetch", "-q", "--unshallow"]);
    assert_eq!(open(&shallow).commits(&base, &head).unwrap().len(), 2);
}

/// As `git fast-import` makes them: so many commits on `main`.
fn long_history(commits: usize) -> Folder {
    let folder = Folder::bare_folder();
    folder.git(&["init", "-q", "-b", "main"]);
    let mut text = String::new();
    for at in 0..commits {
        let content = format!("{at}\n");
        text += &format!(
            "commit refs/heads/main\ncommitter T <t@example.com> {} +0000\ndata 1\nx\nM 100644 inline f\ndata {}\n{content}\n",
            1_700_000_000 + at,
            content.len()
        );
    }
    folder.write(".git/stream", &text);
    let stream = fs_err::File::open(folder.root.join(".git/stream")).unwrap();
    let mut command = std::process::Command::new("git");
    let ended = command
        .arg("-C")
        .arg(&folder.root)
        .args(["fast-import", "--quiet"])
        .stdin(stream.into_file())
        .status();
    assert!(ended.unwrap().success());
    folder
}

#[test]
fn what_a_rebase_made_of_the_commits_is_told() {
    let folder = Folder::new(&[("a", "1\n")]);
    let base = open(&folder).resolve("HEAD").unwrap();
    folder.git(&["checkout", "-q", "-b", "feature"]);
    // Enough of it stays for the two to be known as one.
    let lines: String = (0..20).map(|at| format!("{at}\n")).collect();
    let first = commit_file(&folder, "b", &format!("{lines}before\n"));
    folder.git(&["checkout", "-q", "main"]);
    let moved = commit_file(&folder, "c", "");
    let second = commit_file(&folder, "b", &format!("{lines}after\n"));
    let repository = open(&folder);
    // What a person has set for their own eyes has no say.
    for (key, value) in [("diff.orderFile", "nowhere"), ("diff.context", "0"), ("diff.algorithm", "patience")]
    {
        folder.git(&["config", key, value]);
    }
    let told = repository.range_diff([&base, &first], [&moved, &second]).unwrap().unwrap();
    assert!(told.contains("-+before") && told.contains("++after"), "{told}");
    let same = repository.range_diff([&base, &first], [&base, &first]).unwrap().unwrap();
    assert_eq!(same.lines().count(), 1, "{same}");
}

#[test]
fn ten_thousand_commits_behind_is_a_number() {
    let folder = long_history(10_001);
    folder.git(&["checkout", "-q", "-b", "old", "main~10000"]);
    let head = commit_file(&folder, "b", "mine");
    let repository = open(&folder);
    let main = repository.resolve("main").unwrap();
    assert_eq!(repository.distance(&main, &head).unwrap(), Distance { ahead: 1, behind: 10_000 });
    let base = repository.merge_base(&main, &head).unwrap().unwrap();
    assert_eq!(base, repository.resolve("main~10000").unwrap());
    assert!(repository.is_ancestor(&base, &main).unwrap() && repository.is_ancestor(&base, &base).unwrap());
    assert!(!repository.is_ancestor(&head, &main).unwrap());
    assert_eq!(repository.commits(&main, &head).unwrap().len(), 1);
    assert_eq!(repository.range_diff([&main, &head], [&base, &main]).unwrap(), None, "too many to compare");
    let some = repository.resolve("main~51").unwrap();
    assert_eq!(repository.range_diff([&main, &head], [&some, &main]).unwrap(), None, "too many to wait for");
}

#[test]
fn a_head_is_a_branch_a_commit_or_not_yet() {
    let folder = Folder::bare_folder();
    folder.git(&["init", "-q", "-b", "main"]);
    let head = open(&folder).head().unwrap();
    assert_eq!((head.commit, head.branch), (None, Some(name("refs/heads/main"))));
    let first = commit_file(&folder, "a", "");
    folder.git(&["checkout", "-q", "--detach"]);
    let head = open(&folder).head().unwrap();
    assert_eq!((head.commit, head.branch), (Some(first.clone()), None));
    let repository = open(&folder);
    folder.git(&["tag", "-a", "-m", "x", "v1"]);
    for text in ["main", "v1", "HEAD", &first.as_str()[..8], "main^{tree}"] {
        let found = repository.resolve(text);
        assert!(matches!(&found, Ok(id) if *id == first) != text.contains("tree"), "{text}: {found:?}");
    }
    let nothing = "0123456789012345678901234567890123456789".parse().unwrap();
    assert!(matches!(repository.tree(&nothing), Err(GitError::Unknown(_))));
    folder.git(&["checkout", "-q", "--orphan", "lone"]);
    let lone = commit_file(&folder, "b", "");
    assert_eq!(open(&folder).merge_base(&first, &lone).unwrap(), None);
}
