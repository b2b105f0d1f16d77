use super::world::*;
use crate::git::{GitError, Lease, Pushed, TrackRefs};

const CUSTOM: &str = "refs/greenroom/tracks/daily-a1b2c3";

#[test]
fn a_branch_and_its_ledger_land_together_and_again_is_no_harm() {
    let world = World::new();
    let head = commit_file(&world.ana, "a.sql", "select 2\n");
    let repository = open(&world.ana);
    let tip = entry(&repository, None, "one");
    assert_eq!(repository.track_refs().unwrap(), None);
    let before = refs_of(&world.remote);
    assert_eq!(repository.push("origin", &[]).unwrap(), Pushed::Done);
    assert_eq!(refs_of(&world.remote), before, "nothing is nothing");
    assert_eq!(push_both(&repository, TrackRefs::Custom, &tip, Lease::New), Pushed::Done);
    assert_eq!(push_both(&repository, TrackRefs::Custom, &tip, Lease::New), Pushed::Done);
    assert_eq!(repository.track_refs().unwrap(), Some(TrackRefs::Custom));
    let there = repository.list_remote("origin", &[]).unwrap();
    assert_eq!(there, [(name(CUSTOM), tip.clone()), (name("refs/heads/main"), head)]);

    let next = entry(&repository, Some(&tip), "two");
    assert_eq!(push_both(&repository, TrackRefs::Custom, &next, Lease::At(tip.clone())), Pushed::Done);
    let late = entry(&repository, Some(&tip), "three");
    let moved = Pushed::Moved { remote_ref: name(CUSTOM), landed: vec![] };
    assert_eq!(push_both(&repository, TrackRefs::Custom, &late, Lease::At(tip)), moved);
    assert_eq!(push_both(&repository, TrackRefs::Custom, &late, Lease::New), moved);
}

#[test]
fn a_branch_that_is_behind_takes_nothing_along() {
    let world = World::new();
    let eli = world.clone(&[]);
    commit_file(&eli, "b.sql", "");
    eli.git(&["push", "-q"]);
    commit_file(&world.ana, "a.sql", "select 2\n");
    let repository = open(&world.ana);
    let before = (refs_of(&world.remote), refs_of(&world.ana));
    let tip = entry(&repository, None, "one");
    assert_eq!(
        push_both(&repository, TrackRefs::Custom, &tip, Lease::New),
        Pushed::Moved { remote_ref: name("refs/heads/main"), landed: vec![] }
    );
    // By force, as nobody here would: its own rule says no, and to try again would be in vain.
    world.remote.git(&["config", "receive.denyNonFastForwards", "true"]);
    let head = repository.resolve("HEAD").unwrap();
    let there = eli.git(&["rev-parse", "HEAD"]).trim().parse().unwrap();
    let main = name("refs/heads/main");
    let forced = repository.push("origin", &[update(&head, main.as_str(), Lease::At(there))]).unwrap();
    let Pushed::Refused { remote_ref, said, landed } = forced else { panic!("{forced:?}") };
    assert_eq!((remote_ref, landed), (Some(main), vec![]));
    assert!(said.contains("denying non-fast-forward"), "{said}");
    assert_eq!((refs_of(&world.remote), refs_of(&world.ana)), before);
}

#[test]
fn a_hook_that_refuses_is_heard_and_nothing_is_half_done() {
    let world = World::new();
    world.hook("pre-receive", "printf 'branches are \\033[31mfrozen\\033[0m today\\n' >&2; exit 1");
    commit_file(&world.ana, "a.sql", "select 2\n");
    let repository = open(&world.ana);
    let before = (refs_of(&world.remote), refs_of(&world.ana));
    let head = repository.resolve("HEAD").unwrap();
    let refused = repository.push("origin", &[update(&head, "refs/heads/main", Lease::FastForward)]).unwrap();
    let said = "branches are ␛[31mfrozen␛[0m today".to_owned();
    assert_eq!(
        refused,
        Pushed::Refused { remote_ref: Some(name("refs/heads/main")), said: said.clone(), landed: vec![] }
    );
    // It cannot be told whether the branch or the ledger was what it disliked; the second try tells.
    let tip = entry(&repository, None, "one");
    let first = push_both(&repository, TrackRefs::Custom, &tip, Lease::New);
    assert_eq!(first, Pushed::RefsRefused { said: said.clone(), landed: vec![] });
    let second = push_both(&repository, TrackRefs::Branches, &tip, Lease::New);
    assert!(matches!(second, Pushed::Refused { .. }), "{second:?}");
    assert_eq!((refs_of(&world.remote), refs_of(&world.ana)), before);
    assert_eq!(repository.track_refs().unwrap(), None, "nothing is remembered of what did not land");
}

