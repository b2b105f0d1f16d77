use super::world::*;
use crate::git::testing::Repository as Folder;
use crate::git::{Chain, GitError};

#[test]
fn what_is_appended_is_read_back_oldest_first() {
    let world = World::new();
    let repository = open(&world.ana);
    let before = refs_of(&world.ana);
    let chain = Chain::of(&repository);
    let first = chain.append(None, &signed(b"one \xff\0", b"sig 1"), &[]).unwrap();
    let evidence = [("run.json".to_owned(), b"{}".to_vec()), ("check-1".to_owned(), b"\0".to_vec())];
    let second = chain.append(Some(&first), &signed(b"two", b"sig 2"), &evidence).unwrap();

    let links = chain.read(&second).unwrap();
    assert_eq!(links.iter().map(|link| &link.commit).collect::<Vec<_>>(), [&first, &second]);
    assert_eq!((links[0].parent.as_ref(), links[1].parent.as_ref()), (None, Some(&first)));
    let [one, two] = [&links[0], &links[1]].map(|link| link.content.as_ref().unwrap());
    assert_eq!((&*one.statement, &*one.signature), (&b"one \xff\0"[..], &b"sig 1"[..]));
    assert_eq!(&*two.statement, b"two");
    assert_eq!(chain.evidence(&second, "check-1").unwrap().as_deref(), Some(&b"\0"[..]));
    assert_eq!(chain.evidence(&first, "check-1").unwrap(), None);
    assert_eq!(refs_of(&world.ana), before, "no ref is moved");
    assert!(!repository.is_dirty().unwrap());
}

#[test]
fn what_cannot_be_an_entry_is_not_written() {
    let world = World::new();
    let repository = open(&world.ana);
    let chain = Chain::of(&repository);
    for name in ["", "a/b", "..", ".git", "-x", "a b", "a\u{202e}b"] {
        let refused = chain.append(None, &signed(b"", b""), &[(name.to_owned(), Vec::new())]);
        assert!(matches!(refused, Err(GitError::EvidenceName(_))), "{name:?}");
    }
    let (fits, large) = (vec![b' '; 16 << 10], vec![b' '; (1 << 20) + 1]);
    for (statement, signature) in [(&large[..], &b""[..]), (b"", &large[..(16 << 10) + 1])] {
        let refused = chain.append(None, &signed(statement, signature), &[]);
        assert!(matches!(refused, Err(GitError::TooLarge { .. })));
    }
    assert!(chain.append(None, &signed(&large[1..], &fits), &[]).is_ok());
}

/// Made by git itself, as somebody who means harm would.
fn crafted(folder: &Folder, parents: &[&str], files: &[(&str, &str, &str)]) -> String {
    let mut lines = String::new();
    for (mode, path, content) in files {
        folder.write(".crafted", content);
        let id = match *mode {
            "160000" => folder.git(&["rev-parse", "HEAD"]),
            _ => folder.git(&["hash-object", "-w", ".crafted"]),
        };
        lines += &format!("{mode} {}\t{path}\n", id.trim());
    }
    folder.write(".index", &lines);
    let script = "GIT_INDEX_FILE=.crafted-index; export GIT_INDEX_FILE; git read-tree --empty && git update-index --index-info < .index && git write-tree";
    let tree =
        std::process::Command::new("sh").args(["-c", script]).current_dir(&folder.root).output().unwrap();
    assert!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));
    let tree = String::from_utf8(tree.stdout).unwrap();
    let mut args = vec!["-c", "user.name=T", "commit-tree", "-m", "x"];
    parents.iter().for_each(|parent| args.extend(["-p", parent]));
    args.push(tree.trim());
    folder.git(&args).trim().to_owned()
}

