//! What is done again, undone, or dated as it was not.

use std::collections::BTreeMap;

use jiff::SignedDuration;

use super::attacks::{approve, said, sealed};
use crate::domain::track::bodies::{
    Approved, Armed, Executed, Promoted, Requested, RolledBack, StageRan, StageVerified,
};
use crate::domain::track::{
    CellState, CheckStatus, Event, Fault, NextAction, Side, Standing, TrackStep, Transition,
};
use crate::review::TargetCommit;
use crate::review::testing::{BASE, HEAD, MERGED, Scene, commit, tree};

fn about(scene: &mut Scene, sealed: &Event, person: &str, transition: Transition) {
    let event = scene.about(sealed, person, transition);
    scene.add(&event);
}

fn ran(scene: &mut Scene, sealed: &Event, run: &str) {
    let (run, outputs) = (run.to_owned(), BTreeMap::new());
    let ran = StageRan { run: run.clone(), bundle: commit(HEAD), success: true, outputs };
    about(scene, sealed, "ana", Transition::StageRan(ran));
    for person in ["ana", "eli"] {
        about(scene, sealed, person, Transition::StageVerified(StageVerified { run: run.clone() }));
    }
}

fn arm(scene: &mut Scene, sealed: &Event) {
    for person in ["ana", "eli"] {
        let armed = Armed { tag: "v1".to_owned(), tree: tree(MERGED), rollback: commit(BASE) };
        let event = scene.about(sealed, person, Transition::Armed(armed));
        scene.add(&Event { expires: Some(event.at + SignedDuration::from_hours(24)), ..event });
    }
}

fn executed() -> Transition {
    let (tag, rollback) = ("v1".to_owned(), commit(BASE));
    Transition::Executed(Executed { tag, commit: commit('d'), tree: tree(MERGED), rollback })
}

fn released() -> (Scene, Event) {
    let (mut scene, sealed) = sealed();
    approve(&mut scene, &sealed, "eli", "eli-key");
    scene.memory.line = vec![TargetCommit { id: commit('d'), parent: commit(BASE), tree: tree(MERGED) }];
    scene.roster.tip = commit('d');
    ran(&mut scene, &sealed, "r1");
    arm(&mut scene, &sealed);
    about(&mut scene, &sealed, "ana", executed());
    assert_eq!(scene.track().invalid, []);
    (scene, sealed)
}

#[test]
fn a_package_after_a_rollback_is_not_asked_to_sign_it() {
    let (mut scene, sealed) = released();
    let back = RolledBack { to: commit(BASE), reason: "late".to_owned() };
    about(&mut scene, &sealed, "ana", Transition::RolledBack(back.clone()));
    let track = scene.track();
    assert_eq!((track.next.action, track.next.side), (NextAction::CoSign, Some(Side::Engineer)));
    // The very same package, once what was wrong around it is mended.
    let again = Event { previous: None, ..scene.event("ana", sealed.transition.clone()) };
    let again = Event {
        package: sealed.package.clone(),
        previous: scene.links.last().map(|link| link.commit.clone()),
        ..again
    };
    scene.add(&again);
    let track = scene.track();
    assert_eq!((track.invalid.len(), track.pending.len()), (0, 0));
    assert_eq!((track.next.action, track.approval), (NextAction::Review, None), "it is judged anew");
}

#[test]
fn another_run_in_stage_disarms() {
    let (mut scene, sealed) = released();
    scene.links.pop();
    ran(&mut scene, &sealed, "r2");
    about(&mut scene, &sealed, "ana", executed());
    let track = scene.track();
    assert!(matches!(track.invalid[0].why, Fault::TooEarly { .. }));
    assert_eq!(track.next.action, NextAction::Arm);
    arm(&mut scene, &sealed);
    assert_eq!(scene.track().next.action, NextAction::Release);
}

