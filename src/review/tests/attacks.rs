//! All that release-track must reject, each as somebody would try it.

use jiff::SignedDuration;
use proptest::prelude::*;

use crate::domain::track::bodies::{Approved, Requested, Said};
use crate::domain::track::{
    CheckStatus, CommitId, Event, Fault, LedgerState, NextAction, Standing, TrackId, Transition, Vouched,
};
use crate::domain::{Name, Person, Role};
use crate::review::testing::{BASE, NAMESPACE, Scene, by, commit, name, tree};
use crate::review::{Repository, Roster, Signatures, encode, read_roster};

pub(super) fn approved() -> Transition {
    Transition::Approved(Approved { note: String::new() })
}

pub(super) fn said(text: &str) -> Transition {
    Transition::Said(Said { text: text.to_owned(), place: None, answers: None })
}

pub(super) fn sealed() -> (Scene, Event) {
    let mut scene = Scene::new();
    scene.open();
    let sealed = scene.seal(&[]);
    (scene, sealed)
}

/// That an approval was refused, and why.
pub(super) fn refused(scene: &mut Scene) -> Fault {
    let track = scene.track();
    assert!(track.approval.is_none(), "{:?}", track.approval);
    assert_eq!(track.invalid.len(), 1);
    assert_eq!(track.invalid[0].transition, Some("review.approved"), "it is shown");
    track.invalid[0].why.clone()
}

fn why(scene: &mut Scene) -> String {
    refused(scene).to_string()
}

pub(super) fn approve(scene: &mut Scene, sealed: &Event, person: &str, key: &str) -> CommitId {
    let event = scene.about(sealed, person, approved());
    scene.add_signed(&event, key)
}

fn list(scene: &mut Scene, line: &str) {
    scene.roster.signers.allowed.push_str(line);
}

#[test]
fn a_signature_of_another_namespace() {
    let (mut scene, sealed) = sealed();
    *scene.memory.namespace.borrow_mut() = "git".to_owned();
    approve(&mut scene, &sealed, "eli", "eli-key");
    assert!(why(&mut scene).contains("namespace git"));
    assert_ne!(NAMESPACE, "git");
}

#[test]
fn an_approval_under_another_tracks_name() {
    let (mut scene, sealed) = sealed();
    let other = TrackId::of(&name("daily_delays"), [9; 8]);
    let event = Event { track: other.clone(), ..scene.about(&sealed, "eli", approved()) };
    scene.add(&event);
    assert_eq!(refused(&mut scene), Fault::OtherTrack(other.clone()));
    // The whole ledger under another name: nothing of it counts.
    let mut renamed = Scene { id: other, ..scene };
    renamed.links.pop();
    let track = renamed.track();
    assert_eq!((track.invalid.len(), track.design.is_none()), (2, true));
}

#[test]
fn the_author_under_a_second_key_or_a_second_name() {
    let (mut scene, sealed) = sealed();
    list(&mut scene, "eli@example.com,ana@example.com ana-second\n");
    approve(&mut scene, &sealed, "eli", "ana-second");
    assert!(matches!(refused(&mut scene), Fault::SharedKey(_)));

    let (mut scene, sealed) = self::sealed();
    let second = Person { email: "ANA@example.com".to_owned(), role: Role::Engineer };
    scene.roster.people.insert(name("anna"), second);
    list(&mut scene, "ANA@example.com ana-second\n");
    approve(&mut scene, &sealed, "anna", "ana-second");
    assert!(why(&mut scene).contains("ana sealed the package"));

    let (mut scene, sealed) = self::sealed();
    let event = Event { role: Role::Engineer, ..scene.about(&sealed, "ana", approved()) };
    scene.add(&event);
    assert!(matches!(refused(&mut scene), Fault::OtherRole { .. }));
}