#[test]
fn a_malformed_entry_is_told_with_why_and_never_left_out() {
    let world = World::new();
    let (folder, repository) = (&world.ana, open(&world.ana));
    let file = |path, content| ("100644", path, content);
    let (event, sig) = (file("event.json", "{}"), file("event.sig", "s"));
    let huge = "x".repeat((1 << 20) + 1);
    let good = crafted(folder, &[], &[event, sig]);
    let cases = [
        (vec![event], "it has no event.sig"),
        (vec![sig], "it has no event.json"),
        (
            vec![event, sig, file("extra\u{202e}.json", "")],
            "it holds `extra<U+202E>.json`, which is no part of one",
        ),
        (vec![event, sig, file("evidence", "")], "it holds `evidence`, which is no part of one"),
        (vec![event, sig, file("evidence/a/b", "")], "its evidence holds `a`, which is no piece of it"),
        (
            vec![event, sig, ("120000", "evidence/x", "/etc/passwd")],
            "its evidence holds `x`, which is no piece of it",
        ),
        (vec![event, ("120000", "event.sig", "event.json")], "it holds `event.sig`, which is no part of one"),
        (vec![event, ("160000", "event.sig", "")], "it holds `event.sig`, which is no part of one"),
        (vec![("100755", "event.json", "{}"), sig], "it holds `event.json`, which is no part of one"),
        (
            vec![file("event.json", &huge), sig],
            "its event.json has 1048577 bytes, and at most 1048576 are read",
        ),
    ];
    for (files, why) in cases {
        let bad = crafted(folder, &[&good], &files);
        let tip = crafted(folder, &[&bad], &[event, sig]);
        let links = Chain::of(&repository).read(&tip.parse().unwrap()).unwrap();
        assert_eq!(links.iter().map(|link| link.commit.as_str()).collect::<Vec<_>>(), [&good, &bad, &tip]);
        assert_eq!(links[1].content.as_ref().unwrap_err(), why);
        assert!(links[0].content.is_ok() && links[2].content.is_ok());
    }
    let other = crafted(folder, &[], &[file("event.json", "{1}"), sig]);
    let merge = crafted(folder, &[&good, &other], &[event, sig]);
    let links = Chain::of(&repository).read(&merge.parse().unwrap()).unwrap();
    assert_eq!(links[1].content.as_ref().unwrap_err(), "it follows 2 entries at once");
    assert_eq!(links[1].parent.as_ref().map(|parent| parent.as_str()), Some(good.as_str()));
}

#[test]
fn a_ledger_that_breaks_off_says_so() {
    let world = World::new();
    let repository = open(&world.ana);
    let first = entry(&repository, None, "one");
    let second = entry(&repository, Some(&first), "two");
    let (folder, rest) = first.as_str().split_at(2);
    fs_err::remove_file(world.ana.root.join(".git/objects").join(folder).join(rest)).unwrap();
    // What was read once is remembered.
    let repository = open(&world.ana);
    let links = Chain::of(&repository).read(&second).unwrap();
    assert_eq!(links[0].commit, first);
    assert!(links[0].content.as_ref().unwrap_err().starts_with("this clone does not have it"));
    let unknown = Chain::of(&repository).read(&first);
    assert!(matches!(unknown, Err(GitError::Unknown(_))));
}

#[test]
fn entries_that_share_one_large_object_do_not_fill_the_memory() {
    let world = World::new();
    let repository = open(&world.ana);
    let large = vec![b' '; 1 << 20];
    let mut tip = None;
    for at in 0..260 {
        let text = format!("signature {at}");
        tip =
            Some(Chain::of(&repository).append(tip.as_ref(), &signed(&large, text.as_bytes()), &[]).unwrap());
    }
    let links = Chain::of(&repository).read(&tip.unwrap()).unwrap();
    let read = links.iter().filter(|link| link.content.is_ok()).count();
    assert_eq!((links.len(), read), (260, 255));
    assert!(links[0].content.as_ref().unwrap_err().contains("newer entries have more than 256 MiB"));
    assert!(links[259].content.is_ok());
}
