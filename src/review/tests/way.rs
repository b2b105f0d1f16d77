//! The way of a track whose people do as they should, and what each of its steps waits for.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use proptest::prelude::*;

use crate::domain::track::bodies::{
    Abandoned, Agreed, Approved, Armed, CoOwned, Executed, Monitoring, Promoted, Requested, RolledBack, Said,
    StageRan, StageVerified,
};
use crate::domain::track::{
    CellState, CheckStatus, CommitId, Event, Fault, Merge, NextAction, Package, Present, Side, Standing,
    Track, TrackStep, Transition,
};
use crate::review::testing::{BASE, HEAD, MERGED, Scene, changed, commit, name, tree};
use crate::review::{Material, TargetCommit, card, fold};

fn states(track: &Track) -> String {
    let letter = |state| match state {
        CellState::Waiting => '.',
        CellState::Ready => 'r',
        CellState::Done => 'D',
        CellState::Void => 'v',
        CellState::Invalid => '!',
    };
    track.cells.iter().map(|cell| letter(cell.state)).collect()
}

fn approved() -> Transition {
    Transition::Approved(Approved { note: "good".to_owned() })
}

fn armed() -> Transition {
    Transition::Armed(Armed {
        tag: "daily_delays-1.1.0".to_owned(),
        tree: tree(MERGED),
        rollback: commit(BASE),
    })
}

fn arm(scene: &Scene, sealed: &Event, person: &str) -> Event {
    let event = scene.about(sealed, person, armed());
    Event { expires: Some(event.at + SignedDuration::from_hours(24)), ..event }
}

/// The states and the next action after each entry of a whole way.
#[test]
fn eight_steps_are_gone_one_after_the_other() {
    let mut scene = Scene::new();
    let mut told = Vec::new();
    fn now(scene: &mut Scene) -> (String, NextAction, Option<Side>) {
        let track = scene.track();
        assert_eq!(
            track.invalid,
            [],
            "{:?}",
            track.invalid.iter().map(|one| one.why.to_string()).collect::<Vec<_>>()
        );
        (states(&track), track.next.action, track.next.side)
    }
    told.push(now(&mut scene));
    let design = scene.open();
    told.push(now(&mut scene));
    scene.say("ana", Transition::Agreed(Agreed { design: design.clone() }));
    told.push(now(&mut scene));
    scene.say("eli", Transition::Agreed(Agreed { design }));
    told.push(now(&mut scene));
    let sealed = scene.seal(&[("images", CheckStatus::Warned), ("idempotent", CheckStatus::NotChecked)]);
    told.push(now(&mut scene));
    let about = |scene: &mut Scene, person: &str, transition| {
        let event = scene.about(&sealed, person, transition);
        scene.add(&event);
    };
    about(&mut scene, "eli", approved());
    told.push(now(&mut scene));
    scene.memory.line = vec![TargetCommit { id: commit('d'), parent: commit(BASE), tree: tree(MERGED) }];
    about(&mut scene, "ana", Transition::Promoted(Promoted { commit: commit('d'), tree: tree(MERGED) }));
    told.push(now(&mut scene));
    let ran = StageRan { run: "r1".to_owned(), bundle: commit('d'), success: true, outputs: BTreeMap::new() };
    about(&mut scene, "ana", Transition::StageRan(ran));
    told.push(now(&mut scene));
    let verified = || Transition::StageVerified(StageVerified { run: "r1".to_owned() });
    about(&mut scene, "sam", verified());
    told.push(now(&mut scene));
    about(&mut scene, "emma", verified());
    told.push(now(&mut scene));
    for person in ["eli", "ana"] {
        let event = arm(&scene, &sealed, person);
        scene.add(&event);
        told.push(now(&mut scene));
    }
    about(
        &mut scene,
        "ana",
        Transition::Executed(Executed {
            tag: "daily_delays-1.1.0".to_owned(),
            commit: commit('d'),
            tree: tree(MERGED),
            rollback: commit(BASE),
        }),
    );
    told.push(now(&mut scene));
    let monitoring =
        Monitoring { dashboards: BTreeMap::new(), monitors: BTreeMap::new(), test_alert: Some(scene.now) };
    about(&mut scene, "ana", Transition::Monitoring(monitoring));
    told.push(now(&mut scene));
    let owned = || {
        let (runbook, duty) = ("docs/runbook.md".to_owned(), "weekdays: ana, nights: eli".to_owned());
        Transition::CoOwned(CoOwned { runs: vec!["p1".to_owned()], runbook, duty })
    };
    about(&mut scene, "ana", owned());
    about(&mut scene, "eli", owned());
    told.push(now(&mut scene));
    let told: Vec<(&str, NextAction, Option<Side>)> =
        told.iter().map(|(states, action, side)| (states.as_str(), *action, *side)).collect();
    let (analyst, engineer) = (Some(Side::Analyst), Some(Side::Engineer));
    assert_eq!(
        told,
        [
            ("r.......", NextAction::Open, analyst),
            ("rrr.....", NextAction::AgreeDesign, None),
            ("rrr.....", NextAction::AgreeDesign, engineer),
            ("Drr.....", NextAction::Seal, analyst),
            ("DDDr....", NextAction::Review, engineer),
            ("DDDDr...", NextAction::Promote, None),
            ("DDDDr...", NextAction::RunStage, None),
            ("DDDDr...", NextAction::VerifyStage, None),
            ("DDDDr...", NextAction::VerifyStage, engineer),
            ("DDDDDr..", NextAction::Arm, None),
            ("DDDDDr..", NextAction::Arm, analyst),
            ("DDDDDr..", NextAction::Release, None),
            ("DDDDDDr.", NextAction::Monitor, None),
            ("DDDDDDDr", NextAction::CoOwn, None),
            ("DDDDDDDD", NextAction::Nothing, None),
        ]
    );
}