#[test]
fn whoever_has_a_hand_in_the_commits() {
    type Part = fn(&mut crate::review::CommitFacts, crate::review::Mail);
    let parts: [(&str, Part); 3] = [
        ("author", |commit, mail| commit.author = mail),
        ("committer", |commit, mail| commit.committer = mail),
        ("co-author", |commit, mail| commit.co_authors.push(mail)),
    ];
    for (part, give) in parts {
        let (mut scene, sealed) = sealed();
        let mail = by(commit('2'), "Eli@Example.com").author;
        give(&mut scene.memory.commits[0], mail);
        approve(&mut scene, &sealed, "eli", "eli-key");
        assert_eq!(why(&mut scene), format!("eli may not approve this: eli is {part} of 111111111111"));
    }
    // Under an address from home, which is nobody's.
    let (mut scene, sealed) = self::sealed();
    scene.memory.commits[0].author =
        crate::review::Mail { name: "ELI".to_owned(), email: "e@home.org".to_owned() };
    approve(&mut scene, &sealed, "eli", "eli-key");
    let told = "eli may not approve this: eli is by name author of 111111111111, as e@home.org";
    assert_eq!(why(&mut scene), told);
    let (mut scene, sealed) = self::sealed();
    scene.roster.tip = commit('e');
    scene.memory.apart = vec![(commit(BASE), commit('e'))];
    approve(&mut scene, &sealed, "eli", "eli-key");
    assert!(
        why(&mut scene).contains("is no commit of the target"),
        "a base after the engineer's own commits"
    );
    let (mut scene, sealed) = self::sealed();
    scene.memory.shallow = true;
    approve(&mut scene, &sealed, "eli", "eli-key");
    assert!(why(&mut scene).contains("the clone is shallow"), "unknown authors are not nobody");
}

#[test]
fn a_key_that_is_none_of_the_signers() {
    let (mut scene, sealed) = sealed();
    approve(&mut scene, &sealed, "eli", "mallory-key");
    assert!(matches!(refused(&mut scene), Fault::Signature(_)));
    let (mut scene, sealed) = self::sealed();
    approve(&mut scene, &sealed, "eli", "emma-key");
    assert!(matches!(refused(&mut scene), Fault::OtherPerson { .. }));
    let (mut scene, sealed) = self::sealed();
    list(&mut scene, "*@example.com wild-key\n");
    approve(&mut scene, &sealed, "eli", "wild-key");
    assert!(matches!(refused(&mut scene), Fault::OtherPerson { .. }));
    let (mut scene, sealed) = self::sealed();
    approve(&mut scene, &sealed, "mallory", "eli-key");
    assert_eq!(refused(&mut scene), Fault::UnknownPerson(name("mallory")));
}

#[test]
fn an_expired_or_revoked_key_whatever_the_date_says() {
    for revoked in [false, true] {
        let (mut scene, sealed) = sealed();
        match revoked {
            true => scene.roster.signers.revoked.push_str("eli-key\n"),
            false => scene.memory.expired.borrow_mut().push("eli-key".to_owned()),
        }
        let event = scene.about(&sealed, "eli", approved());
        scene.add_signed(&event, "eli-key");
        let counts_not =
            |fault| matches!((fault, revoked), (Fault::Revoked, true) | (Fault::Signature(_), false));
        assert!(counts_not(refused(&mut scene)));
        // A year ago, when the key was good.
        scene.links.pop();
        scene.add(&Event { at: event.at - SignedDuration::from_hours(9_000), ..event });
        assert!(counts_not(refused(&mut scene)));
    }
}

#[test]
fn an_entry_of_the_future_or_past_its_own_end() {
    let (mut scene, sealed) = sealed();
    let event = scene.about(&sealed, "eli", approved());
    scene.add(&Event { at: scene.now + SignedDuration::from_hours(1), ..event.clone() });
    assert_eq!(refused(&mut scene), Fault::Future);
    scene.links.pop();
    scene.add(&Event { expires: Some(event.at), ..event });
    assert_eq!(refused(&mut scene), Fault::Expired);
}

#[test]
fn a_truncated_ledger() {
    let (mut scene, sealed) = sealed();
    let event = scene.about(&sealed, "emma", Transition::Requested(Requested { reason: "no".to_owned() }));
    let last = scene.add(&event);
    let checked = scene.check();
    checked.remember(&mut scene.seen);
    assert_eq!(scene.seen.tip, Some(last.clone()));
    scene.links.pop();
    approve(&mut scene, &sealed, "eli", "eli-key");
    let track = scene.track();
    assert_eq!(track.ledger, LedgerState::Rewritten { seen: last.clone() });
    assert!(
        matches!(track.approval.unwrap().standing, Standing::Void { why, .. } if why.contains("rewritten"))
    );
    assert_eq!(track.next.action, NextAction::AskAboutLedger);
    let checked = scene.check();
    checked.remember(&mut scene.seen);
    assert_eq!(scene.seen.tip, Some(last), "a rewritten ledger does not become the known one");
    scene.links.clear();
    assert!(matches!(scene.track().ledger, LedgerState::Gone { .. }), "nothing left is not intact");
}

