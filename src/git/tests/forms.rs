use std::path::Path;

use super::world::*;
use crate::git::testing::Repository as Folder;
use crate::git::{ContentKind, GitError, Lease, Pushed, Repository, TrackRefs};

/// By the remote's address: a path would be copied, whatever is asked for.
fn file_url(folder: &Folder) -> String {
    format!("file://{}", folder.root)
}

/// A remote with a ledger of two entries, the fallback's too, and 20 commits on `main`.
fn with_ledgers() -> World {
    let world = World::new();
    for at in 0..20 {
        commit_file(&world.ana, "a.sql", &format!("select {at}\n"));
    }
    world.remote.git(&["config", "uploadpack.allowFilter", "true"]);
    world.remote.git(&["config", "uploadpack.allowAnySHA1InWant", "true"]);
    let repository = open(&world.ana);
    let first = entry(&repository, None, "one");
    let tip = entry(&repository, Some(&first), "two");
    for refs in TrackRefs::ALL {
        assert_eq!(push_both(&repository, refs, &tip, Lease::New), Pushed::Done);
    }
    world
}

#[test]
fn a_shallow_clone_stays_shallow_and_has_its_ledgers_whole() {
    let world = with_ledgers();
    let clone = clone_of(&file_url(&world.remote), &["--depth", "1", "--no-single-branch"]);
    let repository = open(&clone);
    assert!(repository.is_shallow());
    // The fallback's branch came with the clone, cut off: which is seen, whatever git says of its history.
    let cut = repository.resolve("origin/_greenroom/tracks/daily-a1b2c3").unwrap();
    let links = crate::git::Chain::of(&repository).read(&cut).unwrap();
    assert_eq!((links.len(), links[0].content.is_err(), links[1].content.is_ok()), (2, true, true));

    let main = name("refs/heads/main");
    let fetched = repository.fetch_ledgers("origin", std::slice::from_ref(&main)).unwrap();
    let repository = open(&clone);
    assert_eq!(statements(&repository, &fetched.tracks[0].tip), ["one", "two"]);
    assert!(repository.is_shallow());
    let head = repository.resolve("HEAD").unwrap();
    assert_eq!(fetched.branches[&main], Some(head.clone()));
    assert_eq!(clone.git(&["rev-list", "--count", "HEAD"]).trim(), "1");

    let mine = commit_file(&clone, "b.sql", "");
    let repository = open(&clone);
    assert_eq!(repository.commits(&head, &mine).unwrap().len(), 1);
    let third = entry(&repository, Some(&fetched.tracks[0].tip), "three");
    let pushed = push_both(&repository, TrackRefs::Custom, &third, Lease::At(fetched.tracks[0].tip.clone()));
    assert_eq!(pushed, Pushed::Done);
}

#[test]
fn a_partial_clone_fetches_what_is_looked_at() {
    for filter in ["--filter=blob:none", "--filter=tree:0"] {
        let world = with_ledgers();
        let clone = clone_of(&file_url(&world.remote), &[filter, "--no-checkout"]);
        clone.git(&["config", "protocol.file.allow", "always"]);
        let repository = open(&clone);
        assert!(repository.is_partial());
        let head = repository.resolve("HEAD").unwrap();
        let before = repository.resolve("HEAD~3").unwrap();
        let read = repository.file(&head, Path::new("a.sql")).unwrap();
        assert_eq!(read.as_deref(), Some(&b"select 19\n"[..]), "{filter}");
        let (from, to) = (repository.tree(&before).unwrap(), repository.tree(&head).unwrap());
        let changes = repository.changes(&from, &to).unwrap();
        assert_eq!(changes.len(), 1, "{filter}");
        assert_eq!(changes[0].old.as_ref().unwrap().kind, ContentKind::Text);

        // A fetch of the person's own brings no contents.
        clone.git(&["fetch", "-q", "origin", "refs/greenroom/tracks/*:refs/mine/*"]);
        let tip = clone.git(&["rev-parse", "refs/mine/daily-a1b2c3"]).trim().parse().unwrap();
        assert_eq!(statements(&open(&clone), &tip), ["one", "two"], "{filter}");
        let fetched = repository.fetch_ledgers("origin", &[name("refs/heads/main")]).unwrap();
        assert_eq!(statements(&open(&clone), &fetched.tracks[0].tip), ["one", "two"]);
        assert!(open(&clone).is_partial());
    }
}