fn approved_scene() -> (Scene, Event) {
    let mut scene = Scene::new();
    scene.open();
    let sealed = scene.seal(&[]);
    let event = scene.about(&sealed, "eli", approved());
    scene.add(&event);
    (scene, sealed)
}

fn standing(scene: &mut Scene) -> Standing {
    scene.track().approval.unwrap().standing
}

#[test]
fn an_approval_outlives_a_base_that_touches_no_closure() {
    let (mut scene, _) = approved_scene();
    assert_eq!(standing(&mut scene), Standing::Holds);
    let present = |merge| Some(Present { head: commit(HEAD), base: commit('e'), merge });
    scene.present = present(Merge::Tree(tree('d')));
    scene.memory.changes = vec![changed("docs/readme.md"), changed("workflows/other.yaml")];
    assert_eq!(standing(&mut scene), Standing::CarriedOver { ahead: 14, files: 2 });
    let cell = scene.track().cell(TrackStep::Review).unwrap().clone();
    assert_eq!(cell.why, "carried over: stage +14 commits, 2 files, none in the closure");
    assert_eq!(cell.state, CellState::Done);

    scene.memory.changes.push(changed("sql/delays.sql"));
    let Standing::Void { why, file, range } = standing(&mut scene) else { panic!() };
    assert_eq!(why, "stage has changed sql/delays.sql, on which the step delays depends");
    assert_eq!((file.as_deref(), range.unwrap().new_base), (Some("sql/delays.sql"), commit('e')));

    let mut renamed = changed("docs/delays.sql");
    renamed.was = Some("sql/delays.sql".to_owned());
    scene.memory.changes = vec![renamed];
    // A file that left the closure is a change of it, by the name that the step knows.
    let Standing::Void { why, file, .. } = standing(&mut scene) else { panic!() };
    assert_eq!(why, "stage has changed sql/delays.sql, on which the step delays depends");
    assert_eq!(file.as_deref(), Some("sql/delays.sql"));

    scene.memory.changes.clear();
    scene.memory.apart = vec![(commit(BASE), commit('e'))];
    assert!(matches!(standing(&mut scene), Standing::Void { why, .. } if why.contains("was rewritten")));

    scene.present = present(Merge::Conflicts(vec!["sql/delays.sql".to_owned()]));
    assert!(
        matches!(standing(&mut scene), Standing::Void { why, .. } if why.contains("it conflicts with stage"))
    );
}

