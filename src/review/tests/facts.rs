//! What the repository itself has to say, and that it is asked.

use std::collections::BTreeMap;

use jiff::SignedDuration;

use crate::domain::Digest;
use crate::domain::track::bodies::{
    Abandoned, Approved, Armed, Executed, Monitoring, Promoted, Requested, RolledBack, StageRan,
    StageVerified,
};
use crate::domain::track::{
    CheckStatus, CommitId, Event, Fault, LedgerState, Merge, NextAction, Parted, Redness, Standing, Track,
    Transition, TreeId, VerdictKind,
};
use crate::review::testing::{BASE, HEAD, MERGED, Scene, by, changed, commit, name, tree};
use crate::review::{Mail, Material, PortError, TargetCommit, card, fold, markdown, recognise, refusal};

fn approved() -> Transition {
    Transition::Approved(Approved { note: String::new() })
}

/// Approved, of a track whose target has gone on to `7` by way of `5`, which is the merge.
fn merged() -> (Scene, Event) {
    let mut scene = Scene::new();
    scene.open();
    let sealed = scene.seal(&[]);
    let event = scene.about(&sealed, "eli", approved());
    scene.add(&event);
    let at = |id, parent, holds| TargetCommit { id: commit(id), parent: commit(parent), tree: tree(holds) };
    scene.memory.line = vec![at('5', BASE, MERGED), at('7', '5', '8')];
    scene.roster.tip = commit('7');
    (scene, sealed)
}

fn promoted() -> Transition {
    Transition::Promoted(Promoted { commit: commit('5'), tree: tree(MERGED) })
}

fn about(scene: &mut Scene, sealed: &Event, person: &str, transition: Transition) -> CommitId {
    let event = scene.about(sealed, person, transition);
    scene.add(&event)
}

fn whys(track: &Track) -> Vec<String> {
    track.invalid.iter().map(|one| one.why.to_string()).collect()
}

#[test]
fn a_promotion_by_a_commit_that_was_never_the_target() {
    let (mut scene, sealed) = merged();
    about(&mut scene, &sealed, "ana", promoted());
    assert_eq!(scene.track().promotion.unwrap().commit, commit('5'));
    scene.memory.aside = vec![(commit('5'), commit('7'))];
    let track = scene.track();
    assert!(track.promotion.is_none() && whys(&track)[0].contains("555555555555 is no commit of the target"));
    scene.memory.aside.clear();
    scene.memory.apart = vec![(commit(BASE), commit('5'))];
    assert!(whys(&scene.track())[0].contains("was there before the package"));
}

#[test]
fn a_rewritten_ledger_is_told_before_a_promotion_and_nothing_is_added_to_it() {
    let (mut scene, sealed) = merged();
    about(&mut scene, &sealed, "ana", promoted());
    scene.seen.tip = Some(commit('9'));
    let track = scene.track();
    assert!(matches!(track.approval.as_ref().unwrap().standing, Standing::Void { .. }));
    let verdict = card(&track, &Material::default()).verdict;
    assert_eq!(verdict.kind, VerdictKind::Blocked);
    assert!(verdict.text.starts_with("The ledger was rewritten: 999999999999"), "{}", verdict.text);
    let checked = scene.check();
    let known = scene.circumstances(&checked);
    for transition in [approved(), promoted()] {
        let event = scene.about(&sealed, "emma", transition);
        assert_eq!(refusal(&checked, &known, &event), Some(Fault::Rewritten(commit('9'))));
    }
}

#[test]
fn a_rewritten_ledger_is_gone_on_with_once_somebody_says_so() {
    let (mut scene, sealed) = merged();
    let request = Transition::Requested(Requested { reason: "no".to_owned() });
    let gone = about(&mut scene, &sealed, "emma", request);
    scene.check().remember(&mut scene.seen);
    scene.links.pop();
    let checked = scene.check();
    assert_eq!(checked.state, LedgerState::Rewritten { seen: gone.clone() });
    assert_eq!(checked.accept_rewritten(&mut scene.seen), 1);
    assert!(!scene.seen.events.contains(&gone));
    assert_eq!(scene.seen.tip, scene.links.last().map(|link| link.commit.clone()));
    let track = scene.track();
    assert_eq!((track.ledger, track.next.action), (LedgerState::Intact, NextAction::Promote));
}

