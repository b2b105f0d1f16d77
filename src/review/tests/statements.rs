//! What is signed is what is stored, and is read strictly.

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::domain::track::bodies::{Agreed, Approved, Armed, Place, Said};
use crate::domain::track::{Event, Fault, Transition};
use crate::review::canonical::canonical;
use crate::review::testing::{Scene, commit, opened, tree};
use crate::review::{decode, encode, payload};

fn event() -> Event {
    let scene = Scene::new();
    let sealed = scene.event("ana", Transition::Opened(opened()));
    Event { package: Some(crate::domain::Digest::of(b"x")), ..sealed }
}

fn changed(change: impl FnOnce(&mut Value)) -> Result<crate::review::Decoded, Fault> {
    let mut value: Value = serde_json::from_slice(&encode(&event()).unwrap()).unwrap();
    change(&mut value);
    decode(&canonical(&value).unwrap())
}

#[test]
fn a_statement_is_in_toto_and_comes_back_as_it_was() {
    let event = event();
    let bytes = encode(&event).unwrap();
    let value: Value = serde_json::from_slice(&bytes).unwrap();
    assert_eq!(value["_type"], "https://in-toto.io/Statement/v1");
    let subject = json!([
        {"digest": {"gitCommit": "a".repeat(40)}, "name": "head"},
        {"digest": {"gitTree": "c".repeat(40)}, "name": "merge"},
        {"digest": {"sha256": crate::domain::Digest::of(b"x")}, "name": "package"},
    ]);
    assert_eq!(value["subject"], subject);
    assert_eq!(value["predicate"]["transition"], "track.opened");
    assert_eq!(value["predicate"]["target"], json!({"ref": "refs/heads/stage", "tip": "b".repeat(40)}));
    let back = decode(&bytes).unwrap();
    assert_eq!((back.event, back.unknown.len()), (event, 0));
}

#[test]
fn what_a_newer_one_says_more_is_kept_and_told() {
    let told = changed(|value| {
        value["predicate"]["body"]["risk"] = json!("high");
        value["predicate"]["via"] = json!({"host": "x"});
        value["more"] = json!(1);
        value["subject"].as_array_mut().unwrap().push(json!({"name": "image", "digest": {"sha256": "0"}}));
    })
    .unwrap();
    assert_eq!(told.event, event());
    let unknown = [
        "more = 1",
        r#"predicate.body.risk = "high""#,
        r#"predicate.via = {"host":"x"}"#,
        r#"subject = {"digest":{"sha256":"0"},"name":"image"}"#,
    ];
    assert_eq!(told.unknown, unknown);
}

#[test]
fn what_is_not_exactly_a_statement_is_none() {
    let fault = |change: &dyn Fn(&mut Value)| changed(change).unwrap_err();
    assert_eq!(
        fault(&|value| value["predicate"]["transition"] = json!("review.blessed")),
        Fault::UnknownEvent("review.blessed".to_owned())
    );
    let wrong: [&dyn Fn(&mut Value); 9] = [
        &|value| value["_type"] = json!("https://in-toto.io/Statement/v0.1"),
        &|value| value["predicateType"] = json!("urn:other"),
        &|value| value["predicate"]["at"] = json!("2026-01-05T12:00:00+00:00"),
        &|value| value["predicate"]["person"] = json!("Ana"),
        &|value| value["predicate"]["body"]["need"] = json!(1),
        &|value| value["predicate"]["target"]["ref"] = json!("stage"),
        &|value| value["subject"] = json!([]),
        &|value| value["subject"][0]["digest"] = json!({"sha256": "0".repeat(64)}),
        &|value| {
            let again = value["subject"][2].clone();
            value["subject"].as_array_mut().unwrap().push(again);
        },
    ];
    for (at, change) in wrong.iter().enumerate() {
        assert!(matches!(fault(change), Fault::NotAStatement(_)), "{at}: {}", fault(change));
    }
    let bytes = String::from_utf8(encode(&event()).unwrap()).unwrap();
    let twice = bytes.replacen("\"person\":\"ana\"", "\"person\":\"eli\",\"person\":\"ana\"", 1);
    assert_ne!(twice, bytes);
    for other in [twice, bytes.clone() + "\n", bytes.replacen(':', ": ", 1), "{".repeat(9_000), String::new()]
    {
        assert!(matches!(decode(other.as_bytes()), Err(Fault::NotAStatement(_))), "{other:.80}");
    }
}

#[test]
fn two_people_sign_one_payload_and_another_commit_is_another() {
    let one = event();
    let later = one.at + jiff::SignedDuration::from_hours(1);
    let other = Event {
        person: Scene::new().event("eli", one.transition.clone()).person,
        role: crate::domain::Role::Engineer,
        at: later,
        expires: Some(later),
        previous: Some(commit('9')),
        ..one.clone()
    };
    assert_eq!(payload(&one).unwrap(), payload(&other).unwrap());
    let different = [
        Event { head: commit('9'), ..one.clone() },
        Event { merge_tree: None, ..one.clone() },
        Event { package: None, ..one.clone() },
        Event { transition: Transition::Agreed(Agreed { design: commit('9') }), ..one.clone() },
    ];
    for different in different {
        assert_ne!(payload(&different).unwrap(), payload(&one).unwrap());
    }
}

fn transition() -> impl Strategy<Value = Transition> {
    prop_oneof![
        any::<String>().prop_map(|note| Transition::Approved(Approved { note })),
        (any::<String>(), any::<Option<(String, u64)>>()).prop_map(|(text, place)| {
            let place = place.map(|(path, line)| Place { path, line });
            Transition::Said(Said { text, place, answers: Some(commit('e')) })
        }),
        any::<String>()
            .prop_map(|tag| { Transition::Armed(Armed { tag, tree: tree('d'), rollback: commit('d') }) }),
    ]
}

proptest! {
    #[test]
    fn every_text_comes_back(transition in transition(), seconds in 0i64..4_000_000_000) {
        let at = jiff::Timestamp::from_second(seconds).unwrap();
        let event = Event { at, ..Scene::new().event("ana", transition) };
        prop_assert_eq!(decode(&encode(&event).unwrap()).unwrap().event, event);
    }

    #[test]
    fn no_bytes_are_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200), cut in 0usize..900) {
        prop_assert!(decode(&bytes).is_err());
        let whole = encode(&event()).unwrap();
        let cut = cut.min(whole.len() - 1);
        prop_assert!(decode(&whole[..cut]).is_err());
    }
}

#[test]
fn an_entry_from_before_it_was_told_what_was_seen_is_read_as_it_is() {
    let old = Event { seen: None, ..event() };
    let bytes = encode(&old).unwrap();
    assert!(!String::from_utf8_lossy(&bytes).contains("\"seen\""));
    assert_eq!(decode(&bytes).map(|decoded| (decoded.event, decoded.unknown)), Ok((old.clone(), Vec::new())));
    // Two who have not fetched at the same time sign the same.
    let new = Event { seen: Some(commit('9')), ..old.clone() };
    assert_eq!(decode(&encode(&new).unwrap()).map(|decoded| decoded.event), Ok(new.clone()));
    assert_eq!(payload(&old).unwrap(), payload(&new).unwrap());
}
