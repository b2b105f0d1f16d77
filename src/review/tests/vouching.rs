//! Keys that the target has no more: for whom somebody vouches, and for whom nobody may.

use jiff::SignedDuration;

use super::attacks::{approve, approved, said, sealed};
use crate::domain::track::bodies::{Agreed, Promoted};
use crate::domain::track::{Event, Fault, NextAction, Side, Standing, Track, Transition, Vouched};
use crate::domain::{Person, Role};
use crate::review::Roster;
use crate::review::testing::{BASE, MERGED, Scene, by, commit, name, tree};

/// Eli has left: the signers of today have his key no more.
fn left() -> (Scene, Roster, Event) {
    let (mut scene, sealed) = sealed();
    approve(&mut scene, &sealed, "eli", "eli-key");
    let before = scene.roster.clone();
    scene.roster.tip = commit('e');
    scene.roster.people.shift_remove("eli");
    scene.roster.signers.allowed = before.signers.allowed.replace("eli@example.com eli-key\n", "");
    (scene, before, sealed)
}

fn fold(scene: &mut Scene, before: &Roster) -> (Track, Vec<Result<Vouched, Fault>>) {
    let today = scene.roster.clone();
    let checked = scene.check_with(&|_, tip| match tip {
        tip if *tip == commit(BASE) => Ok(before.clone()),
        tip if *tip == today.tip => Ok(today.clone()),
        _ => Err("no such".to_owned()),
    });
    let track = crate::review::fold(&scene.id, &checked, &scene.circumstances(&checked));
    (track, checked.entries.into_iter().map(|entry| entry.standing).collect())
}

/// Signed by somebody who saw the target as it was before anybody left.
fn saw(scene: &mut Scene, person: &str, transition: Transition) {
    let event = Event { seen: Some(commit(BASE)), ..scene.event(person, transition) };
    scene.add(&event);
}

/// What nobody says who has not looked at the approval.
fn went_on() -> Transition {
    Transition::Promoted(Promoted { commit: commit('d'), tree: tree(MERGED) })
}

#[test]
fn who_has_left_is_vouched_for_by_a_later_engineer_and_by_no_author() {
    let (mut scene, before, sealed) = left();
    assert!(fold(&mut scene, &before).0.approval.is_none());
    saw(&mut scene, "ana", went_on());
    let (track, standings) = fold(&mut scene, &before);
    assert!(track.approval.is_none(), "an analyst could bring an approval about with an old key");
    assert_eq!(standings[2], Err(Fault::UnknownPerson(name("eli"))));
    saw(&mut scene, "emma", said("so he had"));
    assert!(fold(&mut scene, &before).0.approval.is_none(), "to say something is not to vouch");
    saw(&mut scene, "emma", went_on());
    let (track, standings) = fold(&mut scene, &before);
    assert_eq!(standings[2], Ok(Vouched::Covered(vec![name("emma")])));
    assert!(track.approval.unwrap().standing.stands());
    let checked = scene.check_with(&|_, _| Ok(before.clone()));
    checked.remember(&mut scene.seen);
    assert_eq!(
        fold(&mut scene, &before).1[2],
        Ok(Vouched::Pinned),
        "once seen, it does not need emma any more"
    );

    // Nor does an engineer vouch for it who has a hand in the commits.
    let (mut scene, before, _) = left();
    saw(&mut scene, "emma", went_on());
    scene.memory.commits[0].co_authors.push(by(commit('2'), "emma@example.com").author);
    let track = fold(&mut scene, &before).0;
    assert!(matches!(&track.invalid[0].why, Fault::OwnWork { person, .. } if *person == name("emma")));

    // A key that the target never had is nobody's, whoever comes later.
    let (mut scene, before, _) = left();
    scene.links.pop();
    approve(&mut scene, &sealed, "eli", "mallory-key");
    saw(&mut scene, "emma", went_on());
    assert!(fold(&mut scene, &before).0.approval.is_none());

    // Nor does a commit count that was never the target's.
    let (mut scene, before, _) = left();
    scene.memory.apart = vec![(commit(BASE), commit('e'))];
    saw(&mut scene, "emma", went_on());
    assert!(fold(&mut scene, &before).0.approval.is_none());
}

#[test]
fn who_has_left_still_counts_where_it_was_seen_before() {
    let (mut scene, before, _) = left();
    let today = std::mem::replace(&mut scene.roster, before.clone());
    let checked = scene.check();
    checked.remember(&mut scene.seen);
    scene.roster = today;
    let (track, standings) = fold(&mut scene, &before);
    assert_eq!(standings[2], Ok(Vouched::Pinned));
    assert!(track.approval.is_some());
}

