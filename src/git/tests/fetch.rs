use super::world::*;
use crate::git::{Lease, Pushed, TrackRefs};

#[test]
fn ledgers_and_targets_are_fetched_beside_everything_that_is_the_persons() {
    let world = World::new();
    let eli = world.clone(&[]);
    // A mirror's settings, by which a plain fetch would move the person's own branches.
    eli.git(&["config", "remote.origin.fetch", "+refs/*:refs/*"]);
    let head = commit_file(&world.ana, "a.sql", "select 2\n");
    let repository = open(&world.ana);
    let tip = entry(&repository, None, "one");
    assert_eq!(push_both(&repository, TrackRefs::Custom, &tip, Lease::New), Pushed::Done);
    world.ana.git(&["tag", "v1"]);
    world.ana.git(&["push", "-q", "origin", "v1"]);

    let before = refs_of(&eli);
    let other = open(&eli);
    let wanted = [name("refs/heads/main"), name("refs/heads/stage")];
    let fetched = other.fetch_ledgers("origin", &wanted).unwrap();
    assert_eq!((&fetched.branches[&wanted[0]], &fetched.branches[&wanted[1]]), (&Some(head.clone()), &None));
    assert_eq!((fetched.tracks.len(), fetched.tracks[0].id.as_str()), (1, TRACK));
    let own = "refs/greenroom/remotes/origin";
    let new: Vec<String> =
        refs_of(&eli).lines().filter(|line| !before.contains(line)).map(str::to_owned).collect();
    let kept = crate::domain::Digest::of(b"refs/heads/main");
    assert_eq!(new, [format!("{own}/tips/{} {head}", kept.as_str()), format!("{own}/tracks/{TRACK} {tip}")]);
    assert!(!eli.root.join(".git/FETCH_HEAD").exists());

    world.remote.git(&["update-ref", "-d", TrackRefs::Custom.name(TRACK).unwrap().as_str()]);
    assert!(
        other.fetch_ledgers("origin", &wanted).unwrap().tracks.is_empty(),
        "what is gone there is gone here"
    );
}

#[test]
fn a_ledger_that_is_kept_twice_is_told_of() {
    let world = World::new();
    let repository = open(&world.ana);
    let (one, other) = (entry(&repository, None, "one"), entry(&repository, None, "other"));
    for (refs, tip) in [(TrackRefs::Custom, &one), (TrackRefs::Branches, &other)] {
        assert_eq!(push_both(&repository, refs, tip, Lease::New), Pushed::Done);
    }
    let tracks = repository.fetch_ledgers("origin", &[]).unwrap().tracks;
    assert_eq!(
        (&tracks[0].tip, tracks[0].kept, &tracks[0].other),
        (&one, TrackRefs::Custom, &Some(other.clone()))
    );
    // Neither goes on from the other.
    let parted = tracks[0].parted.as_ref().unwrap();
    let names = TrackRefs::ALL.map(|refs| refs.name(TRACK).unwrap());
    assert_eq!(
        (&*parted.remote, &parted.refs),
        ("origin", &[(names[0].clone(), one.clone()), (names[1].clone(), other)])
    );
    let same = update(
        &one,
        TrackRefs::Branches.name(TRACK).unwrap().as_str(),
        Lease::At(tracks[0].other.clone().unwrap()),
    );
    assert_eq!(repository.push("origin", &[same]).unwrap(), Pushed::Done);
    let tracks = repository.fetch_ledgers("origin", &[]).unwrap().tracks;
    assert_eq!((&tracks[0].other, &tracks[0].parted), (&None, &None));
    // Whichever of them is ahead, it is the ledger.
    let two = entry(&repository, Some(&one), "two");
    let three = entry(&repository, Some(&two), "three");
    for (refs, tip, before, behind) in
        [(TrackRefs::Branches, &two, &one, &one), (TrackRefs::Custom, &three, &one, &two)]
    {
        assert_eq!(push_both(&repository, refs, tip, Lease::At(before.clone())), Pushed::Done);
        let track = repository.fetch_ledgers("origin", &[]).unwrap().tracks.remove(0);
        assert_eq!((&track.tip, track.kept, &track.other), (tip, refs, &Some(behind.clone())));
        assert_eq!(track.parted, None);
    }
}

#[test]
fn a_local_ref_moves_only_from_where_it_was_seen() {
    let world = World::new();
    let repository = open(&world.ana);
    let ledger = TrackRefs::Custom.name(TRACK).unwrap();
    let first = entry(&repository, None, "one");
    let second = entry(&repository, Some(&first), "two");
    assert_eq!(repository.tip(&ledger).unwrap(), None);
    repository.move_ref(&ledger, None, &first).unwrap();
    assert!(repository.move_ref(&ledger, None, &second).is_err());
    repository.move_ref(&ledger, Some(&first), &second).unwrap();
    assert!(matches!(
        repository.move_ref(&ledger, Some(&first), &first),
        Err(crate::git::GitError::Moved(_))
    ));
    assert_eq!(repository.tip(&ledger).unwrap(), Some(second.clone()));
    assert_eq!(repository.refs("refs/greenroom/tracks/").unwrap(), [(ledger, second)]);
}