#[test]
fn a_rewritten_replayed_or_reordered_entry() {
    let (mut scene, sealed) = sealed();
    approve(&mut scene, &sealed, "eli", "eli-key");
    let mut signed = scene.links.pop().unwrap().content.unwrap();
    let text = String::from_utf8(signed.statement.clone()).unwrap();
    signed.statement = text.replace("\"note\":\"\"", "\"note\":\"!\"").into_bytes();
    scene.link(signed);
    assert!(why(&mut scene).contains("made over something else"));
    scene.links.pop();

    scene.say("sam", said("wait"));
    let approval = scene.about(&sealed, "eli", approved());
    scene.links.pop();
    scene.add(&approval);
    assert!(matches!(refused(&mut scene), Fault::OutOfPlace { .. }), "it was signed to follow what is gone");
    scene.links.pop();

    approve(&mut scene, &sealed, "eli", "eli-key");
    let replayed = scene.links.last().unwrap().content.clone().unwrap();
    let event = scene.about(&sealed, "emma", Transition::Requested(Requested { reason: "no".to_owned() }));
    scene.add(&event);
    scene.link(replayed);
    let track = scene.track();
    assert!(matches!(track.invalid[0].why, Fault::OutOfPlace { .. }));
    assert!(!track.approval.unwrap().standing.stands());
}

#[test]
fn an_approval_of_another_head_base_result_target_or_package() {
    type Change = fn(&mut Event);
    let changes: [(&str, Change); 5] = [
        ("head", |event| event.head = commit('9')),
        ("base", |event| event.target.tip = commit('9')),
        ("merge result", |event| event.merge_tree = Some(tree('9'))),
        ("merge result", |event| event.merge_tree = None),
        ("package", |event| event.package = Some(crate::domain::Digest::of(b"other"))),
    ];
    for (what, change) in changes {
        let (mut scene, sealed) = sealed();
        let mut event = scene.about(&sealed, "eli", approved());
        change(&mut event);
        scene.add(&event);
        assert!(matches!(refused(&mut scene), Fault::OtherSubject { what: is, .. } if is == what), "{what}");
    }
    let (mut scene, sealed) = sealed();
    let mut event = scene.about(&sealed, "eli", approved());
    event.target.name = "refs/heads/mine".parse().unwrap();
    scene.add(&event);
    assert!(matches!(refused(&mut scene), Fault::OtherTarget(_)));
}

#[test]
fn a_package_that_is_not_what_it_says() {
    let mut scene = Scene::new();
    scene.open();
    let manifest = scene.package(&[]);
    let other = scene.package(&[("images", CheckStatus::Passed)]);
    let sealing = crate::domain::track::bodies::Sealing { manifest };
    let mut event = scene.event("ana", Transition::Sealed(Box::new(sealing)));
    event.package = Some(crate::review::canonical::digest_of(&other).unwrap());
    scene.add(&event);
    let track = scene.track();
    assert!(matches!(track.invalid[0].why, Fault::OtherSubject { what: "package", .. }));
    assert!(track.package.is_none());
}

#[test]
fn an_approval_after_changes_were_requested_for_the_package() {
    let (mut scene, sealed) = sealed();
    let event = scene.about(&sealed, "emma", Transition::Requested(Requested { reason: "no".to_owned() }));
    scene.add(&event);
    approve(&mut scene, &sealed, "eli", "eli-key");
    assert_eq!(refused(&mut scene), Fault::AfterRequest);
}

#[test]
fn an_approval_of_what_failed_or_was_not_checked_at_all() {
    let mut scene = Scene::new();
    scene.required = vec!["images".to_owned(), "owners".to_owned()];
    scene.open();
    let sealed = scene.seal(&[("images", CheckStatus::Failed)]);
    approve(&mut scene, &sealed, "eli", "eli-key");
    let red = vec!["images failed".to_owned(), "owners is missing".to_owned()];
    assert_eq!(refused(&mut scene), Fault::Checks(red));
}

#[test]
fn an_approval_by_an_analyst() {
    let (mut scene, sealed) = sealed();
    approve(&mut scene, &sealed, "sam", "sam-key");
    assert!(matches!(refused(&mut scene), Fault::OtherSide { .. }));
}

fn people(text: &[u8]) -> Result<indexmap::IndexMap<Name, Person>, String> {
    let lines = std::str::from_utf8(text).unwrap().lines();
    let person = |who: &str| Person { email: format!("{who}@example.com"), role: Role::Engineer };
    Ok(lines.map(|who| (name(who), person(who))).collect())
}