#[test]
fn nobody_vouches_for_a_revoked_key() {
    let (mut scene, before, _) = left();
    saw(&mut scene, "emma", went_on());
    assert!(fold(&mut scene, &before).0.approval.is_some());
    scene.roster.signers.revoked.push_str("eli-key\n");
    let (track, standings) = fold(&mut scene, &before);
    assert_eq!((standings[2].clone(), track.approval), (Err(Fault::Revoked), None));
}

#[test]
fn to_have_seen_it_does_not_outlive_that_a_key_was_revoked() {
    for listed in [true, false] {
        let (mut scene, sealed) = sealed();
        approve(&mut scene, &sealed, "eli", "eli-key");
        let checked = scene.check();
        checked.remember(&mut scene.seen);
        let before = match listed {
            true => scene.roster.clone(),
            false => leave(&mut scene, "eli"),
        };
        scene.roster.signers.revoked.push_str("eli-key\n");
        let (track, standings) = fold(&mut scene, &before);
        assert_eq!((standings[2].clone(), track.approval), (Err(Fault::Revoked), None), "listed: {listed}");
    }
}

/// Eli's key is used after it was taken out of the target: of what is said afterwards nothing makes that count.
#[test]
fn what_an_old_key_signs_once_it_is_gone_is_vouched_for_by_nobody() {
    let (mut scene, sealed) = sealed();
    let before = leave(&mut scene, "eli");
    scene.memory.apart = vec![(commit('e'), commit(BASE))];
    let forged =
        Event { role: Role::Engineer, seen: Some(commit(BASE)), ..scene.about(&sealed, "eli", approved()) };
    scene.add(&forged);
    scene.say("emma", said("hm"));
    scene.say("emma", went_on());
    let (track, standings) = fold(&mut scene, &before);
    assert!(track.approval.is_none() && standings[2].is_err(), "emma saw a target without it");
    // Emma's clone has not fetched for a while.
    saw(&mut scene, "emma", went_on());
    let (track, standings) = fold(&mut scene, &before);
    assert!(track.approval.is_none() && standings[2].is_err(), "others had seen more by then");
    // By a Greenroom that does not write down what it saw.
    let (mut scene, _) = self::sealed();
    let before = leave(&mut scene, "eli");
    scene.add(&Event { previous: scene.links.last().map(|link| link.commit.clone()), ..forged });
    let old = Event { seen: None, ..scene.event("emma", went_on()) };
    scene.add(&old);
    let (track, standings) = fold(&mut scene, &before);
    assert!(track.approval.is_none() && standings[2].is_err() && standings[3].is_ok());
}

#[test]
fn nobody_vouches_by_a_commit_that_only_came_in_by_a_merge() {
    let (mut scene, before, _) = left();
    saw(&mut scene, "emma", went_on());
    scene.memory.aside = vec![(commit(BASE), commit('e'))];
    assert!(fold(&mut scene, &before).0.approval.is_none(), "stage itself never had that list of signers");
}

/// Somebody is gone from the target: who they were is given back.
fn leave(scene: &mut Scene, who: &str) -> Roster {
    let before = scene.roster.clone();
    scene.roster.tip = commit('e');
    scene.roster.people.shift_remove(who);
    let gone = format!("{who}-key\n");
    let lines = before.signers.allowed.split_inclusive('\n').filter(|line| !line.ends_with(&gone));
    scene.roster.signers.allowed = lines.collect();
    before
}

#[test]
fn whoever_vouches_for_a_seal_may_not_approve_it() {
    let (mut scene, sealed) = sealed();
    let before = leave(&mut scene, "ana");
    let approval = Event { seen: Some(commit(BASE)), ..scene.about(&sealed, "emma", approved()) };
    scene.add(&approval);
    let (track, standings) = fold(&mut scene, &before);
    assert_eq!(standings[1], Ok(Vouched::Covered(vec![name("emma")])));
    assert_eq!(track.package.as_ref().unwrap().covered_by, [name("emma")]);
    assert!(track.approval.is_none(), "emma alone would have sealed and approved");
    let why = "emma may not approve this: only they vouch for the seal of ana, whose key counts no more";
    assert_eq!(track.invalid[0].why.to_string(), why);
    // Another vouches too: it need not be emma who is believed.
    saw(&mut scene, "sam", said("I saw ana seal it"));
    let (track, _) = fold(&mut scene, &before);
    assert_eq!(track.package.as_ref().unwrap().covered_by, [name("emma"), name("sam")]);
    assert!(track.approval.unwrap().standing.stands());
}