#[test]
fn a_moved_head_voids_an_approval_and_a_missing_one_leaves_it_open() {
    let (mut scene, _) = approved_scene();
    scene.present = Some(Present { head: commit('9'), base: commit(BASE), merge: Merge::Tree(tree('8')) });
    let Standing::Void { why, range, .. } = standing(&mut scene) else { panic!() };
    assert_eq!(why, "the branch went on from aaaaaaaaaaaa to 999999999999");
    assert_eq!(range.unwrap().new_head, commit('9'));
    let track = scene.track();
    assert_eq!(track.next.action, NextAction::SealAgain);
    assert_eq!(track.cell(TrackStep::Review).unwrap().state, CellState::Void);
    scene.present = Some(Present { head: commit(HEAD), base: commit(BASE), merge: Merge::Tree(tree('8')) });
    assert!(matches!(standing(&mut scene), Standing::Void { .. }), "one base, one head, and another result");
    scene.present = None;
    let track = scene.track();
    assert!(matches!(track.approval.unwrap().standing, Standing::Unknown { .. }));
    assert_eq!(track.next.action, NextAction::Promote);
}

#[test]
fn an_approval_is_of_its_package_and_of_its_time() {
    let (mut scene, sealed) = approved_scene();
    scene.seal(&[("images", CheckStatus::Passed)]);
    let track = scene.track();
    assert!(matches!(track.approval.as_ref().unwrap().standing, Standing::Void { .. }));
    assert_eq!(track.cell(TrackStep::Review).unwrap().state, CellState::Ready, "the new one waits");
    assert_eq!(track.next.action, NextAction::Review);
    scene.links.truncate(2);
    let event = scene.about(&sealed, "eli", approved());
    let end = event.at + SignedDuration::from_hours(21);
    scene.add(&Event { expires: Some(end), ..event });
    assert!(standing(&mut scene).stands());
    scene.now = end;
    assert!(matches!(standing(&mut scene), Standing::Void { why, .. } if why.contains("it was given until")));
}

#[test]
fn what_is_promoted_stays_approved_when_the_branch_goes_on() {
    let (mut scene, sealed) = approved_scene();
    let promoted = |commit, holds| Transition::Promoted(Promoted { commit, tree: tree(holds) });
    // On a later base, where the merge comes to the tree `f`.
    scene.memory.line = vec![TargetCommit { id: commit('5'), parent: commit('4'), tree: tree('f') }];
    scene.memory.changes = vec![changed("sql/delays.sql")];
    for (id, holds) in [('5', 'f'), ('5', MERGED), ('6', MERGED)] {
        let event = scene.about(&sealed, "ana", promoted(commit(id), holds));
        scene.add(&event);
    }
    let track = scene.track();
    assert!(track.promotion.is_none());
    let why: Vec<String> = track.invalid.iter().map(|one| one.why.to_string()).collect();
    assert_eq!(
        why.len(),
        3,
        "a closure is touched; it has another tree than is said; nobody has it: {why:?}"
    );
    assert!(why[2].contains("666666666666 is not here"), "{why:?}");
    scene.memory.changes = vec![changed("docs/readme.md")];
    scene.present = Some(Present { head: commit('9'), base: commit('5'), merge: Merge::Tree(tree('8')) });
    let track = scene.track();
    assert_eq!(track.promotion.unwrap().commit, commit('5'));
    assert_eq!(track.invalid.len(), 2);
    assert_eq!(track.approval.unwrap().standing, Standing::Holds);
}

#[test]
fn changes_are_asked_for_and_a_new_package_is_another() {
    let mut scene = Scene::new();
    scene.open();
    let first = scene.seal(&[]);
    let request = Transition::Requested(Requested { reason: "pin the image".to_owned() });
    let event = scene.about(&first, "eli", request);
    let asked = scene.add(&event);
    let track = scene.track();
    assert_eq!((track.next.action, track.remarks[0].requests), (NextAction::SealAgain, true));
    let answer = Said { text: "done".to_owned(), place: None, answers: Some(asked) };
    scene.say("ana", Transition::Said(answer));
    scene
        .say("ana", Transition::Said(Said { text: "?".to_owned(), place: None, answers: Some(commit('0')) }));
    let next = another(&scene, 'd', &[("images", CheckStatus::Passed)]);
    let second = scene.seal_package(next.clone());
    if let Some(present) = &mut scene.present {
        (present.head, present.merge) = (next.head, Merge::Tree(next.merge_tree));
    }
    let event = scene.about(&second, "eli", approved());
    scene.add(&event);
    let track = scene.track();
    assert_eq!((track.remarks.len(), track.invalid.len()), (2, 1), "one answers what is not there");
    assert_eq!(track.next.action, NextAction::Promote);
    // Another package of the first commit cannot be sealed: it is the one that changes were requested for.
    scene.seal(&[("images", CheckStatus::Warned)]);
    let track = scene.track();
    assert_eq!(track.invalid.last().unwrap().why, Fault::AfterRequest);
    assert!(Fault::AfterRequest.to_string().contains("commit something"));
    assert_eq!(track.package.unwrap().manifest.checks.len(), 1, "the second is the one under review");
}