#[test]
fn a_worktree_a_submodule_and_a_folder_of_a_repository_are_at_home() {
    let world = World::new();
    let beside = Folder::bare_folder();
    let path = beside.root.join("tree");
    world.ana.git(&["worktree", "add", "-q", "-b", "other", path.as_str()]);
    let worktree = Repository::open(&path).unwrap();
    assert_eq!(worktree.head().unwrap().branch, Some(name("refs/heads/other")));
    let tip = entry(&worktree, None, "one");
    assert_eq!(statements(&open(&world.ana), &tip), ["one"], "they have one set of objects");
    assert_eq!(push_both(&worktree, TrackRefs::Custom, &tip, Lease::New), Pushed::Done);

    let outer = Folder::new(&[("project/greenroom.yaml", "")]);
    let url = world.remote.root.as_str();
    outer.git(&["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", url, "sub"]);
    outer.commit();
    let inner = Repository::open(&outer.root.join("sub")).unwrap();
    assert_eq!(inner.head().unwrap().commit, open(&world.ana).head().unwrap().commit);
    let project = Repository::open(&outer.root.join("project")).unwrap();
    assert_eq!((project.prefix().as_path(), inner.prefix().as_path()), (Path::new("project"), Path::new("")));
    let head = project.resolve("HEAD").unwrap();
    let first = project.resolve("HEAD~1").unwrap();
    assert_eq!(project.file(&head, Path::new("sub")).unwrap(), None);
    assert_eq!(
        project.files(&project.tree(&head).unwrap(), Path::new("")).unwrap(),
        [Path::new(".gitmodules"), Path::new("project/greenroom.yaml")]
    );
    let changes = project.changes(&project.tree(&first).unwrap(), &project.tree(&head).unwrap()).unwrap();
    let sub = changes.iter().find(|change| change.path == Path::new("sub")).unwrap();
    assert_eq!(sub.new.as_ref().unwrap().kind, ContentKind::Submodule);
    assert!(!project.is_dirty().unwrap());
}

#[test]
fn what_only_git_can_read_is_told_with_what_to_do() {
    let cases: [(&[&str], &str, &str); 2] = [
        (&["init", "-q", "--object-format=sha256"], "sha256", "--object-format=sha1"),
        (&["init", "-q", "--ref-format=reftable"], "reftable", "git refs migrate"),
    ];
    for (init, why_part, help) in cases {
        let folder = Folder::bare_folder();
        if !folder.try_git(init).status.success() && why_part == "reftable" {
            // Older git cannot make such a repository, and so cannot meet one.
            continue;
        }
        folder.write("a", "");
        folder.commit();
        let Err(GitError::Unreadable { why, to_do }) = Repository::open(&folder.root) else {
            panic!("{why_part}")
        };
        assert!(why.contains(why_part) && to_do.contains(help), "{why}: {to_do}");
    }
    let old = Folder::new(&[("a", "")]);
    old.git(&["config", "core.repositoryFormatVersion", "1"]);
    old.git(&["config", "extensions.partialClone", "origin"]);
    let Err(GitError::Unreadable { why, .. }) = Repository::open(&old.root) else { panic!("old form") };
    assert!(why.contains("partial clone"), "{why}");
    let none = Repository::open(&Folder::bare_folder().root);
    assert!(matches!(none, Err(GitError::NoRepository(_))));
}
