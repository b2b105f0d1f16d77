use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use super::world::*;
use crate::domain::track::{CommitId, Merge};
use crate::git::GitError;
use crate::git::testing::Repository as Folder;

/// `main` and `head` from one commit, each with its files.
fn fork(base: &[(&str, &str)], main: &[(&str, &str)], head: &[(&str, &str)]) -> (Folder, CommitId, CommitId) {
    let folder = Folder::new(base);
    folder.git(&["checkout", "-q", "-b", "head"]);
    let write = |files: &[(&str, &str)]| {
        files.iter().for_each(|(path, content)| folder.write(OsStr::from_bytes(path.as_bytes()), content));
        commit_file(&folder, "mark", &format!("{files:?}").len().to_string())
    };
    let head = write(head);
    folder.git(&["checkout", "-q", "main"]);
    let main = write(&[main, &[("mark", "")]].concat());
    folder.git(&["rm", "-q", "mark"]);
    folder.git(&["-c", "user.name=T", "-c", "user.email=t@example.com", "commit", "-q", "-m", "x"]);
    let main = open(&folder).resolve("main").unwrap_or(main);
    (folder, main, head)
}

#[test]
fn a_merge_is_tried_without_touching_anything_and_is_the_same_for_everybody() {
    let lines: String = (0..30).map(|at| format!("{at}\n")).collect();
    let (folder, main, head) = fork(
        &[("a", &lines)],
        &[("a", &format!("top\n{lines}"))],
        &[("a", &format!("{lines}end\n")), ("b", "1")],
    );
    let repository = open(&folder);
    let before = (refs_of(&folder), folder.git(&["status", "--porcelain"]));
    let Merge::Tree(tree) = repository.merge_tree(&main, &head).unwrap() else { panic!("it merges") };
    for (key, value) in
        [("merge.renames", "false"), ("merge.renormalize", "true"), ("diff.algorithm", "patience")]
    {
        folder.git(&["config", key, value]);
    }
    assert_eq!(open(&folder).merge_tree(&main, &head).unwrap(), Merge::Tree(tree.clone()));
    assert_eq!((refs_of(&folder), folder.git(&["status", "--porcelain"])), before);

    let made = repository.commit_merge(&tree, &[main.clone(), head.clone()], "Merge it\n\nWhy.\n").unwrap();
    assert_eq!(repository.tree(&made).unwrap(), tree);
    assert!(repository.is_ancestor(&main, &made).unwrap() && repository.is_ancestor(&head, &made).unwrap());
    assert_eq!(repository.commit(&made).unwrap().message, "Merge it\n\nWhy.\n");
    assert_eq!(refs_of(&folder), before.0);
    folder.git(&["checkout", "-q", "--detach", main.as_str()]);
    folder.git(&["-c", "user.name=T", "merge", "-q", "--no-edit", head.as_str()]);
    assert_eq!(
        open(&folder).tree(&open(&folder).resolve("HEAD").unwrap()).unwrap(),
        tree,
        "as git itself merges"
    );
}

#[test]
fn a_driver_that_somebody_set_up_is_not_run_and_changes_nothing() {
    let lines: String = (0..30).map(|at| format!("{at}\n")).collect();
    let attributes = (".gitattributes", "a merge=ours=now\nb merge=union\n");
    let (folder, main, head) = fork(
        &[("a", &lines), ("b", "1\n"), attributes],
        &[("a", &format!("top\n{lines}")), ("b", "1\n2\n")],
        &[("a", &format!("{lines}end\n")), ("b", "1\n3\n")],
    );
    let merged = open(&folder).merge_tree(&main, &head).unwrap();
    let Merge::Tree(tree) = &merged else { panic!("by the target's own attributes both lines of b stay") };
    let read = |path: &str| open(&folder).file_in(tree, path.as_ref()).unwrap().unwrap();
    assert_eq!(read("a"), format!("top\n{lines}end\n").as_bytes());
    assert_eq!(read("b"), b"1\n2\n3\n");

    let proof = folder.root.join("proof");
    folder.git(&["config", "merge.ours=now.driver", &format!("touch {proof}; true")]);
    folder.git(&["config", "merge.ours=now.name", "keeps its own"]);
    assert_eq!(open(&folder).merge_tree(&main, &head).unwrap(), merged);
    assert!(!proof.exists());
    let attributes_count = folder.git(&["--version"]).trim() >= "git version 2.41";
    if attributes_count {
        folder.write(".gitattributes", "* -merge\n");
        assert_eq!(open(&folder).merge_tree(&main, &head).unwrap(), merged);
    }
}

#[test]
fn conflicts_are_named_whatever_their_names() {
    let odd = "o\u{1b}[2Jdd\nname";
    let (folder, main, head) =
        fork(&[(odd, "1\n"), ("a", "1\n")], &[(odd, "2\n"), ("a", "2\n")], &[(odd, "3\n"), ("a", "3\n")]);
    let Merge::Conflicts(paths) = open(&folder).merge_tree(&main, &head).unwrap() else {
        panic!("it does not")
    };
    assert_eq!(paths, ["a", odd]);
}

#[test]
fn what_has_nothing_in_common_is_not_merged() {
    let folder = Folder::new(&[("a", "")]);
    let main = open(&folder).resolve("main").unwrap();
    folder.git(&["checkout", "-q", "--orphan", "lone"]);
    let lone = commit_file(&folder, "b", "");
    assert!(matches!(open(&folder).merge_tree(&main, &lone), Err(GitError::Unrelated)));
    let nothing = "0123456789012345678901234567890123456789".parse().unwrap();
    assert!(matches!(open(&folder).merge_tree(&main, &nothing), Err(GitError::Unknown(_))));
}

#[test]
fn a_merge_commit_is_signed_where_the_person_signs_theirs() {
    let (folder, main, head) = fork(&[("a", "")], &[("b", "")], &[("c", "")]);
    let key = folder.root.join(".git/key");
    let made = std::process::Command::new("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "", "-f", key.as_str()])
        .status();
    assert!(made.unwrap().success());
    let settings = [
        ("user.name", "T"),
        ("user.email", "t@example.com"),
        ("gpg.format", "ssh"),
        ("user.signingKey", key.as_str()),
    ];
    settings.iter().for_each(|(key, value)| drop(folder.git(&["config", key, value])));
    let repository = open(&folder);
    let tree = repository.tree(&main).unwrap();
    let commit = || {
        let made = repository.commit_merge(&tree, &[main.clone(), head.clone()], "x").unwrap();
        repository.commit(&made).unwrap().signed
    };
    assert!(!commit());
    folder.git(&["config", "commit.gpgSign", "yes"]);
    assert!(commit());
}