#[test]
fn an_end_is_signed_by_one_and_later_by_the_other() {
    let mut scene = Scene::new();
    scene.open();
    let end = Transition::Abandoned(Abandoned { reason: "nobody reads it".to_owned() });
    let first = scene.say("ana", end.clone());
    let track = scene.track();
    assert!(track.abandoned);
    assert_eq!((track.next.action, track.next.side), (NextAction::CoSign, Some(Side::Engineer)));
    assert_eq!((&track.pending[0].entry, track.pending[0].lacks), (&first, Side::Engineer));
    scene.seal(&[]);
    scene.say("eli", end);
    let track = scene.track();
    assert_eq!((track.next.action, track.pending.len()), (NextAction::Nothing, 0));
    assert_eq!(track.invalid.len(), 1, "nothing is sealed after the end");
    assert_eq!(track.invalid[0].why, Fault::Ended);
}

#[test]
fn what_comes_too_early_does_not_count() {
    let ran =
        StageRan { run: "r1".to_owned(), bundle: commit(HEAD), success: true, outputs: BTreeMap::new() };
    let early = [
        approved(),
        Transition::Promoted(Promoted { commit: commit('d'), tree: tree(MERGED) }),
        Transition::StageRan(ran),
        Transition::StageVerified(StageVerified { run: "r1".to_owned() }),
        armed(),
        Transition::RolledBack(RolledBack { to: commit(BASE), reason: "late".to_owned() }),
    ];
    let mut scene = Scene::new();
    scene.say("ana", Transition::Said(Said { text: "first".to_owned(), place: None, answers: None }));
    scene.open();
    scene.open();
    for transition in early {
        scene.say("eli", transition);
    }
    let track = scene.track();
    assert_eq!(track.invalid.len(), 8);
    assert_eq!(track.invalid.iter().filter(|one| matches!(one.why, Fault::TooEarly { .. })).count(), 7);
    assert_eq!(track.cell(TrackStep::Release).unwrap().state, CellState::Invalid);
}

#[test]
fn an_armed_release_runs_out() {
    let (mut scene, sealed) = approved_scene();
    let add = |scene: &mut Scene, event: Event| scene.add(&event);
    let ran =
        StageRan { run: "r1".to_owned(), bundle: commit(HEAD), success: true, outputs: BTreeMap::new() };
    let event = scene.about(&sealed, "ana", Transition::StageRan(ran));
    add(&mut scene, event);
    for person in ["ana", "eli"] {
        let event =
            scene.about(&sealed, person, Transition::StageVerified(StageVerified { run: "r1".to_owned() }));
        add(&mut scene, event);
    }
    let endless = scene.about(&sealed, "ana", armed());
    add(&mut scene, endless);
    for person in ["ana", "eli"] {
        let event = arm(&scene, &sealed, person);
        add(&mut scene, event);
    }
    assert_eq!(scene.track().next.action, NextAction::Release);
    scene.now += SignedDuration::from_hours(5);
    let track = scene.track();
    assert_eq!(track.next.action, NextAction::Arm);
    assert_eq!(track.cell(TrackStep::Release).unwrap().state, CellState::Void);
    let executed = Executed {
        tag: "daily_delays-1.1.0".to_owned(),
        commit: commit('d'),
        tree: tree(MERGED),
        rollback: commit(BASE),
    };
    let event = scene.about(&sealed, "ana", Transition::Executed(executed));
    let late = Event { at: scene.now, ..event };
    add(&mut scene, late);
    let track = scene.track();
    let why: Vec<String> = track.invalid.iter().map(|one| one.why.to_string()).collect();
    assert_eq!(why.len(), 2, "{why:?}");
    assert!(why[0].contains("24 hours at most"), "{why:?}");
    assert_eq!(track.invalid[1].why, Fault::Disarmed);
}

