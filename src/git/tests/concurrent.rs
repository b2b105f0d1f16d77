use std::thread;

use super::world::*;
use crate::git::testing::Daemon;
use crate::git::testing::Repository as Folder;
use crate::git::{Lease, Pushed, TrackRefs};

/// The remote looks at a push only when both have come: each has seen the refs as they were before the other's.
const BOTH_HAVE_COME: &str = "touch come.$$; n=0
while [ $(ls -d come.* | wc -l) -lt 2 ] && [ $n -lt 1500 ]; do n=$((n + 1)); sleep 0.02; done";

fn race(one: &Folder, other: &Folder, push: impl Fn(&Folder) -> Pushed + Sync) -> [Pushed; 2] {
    thread::scope(|scope| {
        let other = scope.spawn(|| push(other));
        [push(one), other.join().unwrap()]
    })
}

#[test]
fn of_two_that_seal_the_same_track_one_is_told_and_follows() {
    let world = World::new();
    world.hook("pre-receive", BOTH_HAVE_COME);
    let daemon = Daemon::before(&world.remote.root);
    let clones = [clone_of(&daemon.url(), &[]), clone_of(&daemon.url(), &[])];
    let ended = race(&clones[0], &clones[1], |folder| {
        let repository = open(folder);
        let tip = entry(&repository, None, folder.root.as_str());
        push_both(&repository, TrackRefs::Custom, &tip, Lease::New)
    });
    let winner = ended.iter().position(|pushed| *pushed == Pushed::Done).unwrap();
    let moved = Pushed::Moved { remote_ref: TrackRefs::Custom.name(TRACK).unwrap(), landed: vec![] };
    assert_eq!(ended[1 - winner], moved);

    let late = open(&clones[1 - winner]);
    let there = late.fetch_ledgers("origin", &[]).unwrap().tracks[0].tip.clone();
    let next = entry(&late, Some(&there), "after it");
    assert_eq!(push_both(&late, TrackRefs::Custom, &next, Lease::At(there)), Pushed::Done);
    assert_eq!(statements(&late, &next), [clones[winner].root.as_str(), "after it"]);
}

#[test]
fn two_tracks_that_are_sealed_at_once_both_land() {
    let world = World::new();
    world.hook("pre-receive", BOTH_HAVE_COME);
    let daemon = Daemon::before(&world.remote.root);
    let clones = [clone_of(&daemon.url(), &[]), clone_of(&daemon.url(), &[])];
    let ended = race(&clones[0], &clones[1], |folder| {
        let repository = open(folder);
        let tip = entry(&repository, None, "one");
        let track = if folder.root == clones[0].root { "a-000000" } else { "b-000000" };
        let ledger = update(&tip, TrackRefs::Custom.name(track).unwrap().as_str(), Lease::New);
        repository.push("origin", &[ledger]).unwrap()
    });
    assert_eq!(ended, [Pushed::Done, Pushed::Done]);
    let tracks = open(&clones[0]).fetch_ledgers("origin", &[]).unwrap().tracks;
    assert_eq!(tracks.iter().map(|track| track.id.as_str()).collect::<Vec<_>>(), ["a-000000", "b-000000"]);
}