#[test]
fn an_approval_that_has_run_out_still_vouches_for_what_its_engineer_saw() {
    let (mut scene, sealed) = sealed();
    let before = leave(&mut scene, "ana");
    let approval = Event { seen: Some(commit(BASE)), ..scene.about(&sealed, "emma", approved()) };
    let end = approval.at + SignedDuration::from_hours(1);
    scene.add(&Event { expires: Some(end), ..approval });
    // Of those who vouch she need not be the one.
    saw(&mut scene, "sam", said("I saw ana seal it"));
    let (track, standings) = fold(&mut scene, &before);
    assert_eq!(standings[1], Ok(Vouched::Covered(vec![name("emma"), name("sam")])));
    let standing = track.approval.unwrap().standing;
    assert!(
        matches!(&standing, Standing::Void { why, .. } if why.contains("it was given until")),
        "{standing:?}"
    );
    assert_eq!(track.next.action, NextAction::Review, "it can be given again");
    // One that had run out when it was signed approves nothing.
    scene.links.truncate(2);
    let late = Event { seen: Some(commit(BASE)), ..scene.about(&sealed, "emma", approved()) };
    scene.add(&Event { expires: Some(late.at), ..late });
    let (track, _) = fold(&mut scene, &before);
    assert!(
        track.approval.is_none() && track.invalid.iter().any(|one| one.why == Fault::Expired),
        "{track:#?}"
    );
}

#[test]
fn a_second_name_that_only_an_earlier_roster_has() {
    let second = |scene: &mut Scene, who: &str, email: &str| {
        let person = Person { email: email.to_owned(), role: Role::Engineer };
        scene.roster.people.insert(name(who), person);
        scene.roster.signers.allowed.push_str(&format!("{email} {who}-key\n"));
    };
    // Ana approves as anna, who is gone; emma vouches for that.
    let (mut scene, sealed) = sealed();
    second(&mut scene, "anna", "ANA@example.com");
    approve(&mut scene, &sealed, "anna", "anna-key");
    let pinned = scene.check();
    let before = leave(&mut scene, "anna");
    saw(&mut scene, "emma", went_on());
    let (track, standings) = fold(&mut scene, &before);
    assert_eq!(standings[2], Ok(Vouched::Covered(vec![name("emma")])));
    assert!(track.approval.is_none());
    assert_eq!(track.invalid[0].why.to_string(), "anna may not approve this: ana sealed the package");
    // Nor does it become one where the entry is pinned.
    pinned.remember(&mut scene.seen);
    let (track, standings) = fold(&mut scene, &before);
    assert_eq!((&standings[2], track.approval), (&Ok(Vouched::Pinned), None));

    // Emma vouches for herself under another name.
    let (mut scene, sealed) = self::sealed();
    second(&mut scene, "em", "emma@example.com");
    approve(&mut scene, &sealed, "em", "em-key");
    let before = leave(&mut scene, "em");
    saw(&mut scene, "emma", went_on());
    assert!(fold(&mut scene, &before).1[2].is_err());
}

#[test]
fn a_former_engineer_who_wrote_it_is_known_by_their_address() {
    let (mut scene, before, _) = left();
    saw(&mut scene, "emma", went_on());
    scene.memory.commits[0].co_authors.push(by(commit('2'), "Eli@example.com").author);
    let track = fold(&mut scene, &before).0;
    assert!(matches!(&track.invalid[0].why, Fault::OwnWork { person, .. } if *person == name("eli")));
}

#[test]
fn one_side_does_not_sign_for_both_by_an_old_key() {
    let mut scene = Scene::new();
    let design = scene.open();
    let agreed = || Transition::Agreed(Agreed { design: design.clone() });
    scene.say("ana", agreed());
    scene.say("eli", agreed());
    let before = leave(&mut scene, "ana");
    saw(&mut scene, "emma", said("so they did"));
    let track = fold(&mut scene, &before).0;
    assert_eq!(track.invalid[0].why, Fault::OtherVoucher { person: name("ana"), side: Side::Analyst });
    assert_eq!(track.pending[0].lacks, Side::Analyst);
    saw(&mut scene, "sam", said("so they did"));
    let track = fold(&mut scene, &before).0;
    assert_eq!((track.invalid.len(), track.pending.len()), (0, 0));
}

#[test]
fn many_bad_entries_do_not_start_a_program_for_each_later_one() {
    let (mut scene, before, _) = left();
    for at in 0..40 {
        let event = scene.event("eli", said(&at.to_string()));
        scene.add_signed(&event, "mallory-key");
    }
    for at in 0..40 {
        saw(&mut scene, ["ana", "emma", "sam"][at % 3], said("hm"));
    }
    saw(&mut scene, "emma", went_on());
    scene.memory.verified.set(0);
    let (_, standings) = fold(&mut scene, &before);
    assert_eq!(standings.iter().filter(|standing| standing.is_err()).count(), 40);
    // By the signers of today and by those of then, and each good one once.
    assert!(scene.memory.verified.get() <= 2 * 41 + 45, "{}", scene.memory.verified.get());
}