#[test]
fn a_policy_that_the_reviewed_branch_has_changed() {
    let mut scene = Scene::new();
    let base = [("greenroom.yaml", "eli"), (".greenroom-signers", "eli@example.com eli-key")];
    let head = [
        ("greenroom.yaml", "eli\nmallory"),
        (".greenroom-signers", "mallory@example.com mallory-key"),
        (".greenroom-signers-revoked", "eli-key"),
    ];
    for (at, files) in [(commit(BASE), &base[..]), (commit('a'), &head[..])] {
        for (path, text) in files {
            scene.memory.files.insert((at.clone(), format!("flights/{path}")), (*text).to_owned());
        }
    }
    let repository: &dyn Repository = &scene.memory;
    let roster = |at| read_roster(repository, &people, "flights", &scene.roster.target, &at);
    let trusted = roster(commit(BASE)).unwrap();
    assert_eq!(trusted.people.keys().collect::<Vec<_>>(), [&name("eli")]);
    assert_eq!(trusted.signers.revoked, "");
    let sign = |key: &str| format!("{key}|{NAMESPACE}|{}", crate::domain::Digest::of(b"x")).into_bytes();
    assert!(scene.memory.verify(&trusted.signers, b"x", &sign("mallory-key")).is_err());
    assert!(scene.memory.verify(&trusted.signers, b"x", &sign("eli-key")).is_ok());
    let missing = roster(commit('9')).unwrap_err().to_string();
    assert_eq!(missing, "`flights/greenroom.yaml` of the target branch cannot be read: it is missing");
}

#[test]
fn a_good_signature_is_verified_once_and_its_key_each_time() {
    let (mut scene, sealed) = sealed();
    for at in 0..20 {
        scene.say("ana", said(&at.to_string()));
    }
    approve(&mut scene, &sealed, "eli", "eli-key");
    scene.check();
    let first = scene.memory.verified.replace(0);
    assert_eq!(first, 23);
    let again = scene.check();
    assert_eq!(scene.memory.verified.get(), 2, "one of each key");
    assert!(again.entries.iter().all(|entry| entry.standing == Ok(Vouched::Now)));
    // Remembered is what the signature proves, not that its key is allowed.
    scene.roster.signers.revoked.push_str("eli-key\n");
    assert_eq!(refused(&mut scene), Fault::Revoked);
    // Nor is it remembered of other bytes.
    assert_eq!(scene.seen.signatures.len(), 23);
    let mut event = scene.about(&sealed, "eli", approved());
    event.previous = None;
    assert_ne!(encode(&event).unwrap(), scene.links[22].content.as_ref().unwrap().statement);
}

#[test]
fn a_malformed_link_is_shown() {
    let (mut scene, _) = sealed();
    let parent = scene.links.last().map(|link| link.commit.clone());
    let content = Err("it has two parents".to_owned());
    scene.links.push(crate::domain::track::Link { commit: commit('7'), parent, content });
    scene.say("sam", said("after it"));
    let track = scene.track();
    assert_eq!(track.invalid[0].why.to_string(), "it is not an entry of a ledger: it has two parents");
    assert_eq!((track.invalid.len(), track.remarks.len()), (1, 1));
}

/// A scene of two targets, each with signers of its own.
#[test]
fn who_may_sign_for_one_target_may_not_for_another() {
    let (mut scene, sealed) = sealed();
    let stage = scene.roster.clone();
    let mut main = Roster { target: "refs/heads/main".parse().unwrap(), ..stage.clone() };
    main.signers.allowed = "emma@example.com emma-key\n".to_owned();
    let mut event = scene.about(&sealed, "eli", said("for main"));
    event.target.name = main.target.clone();
    scene.add(&event);
    let mut event = scene.about(&sealed, "emma", said("for main"));
    event.target.name = main.target.clone();
    scene.add(&event);
    let trust = crate::review::Trust {
        track: &scene.id,
        rosters: &[stage, main],
        earlier: &|_, _| Err("no such".to_owned()),
        signatures: &scene.memory,
        repository: &scene.memory,
        now: scene.now,
    };
    let checked = crate::review::verify(&scene.links, &trust, &mut scene.seen);
    let valid: Vec<bool> = checked.entries.iter().map(|entry| entry.standing.is_ok()).collect();
    assert_eq!(valid, [true, true, false, true]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    /// Wherever a byte of what is stored is changed, exactly that entry counts no more.
    #[test]
    fn no_byte_can_be_changed(at in 0usize..4, byte in any::<prop::sample::Index>(), by in 1u8.., signature: bool) {
        let (mut scene, sealed) = sealed();
        approve(&mut scene, &sealed, "eli", "eli-key");
        scene.say("sam", said("good"));
        let signed = scene.links[at].content.as_mut().unwrap();
        let bytes = if signature { &mut signed.signature } else { &mut signed.statement };
        let place = byte.index(bytes.len());
        bytes[place] ^= by;
        let valid: Vec<bool> = scene.check().entries.iter().map(|entry| entry.standing.is_ok()).collect();
        let expected: Vec<bool> = (0..4).map(|entry| entry != at).collect();
        prop_assert_eq!(valid, expected);
    }
}
