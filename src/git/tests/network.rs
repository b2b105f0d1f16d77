use super::world::*;
use crate::git::testing::{Daemon, Network, Repository as Folder};
use crate::git::{GitError, Lease, Pushed, TrackRefs};

/// A clone over a network that can fail, with a large commit to push.
fn behind(network: &Network) -> Folder {
    let clone = clone_of(&network.url(), &[]);
    // What no compression makes small.
    let mut state = 1u64;
    let noise: String = (0..60_000)
        .map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            format!("{:x}", state >> 32)
        })
        .collect();
    commit_file(&clone, "large.csv", &noise);
    clone
}

#[test]
fn a_push_that_is_cut_in_the_middle_leaves_nothing_half_done() {
    let world = World::new();
    let daemon = Daemon::before(&world.remote.root);
    let network = Network::to(&daemon);
    let clone = behind(&network);
    let repository = open(&clone);
    let tip = entry(&repository, None, "one");
    let before = (refs_of(&world.remote), refs_of(&clone));
    network.cut_after(20_000);
    let cut = push_both(&repository, TrackRefs::Custom, &tip, Lease::New);
    let Pushed::Unreachable { said } = cut else { panic!("{cut:?}") };
    assert!(!said.is_empty());
    assert_eq!((refs_of(&world.remote), refs_of(&clone)), before);
    network.cut_after(usize::MAX);
    assert_eq!(push_both(&repository, TrackRefs::Custom, &tip, Lease::New), Pushed::Done);
}

#[test]
fn an_answer_that_is_lost_is_asked_for_again() {
    let world = World::new();
    let daemon = Daemon::before(&world.remote.root);
    let network = Network::to(&daemon);
    let clone = behind(&network);
    let repository = open(&clone);
    let tip = entry(&repository, None, "one");
    network.deaf_after(20_000);
    let lost = push_both(&repository, TrackRefs::Custom, &tip, Lease::New);
    assert!(matches!(lost, Pushed::Unreachable { .. }), "{lost:?}");
    network.deaf_after(usize::MAX);
    assert!(!repository.list_remote("origin", &["refs/greenroom/*"]).unwrap().is_empty(), "it has landed");
    assert_eq!(push_both(&repository, TrackRefs::Custom, &tip, Lease::New), Pushed::Done);
}

#[test]
fn a_fetch_that_is_cut_brings_nothing_and_says_so() {
    let world = World::new();
    let daemon = Daemon::before(&world.remote.root);
    let network = Network::to(&daemon);
    let clone = clone_of(&network.url(), &[]);
    let repository = open(&world.ana);
    let tip = entry(&repository, None, "one");
    assert_eq!(push_both(&repository, TrackRefs::Custom, &tip, Lease::New), Pushed::Done);
    let before = refs_of(&clone);
    network.cut_after(0);
    let other = open(&clone);
    let Err(GitError::Unreachable { said, .. }) = other.fetch_ledgers("origin", &[]) else {
        panic!("it was cut")
    };
    assert!(said.starts_with("fatal: "), "{said}");
    assert_eq!(refs_of(&clone), before);
    network.cut_after(usize::MAX);
    assert_eq!(other.fetch_ledgers("origin", &[]).unwrap().tracks[0].tip, tip);
}