#[test]
fn the_same_package_once_more() {
    let (mut scene, first) = sealed();
    let again = |scene: &mut Scene| {
        let event = scene.event("ana", first.transition.clone());
        scene.add(&Event { package: first.package.clone(), ..event });
    };
    again(&mut scene);
    assert_eq!(scene.track().invalid[0].why, Fault::Repeated);
    let event = scene.about(&first, "eli", Transition::Approved(Approved { note: String::new() }));
    let end = event.at + SignedDuration::from_hours(1);
    scene.add(&Event { expires: Some(end), ..event });
    again(&mut scene);
    assert_eq!(scene.track().invalid.len(), 2, "it would only take the approval away");
    // It has run out: an engineer can give it again, with or without a new seal.
    let track = scene.track();
    assert!(matches!(track.approval.unwrap().standing, Standing::Void { why, .. } if why.contains("until")));
    assert_eq!((track.next.action, track.next.side), (NextAction::Review, Some(Side::Engineer)));
    let event = scene.event("ana", first.transition.clone());
    scene.add(&Event { package: first.package.clone(), at: end, ..event });
    let track = scene.track();
    assert_eq!((track.invalid.len(), track.approval, track.next.action), (2, None, NextAction::Review));

    // Another package in between: the approval of the first is not one of the first that comes again.
    let (mut scene, first) = sealed();
    approve(&mut scene, &first, "eli", "eli-key");
    scene.seal(&[("images", CheckStatus::Passed)]);
    let event = scene.event("ana", first.transition.clone());
    scene.add(&Event { package: first.package.clone(), ..event });
    let track = scene.track();
    assert_eq!((track.invalid.len(), track.approval, track.next.action), (0, None, NextAction::Review));
    assert_eq!(track.cells[TrackStep::Review.number() - 1].state, CellState::Ready);
}

#[test]
fn after_a_request_the_same_package_says_what_to_do() {
    let (mut scene, first) = sealed();
    about(&mut scene, &first, "emma", Transition::Requested(Requested { reason: "no".to_owned() }));
    let event = scene.event("ana", first.transition.clone());
    scene.add(&Event { package: first.package.clone(), ..event });
    let track = scene.track();
    let why = "changes were requested for this very package; commit something, and package the branch again";
    assert_eq!(track.invalid[0].why.to_string(), why);
}

#[test]
fn an_entry_dated_ahead_heals_and_makes_no_honest_one_invalid() {
    let (mut scene, first) = sealed();
    let event = scene.event("sam", said("from tomorrow"));
    scene.add(&Event { at: scene.now + SignedDuration::from_hours(5), ..event });
    approve(&mut scene, &first, "eli", "eli-key");
    assert_eq!(scene.track().invalid[0].why, Fault::Future);
    assert!(scene.track().approval.is_some());
    scene.now += SignedDuration::from_hours(6);
    let track = scene.track();
    assert_eq!((track.invalid.len(), track.remarks.len()), (0, 1));
    assert!(track.approval.unwrap().standing.stands());
}

#[test]
fn nothing_is_done_in_time_by_being_dated_back() {
    let (mut scene, first) = sealed();
    scene.memory.line = vec![TargetCommit { id: commit('d'), parent: commit(BASE), tree: tree(MERGED) }];
    scene.roster.tip = commit('d');
    let approval = scene.about(&first, "eli", Transition::Approved(Approved { note: String::new() }));
    let end = approval.at + SignedDuration::from_hours(1);
    scene.add(&Event { expires: Some(end), ..approval.clone() });
    let late = scene.event("sam", said("two hours later"));
    scene.add(&Event { at: end + SignedDuration::from_hours(1), ..late });
    let promoted = Transition::Promoted(Promoted { commit: commit('d'), tree: tree(MERGED) });
    about(&mut scene, &first, "ana", promoted);
    let track = scene.track();
    assert!(track.promotion.is_none());
    assert!(matches!(track.invalid[0].why, Fault::TooEarly { what: "promotion", .. }));
    // Nor is an approval that had ended before the entry it follows.
    scene.links.pop();
    let event = scene.about(&first, "eli", approval.transition);
    scene.add(&Event { expires: Some(end), ..event });
    assert_eq!(scene.track().invalid[0].why, Fault::Expired);

    // A release as of when it was armed still.
    let (mut scene, sealed) = released();
    let executed = scene.links.pop();
    assert!(executed.is_some());
    scene.now += SignedDuration::from_hours(30);
    let late = scene.event("sam", said("a day later"));
    let dated_back = late.at - SignedDuration::from_hours(30);
    scene.add(&late);
    let event = scene.about(&sealed, "ana", self::executed());
    scene.add(&Event { at: dated_back, ..event });
    assert_eq!(scene.track().invalid[0].why, Fault::Disarmed);
}

#[test]
fn a_step_is_not_called_invalid_by_what_nobody_has_signed() {
    let (mut scene, first) = sealed();
    approve(&mut scene, &first, "eli", "mallory-key");
    let review = |scene: &mut Scene| scene.track().cell(TrackStep::Review).unwrap().state;
    assert_eq!(review(&mut scene), CellState::Ready);
    approve(&mut scene, &first, "sam", "sam-key");
    assert_eq!(review(&mut scene), CellState::Invalid, "sam has signed it, and may not");
}