#[test]
fn of_two_ledgers_neither_decides_anything() {
    let (mut scene, sealed) = merged();
    about(&mut scene, &sealed, "ana", promoted());
    let refs = ["refs/greenroom/tracks/daily", "refs/heads/_greenroom/tracks/daily"];
    let refs = [(refs[0].parse().unwrap(), commit('1')), (refs[1].parse().unwrap(), commit('2'))];
    let parted = Box::new(Parted { remote: "origin".to_owned(), refs });
    let mut checked = scene.check();
    checked.state = LedgerState::Parted(parted.clone());
    let known = scene.circumstances(&checked);
    let track = fold(&scene.id, &checked, &known);
    assert_eq!(track.next.action, NextAction::AskAboutPartedLedgers);
    assert!(
        matches!(&track.approval.as_ref().unwrap().standing, Standing::Void { why, .. } if *why == parted.to_string())
    );
    let verdict = card(&track, &Material::default()).verdict;
    assert_eq!(verdict.kind, VerdictKind::Blocked);
    for name in [
        "refs/greenroom/tracks/daily up to 111111111111",
        "refs/heads/_greenroom/tracks/daily up to 222222222222",
    ] {
        assert!(verdict.text.contains(name), "{}", verdict.text);
    }
    for transition in [approved(), promoted()] {
        let event = scene.about(&sealed, "emma", transition);
        assert_eq!(refusal(&checked, &known, &event), Some(Fault::Parted(parted.clone())));
    }
    // Whatever was seen before is known still.
    let before = scene.seen.clone();
    checked.remember(&mut scene.seen);
    assert_eq!(scene.seen, before);
}

#[test]
fn an_abandoned_track_comes_first() {
    let (mut scene, sealed) = merged();
    scene.say("ana", Transition::Abandoned(Abandoned { reason: "nobody reads it".to_owned() }));
    let track = scene.track();
    assert!(!track.approval.as_ref().unwrap().standing.stands());
    let verdict = card(&track, &Material::default()).verdict;
    assert_eq!((verdict.kind, verdict.text.as_str()), (VerdictKind::Blocked, "The track was abandoned."));
    let checked = scene.check();
    let event = scene.about(&sealed, "ana", promoted());
    assert_eq!(refusal(&checked, &scene.circumstances(&checked), &event), Some(Fault::Ended));
}

#[test]
fn a_merge_result_that_is_another_here_or_cannot_be_told() {
    let sealed = |merged: Result<Merge, PortError>| {
        let mut scene = Scene::new();
        scene.memory.merged = Some(merged);
        scene.open();
        let sealed = scene.seal(&[]);
        (scene, sealed)
    };
    for merged in [Merge::Tree(tree('9')), Merge::Conflicts(vec!["a\u{1b}.sql".to_owned()])] {
        let (mut scene, _) = sealed(Ok(merged));
        let track = scene.track();
        assert!(track.package.is_none());
        let why = &whys(&track)[0];
        assert!(why.contains("here, and the package says") || why.contains("here, in a␛.sql"), "{why}");
    }
    let (mut scene, event) = sealed(Err(PortError("git is too old".to_owned())));
    about(&mut scene, &event, "eli", approved());
    let track = scene.track();
    assert!(track.approval.is_none());
    assert_eq!(track.invalid[0].why, Fault::MergeUnknown("git is too old".to_owned()));
    let verdict = card(&track, &Material::default()).verdict;
    assert_eq!(verdict.text, "What the merge comes to cannot be told: git is too old.");
}