#[test]
fn a_host_that_takes_only_branches_gets_the_ledger_as_one() {
    let world = World::new();
    world.hook("update", "case $1 in refs/heads/*) ;; *) echo 'branches and tags only' >&2; exit 1;; esac");
    let head = commit_file(&world.ana, "a.sql", "select 2\n");
    let repository = open(&world.ana);
    let before = refs_of(&world.remote);
    let tip = entry(&repository, None, "one");
    let refused = push_both(&repository, TrackRefs::Custom, &tip, Lease::New);
    let Pushed::RefsRefused { said, landed } = refused else { panic!("{refused:?}") };
    assert!(said.starts_with("branches and tags only") && landed.is_empty(), "{said}");
    assert_eq!(refs_of(&world.remote), before);
    assert_eq!(push_both(&repository, TrackRefs::Branches, &tip, Lease::New), Pushed::Done);
    assert_eq!(repository.track_refs().unwrap(), Some(TrackRefs::Branches));

    let eli = world.clone(&[]);
    let other = open(&eli);
    let fetched = other.fetch_ledgers("origin", &[name("refs/heads/main")]).unwrap();
    assert_eq!(fetched.branches[&name("refs/heads/main")], Some(head));
    assert_eq!((fetched.tracks[0].kept, &fetched.tracks[0].tip), (TrackRefs::Branches, &tip));
    assert_eq!(statements(&other, &tip), ["one"]);
}

/// Git's own receiving side takes the rest of an atomic push where it refuses a hidden ref.
#[test]
fn a_remote_that_takes_half_of_it_is_told_of() {
    let world = World::new();
    world.remote.git(&["config", "receive.hideRefs", "refs/greenroom"]);
    commit_file(&world.ana, "a.sql", "select 2\n");
    let repository = open(&world.ana);
    let tip = entry(&repository, None, "one");
    let refused = push_both(&repository, TrackRefs::Custom, &tip, Lease::New);
    let Pushed::RefsRefused { said, landed } = refused else { panic!("{refused:?}") };
    assert!(said.contains("deny updating a hidden ref"), "{said}");
    let there = repository.list_remote("origin", &["refs/heads/main"]).unwrap();
    let main_landed = there[0].1 == repository.resolve("HEAD").unwrap();
    assert_eq!(landed == [name("refs/heads/main")], main_landed, "{landed:?}");
    assert_eq!(push_both(&repository, TrackRefs::Branches, &tip, Lease::New), Pushed::Done);
}

#[test]
fn the_persons_own_hook_has_its_say() {
    let world = World::new();
    write_hook(&world.ana.root.join(".git/hooks/pre-push"), "echo 'tests first' >&2; exit 1");
    let before = refs_of(&world.remote);
    let repository = open(&world.ana).asking();
    let tip = entry(&repository, None, "one");
    assert_eq!(
        push_both(&repository, TrackRefs::Custom, &tip, Lease::New),
        Pushed::Refused { remote_ref: None, said: "tests first".into(), landed: vec![] }
    );
    assert_eq!(refs_of(&world.remote), before);
}

#[test]
fn a_remote_that_is_not_there_or_was_never_named_is_told() {
    let world = World::new();
    let repository = open(&world.ana);
    let tip = entry(&repository, None, "one");
    world.ana.git(&["remote", "add", "gone", "/nowhere/at-all"]);
    let Pushed::Unreachable { said } = repository.push("gone", &[update(&tip, CUSTOM, Lease::New)]).unwrap()
    else {
        panic!("it is nowhere")
    };
    assert!(said.contains("does not appear to be a git repository"), "{said}");
    let unreachable = repository.fetch_ledgers("gone", &[]);
    assert!(matches!(unreachable, Err(GitError::Unreachable { .. })));
    assert!(matches!(repository.list_remote("gone", &[]), Err(GitError::Unreachable { .. })));
    let proof = world.ana.root.join("proof");
    for odd in ["--upload-pack=touch proof", world.remote.root.as_str(), "ext::sh -c touch% proof", ""] {
        assert!(matches!(repository.fetch_ledgers(odd, &[]), Err(GitError::NoRemote(_))), "{odd}");
        assert!(matches!(repository.push(odd, &[]), Err(GitError::NoRemote(_))), "{odd}");
    }
    assert!(!proof.exists());
}