#[test]
fn the_next_one_is_who_can() {
    let mut scene = Scene::new();
    scene.open();
    scene.seal(&[]);
    scene.memory.commits[0].co_authors = vec![scene.memory.commits[0].author.clone()];
    scene.memory.commits[0].co_authors[0].email = "EMMA@example.com".to_owned();
    assert_eq!(scene.track().next.people, [name("eli")], "emma is a co-author");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    /// Whatever is left out, comes twice or changes places: an approval stands only where it may, and nothing is lost.
    #[test]
    fn no_mixture_of_entries_is_a_panic_or_loses_one(order in proptest::collection::vec(0usize..9, 0..20)) {
        let (source, sealed) = approved_scene();
        let design: CommitId = source.links[0].commit.clone();
        let events = [
            source.event("ana", Transition::Opened(crate::review::testing::opened())),
            source.event("eli", Transition::Agreed(Agreed { design })),
            Event { package: sealed.package.clone(), ..source.event("ana", sealed.transition.clone()) },
            source.about(&sealed, "eli", approved()),
            source.about(&sealed, "ana", approved()),
            source.about(&sealed, "emma", Transition::Requested(Requested { reason: String::new() })),
            source.about(&sealed, "sam", Transition::Promoted(Promoted { commit: commit('d'), tree: tree(MERGED) })),
            source.about(&sealed, "eli", armed()),
            source.event("eli", Transition::Abandoned(Abandoned { reason: String::new() })),
        ];
        let mut scene = Scene::new();
        for at in &order {
            let previous = scene.links.last().map(|link| link.commit.clone());
            let event = Event { previous, ..events[*at].clone() };
            scene.add(&event);
        }
        let checked = scene.check();
        let track = fold(&scene.id, &checked, &scene.circumstances(&checked));
        prop_assert_eq!(track.cells.len(), 8);
        // Of what came after the first of a kind, up to the end of the track.
        let after = |from: &[usize], kind: usize| -> Option<Vec<usize>> {
            let at = from.iter().position(|one| *one == kind)?;
            Some(from[at + 1..].to_vec())
        };
        let whole: Vec<usize> = after(&order, 0).unwrap_or_default();
        let open: Vec<usize> = whole.split(|one| *one == 8).next().unwrap_or_default().to_vec();
        let sealed = after(&open, 2).unwrap_or_default();
        let may = sealed.contains(&3) && !sealed.contains(&5) && !whole.contains(&8);
        prop_assert_eq!(track.approval.is_some_and(|approval| approval.standing.stands()), may);
        for one in &track.invalid {
            prop_assert!(checked.entries.iter().any(|entry| entry.commit == one.entry));
        }
    }
}

#[test]
fn a_check_that_failed_is_red_until_it_is_made_again() {
    let mut scene = Scene::new();
    scene.open();
    scene.seal(&[("images", CheckStatus::Passed), ("idempotent", CheckStatus::Failed)]);
    let again = scene.seal(&[("images", CheckStatus::Passed)]);
    let event = scene.about(&again, "eli", approved());
    scene.add(&event);
    let track = scene.track();
    assert!(track.approval.is_none());
    let red: Vec<String> = track.package.unwrap().red.iter().map(ToString::to_string).collect();
    let before = "idempotent failed for aaaaaaaaaaaa, and was not made again since".to_owned();
    assert!(red.contains(&before), "{red:?}");
    // What is made anew counts as it came out.
    scene.seal(&[("images", CheckStatus::Passed), ("idempotent", CheckStatus::Passed)]);
    assert!(scene.track().package.unwrap().red.is_empty());
    scene.seal(&[("images", CheckStatus::Passed), ("idempotent", CheckStatus::Failed)]);
    // A commit that says nothing of it makes it no greener, however many come after one another.
    for head in ['d', 'e'] {
        scene.seal_package(another(&scene, head, &[("idempotent", CheckStatus::NotChecked)]));
        let package = scene.track().package.unwrap();
        assert!(package.red.iter().any(|red| red.to_string() == before), "{:?}", package.red);
        let told = &package.checks()[0];
        assert_eq!(
            (told.status, package.manifest.checks[0].status),
            (CheckStatus::Failed, CheckStatus::NotChecked)
        );
        assert!(told.why.as_ref().unwrap().starts_with("it failed for aaaaaaaaaaaa"), "{told:?}");
        assert_eq!(card(&scene.track(), &Material::default()).count(CheckStatus::Failed), 1);
    }
    scene.seal_package(another(&scene, 'f', &[("idempotent", CheckStatus::Warned)]));
    assert!(scene.track().package.unwrap().red.is_empty());
}

/// Of another commit.
fn another(scene: &Scene, head: char, checks: &[(&str, CheckStatus)]) -> Package {
    Package { head: commit(head), merge_tree: tree('f'), ..scene.package(checks) }
}