#[test]
fn a_required_check_that_was_not_made_is_red_unless_it_takes_stage() {
    let mut scene = Scene::new();
    scene.required = vec!["images".to_owned(), "stage-run".to_owned(), "owners".to_owned()];
    scene.needs_stage = vec!["stage-run".to_owned()];
    scene.open();
    let mut manifest = scene.package(&[
        ("images", CheckStatus::NotChecked),
        ("stage-run", CheckStatus::NotChecked),
        ("owners", CheckStatus::Warned),
    ]);
    manifest.checks[2].not_checked = Some("one of them".to_owned());
    let sealed = scene.seal_package(manifest);
    about(&mut scene, &sealed, "eli", approved());
    let track = scene.track();
    let red = vec!["images was not checked".to_owned(), "owners was not checked".to_owned()];
    assert_eq!(track.invalid[0].why, Fault::Checks(red));
    assert_eq!(track.package.as_ref().unwrap().red[0].why, Redness::NotChecked);
    assert_eq!(track.next.action, NextAction::SealAgain);
    let made = card(&track, &Material::default());
    assert_eq!(made.verdict.text, "Not green: images was not checked, owners was not checked.");
    let told: Vec<(&str, &str)> =
        made.not_checked.iter().map(|one| (one.what.as_str(), one.why.as_str())).take(3).collect();
    assert_eq!(told, [("images", ""), ("stage-run", ""), ("owners (some of it)", "one of them")]);
}

#[test]
fn evidence_that_is_not_whole_is_shown_and_blocks() {
    let mut scene = Scene::new();
    scene.open();
    let sealed = scene.seal(&[]);
    let entry = scene.links.last().unwrap().commit.clone();
    scene.broken.insert(entry, vec!["run.json is\u{202e} missing".to_owned()]);
    about(&mut scene, &sealed, "eli", approved());
    let track = scene.track();
    assert!(matches!(track.invalid[0].why, Fault::Evidence(_)));
    let more = ["diff.json is missing".to_owned()];
    let made = card(&track, &Material { broken: &more, ..Material::default() });
    assert_eq!(made.verdict.text, "The evidence is not whole: diff.json is missing.");
    assert_eq!(made.broken, ["diff.json is missing", "run.json is<U+202E> missing"]);
    assert!(markdown(&made).contains("### Evidence that is not whole\n\n- ` diff.json is missing `"));
}

#[test]
fn whose_commits_are_whose() {
    let (mut scene, _) = merged();
    scene.links.truncate(2);
    let mut commits = vec![by(commit('1'), "ana@example.com"), by(commit('2'), "sam@example.com")];
    commits.push(by(commit('3'), "who\u{1b}@else.example"));
    commits[0].signed_by = None;
    commits[1].signed_by = Some(vec!["emma@example.com".to_owned()]);
    commits[2].signed_by = None;
    commits[2].co_authors = vec![Mail { name: "Eli".to_owned(), email: String::new() }];
    scene.memory.commits = commits;
    let track = scene.track();
    assert_eq!(
        card(&track, &Material::default()).warnings,
        [
            "commit 222222222222 of sam@example.com is not signed by them: who wrote it is not proved",
            "commit 333333333333 of who␛@else.example is not signed by them: who wrote it is not proved",
            "who␛@else.example has a hand in it, and is nobody of `people:`",
            "besides ana, who sealed it, eli, emma, sam had a hand in it",
        ],
        "ana's own is not told of; emma signed sam's; eli is named without an address"
    );
    assert_eq!(track.next.people, [] as [crate::domain::Name; 0]);
    let told = track.package.unwrap().contributors.unwrap();
    assert_eq!(told.persons[&name("emma")], "signer of 222222222222");
}

fn armed() -> (Scene, Event) {
    let (mut scene, sealed) = merged();
    let (run, outputs) = ("r1".to_owned(), BTreeMap::new());
    let ran = StageRan { run: run.clone(), bundle: commit(HEAD), success: true, outputs };
    about(&mut scene, &sealed, "ana", Transition::StageRan(ran));
    for person in ["ana", "eli"] {
        about(&mut scene, &sealed, person, Transition::StageVerified(StageVerified { run: run.clone() }));
    }
    for person in ["ana", "eli"] {
        let event = arm(&scene, &sealed, person);
        scene.add(&event);
    }
    (scene, sealed)
}

fn arm(scene: &Scene, sealed: &Event, person: &str) -> Event {
    let armed = Armed { tag: "v1".to_owned(), tree: tree(MERGED), rollback: commit(BASE) };
    let event = scene.about(sealed, person, Transition::Armed(armed));
    Event { expires: Some(event.at + SignedDuration::from_hours(24)), ..event }
}

fn executed(id: char) -> Transition {
    let (tag, rollback) = ("v1".to_owned(), commit(BASE));
    Transition::Executed(Executed { tag, commit: commit(id), tree: tree(MERGED), rollback })
}

#[test]
fn what_is_released_is_there_and_holds_what_was_approved() {
    let (mut scene, sealed) = armed();
    // Nobody has looked at what is about to be signed; then it is looked at.
    let checked = scene.check();
    let event = scene.about(&sealed, "ana", executed('5'));
    let blind = refusal(&checked, &scene.circumstances(&checked), &event).unwrap();
    assert!(blind.to_string().contains("was not looked at"), "{blind}");
    let known = scene.circumstances_of(&checked.entries_and(&event));
    assert_eq!(refusal(&checked, &known, &event), None);
    about(&mut scene, &sealed, "ana", executed('7'));
    scene.memory.aside = vec![(commit('5'), commit('7'))];
    about(&mut scene, &sealed, "ana", executed('5'));
    let track = scene.track();
    let why = whys(&track);
    assert!(why.iter().any(|why| why.contains("777777777777 holds 888888888888, and not")), "{why:?}");
    assert!(why.iter().any(|why| why.contains("is no commit of a branch that is released from")), "{why:?}");
    scene.memory.aside.clear();
    assert_eq!(scene.track().next.action, NextAction::Monitor);
}

#[test]
fn what_comes_after_a_release_is_about_its_package() {
    let (mut scene, sealed) = armed();
    about(&mut scene, &sealed, "ana", executed('5'));
    let other = Event { package: Some(Digest::of(b"other")), ..sealed.clone() };
    let monitoring =
        Monitoring { dashboards: BTreeMap::new(), monitors: BTreeMap::new(), test_alert: Some(scene.now) };
    let back = RolledBack { to: commit(BASE), reason: "late".to_owned() };
    for transition in [Transition::Monitoring(monitoring), Transition::RolledBack(back)] {
        about(&mut scene, &other, "ana", transition);
    }
    let track = scene.track();
    assert!(track.invalid.iter().all(|one| matches!(one.why, Fault::OtherSubject { what: "package", .. })));
    assert_eq!((track.invalid.len(), track.next.action), (2, NextAction::Monitor));
}

fn numbered(at: usize) -> String {
    format!("{at:040x}")
}

#[test]
fn a_long_line_of_the_target_is_looked_through_without_merging_at_each_commit() {
    let mut scene = Scene::new();
    let package = scene.package(&[]);
    let id = |at: usize| -> CommitId { numbered(at).try_into().unwrap() };
    let holds = |at: usize| -> TreeId { numbered(at).try_into().unwrap() };
    let line = |count: usize| -> Vec<TargetCommit> {
        let one = |at| TargetCommit { id: id(at), parent: id(at - 1), tree: holds(at) };
        (1..=count).map(one).collect()
    };
    let mut long = line(2_000);
    scene.memory.changes = vec![changed("docs/readme.md")];
    let brought = vec![changed("sql/delays.sql")];
    scene.memory.between.insert((tree('0'), tree(MERGED)), brought.clone());
    assert_eq!(recognise(&scene.memory, &package, &scene.closures, &long), Ok(None));
    assert_eq!(scene.memory.merges.get(), 0, "they change something else");
    // At last it is merged, on all of that.
    long.last_mut().unwrap().tree = tree('f');
    scene.memory.between.insert((holds(1_999), tree('f')), brought);
    let found = recognise(&scene.memory, &package, &scene.closures, &long).unwrap().unwrap();
    assert_eq!((found.promoted.commit, scene.memory.merges.get()), (id(2_000), 1));
    // What changes the same files all the time is not merged for ever.
    scene.memory.between.clear();
    let error = recognise(&scene.memory, &package, &scene.closures, &line(2_000)).unwrap_err();
    assert!(error.to_string().contains("say which one it is"), "{error}");
    assert!(scene.memory.merges.get() <= 101);
}
