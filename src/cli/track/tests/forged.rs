//! Entries that are written past all that Greenroom refuses, and pushed: whoever looks is shown that they do not count.

use jiff::Timestamp;

use super::world::*;
use crate::cli::track::Desk;
use crate::domain::track::bodies::{Approved, Sealing};
use crate::domain::track::{
    Event, Fault, LedgerState, NextAction, Signed, Standing, Target, Track, TrackId, Transition,
};
use crate::domain::{Digest, Name, Role};
use crate::git::Prompt;
use crate::git::ssh::NAMESPACE;
use crate::review::{Ledger as _, digest_of, encode};

/// An approval of what is packaged, in somebody's name.
fn approval(clone: &Clone, who: &str, id: &str) -> Event {
    let looked = clone.look(id);
    let package = looked.track.package.as_ref().unwrap();
    let manifest = &package.manifest;
    Event {
        track: looked.track.id.clone(),
        transition: Transition::Approved(Approved { note: String::new() }),
        person: Name::new(who).unwrap(),
        role: Role::Engineer,
        at: Timestamp::now(),
        expires: None,
        previous: Some(looked.kept.tip.clone()),
        target: Target { name: manifest.target.clone(), tip: manifest.base.clone() },
        seen: Some(manifest.base.clone()),
        head: manifest.head.clone(),
        merge_tree: Some(manifest.merge_tree.clone()),
        package: Some(package.digest.clone()),
    }
}

/// The same, pushed.
pub(super) fn forges(clone: &Clone, who: &str, id: &str) {
    pushes(clone, &approval(clone, who, id), NAMESPACE, id);
}

/// Signed by the clone's own key.
fn pushes(clone: &Clone, event: &Event, namespace: &str, id: &str) {
    let desk = clone.desk();
    let statement = encode(event).unwrap();
    let signature = desk.keys.own.as_ref().unwrap().sign(namespace, &statement, Prompt::Never).unwrap();
    appends(clone, &desk, event, &Signed { statement, signature }, id);
}

fn appends(clone: &Clone, desk: &Desk, event: &Event, signed: &Signed, id: &str) {
    let entry = desk.git().append(event.previous.as_ref(), signed, &[]).unwrap();
    clone.git(&["push", "-q", "--force", "origin", &format!("{entry}:refs/greenroom/tracks/{id}")]);
}

/// What the last entry comes to, for somebody who has nothing to do with it.
fn last(world: &World, id: &str) -> (Track, Fault) {
    let track = world.emma.look(id).track;
    assert!(track.approval.is_none(), "{:?}", track.approval);
    assert_eq!(track.next.action, NextAction::Review);
    let last = track.invalid.last().unwrap();
    assert_eq!(Some(&last.entry), track.tip.as_ref());
    let why = last.why.clone();
    (track, why)
}

#[test]
fn a_signature_for_another_purpose_approves_nothing() {
    let world = World::new();
    let id = world.worked_on();
    world.ana.told(&["package"]);
    for (namespace, named) in [("git", "`git`"), ("greenroom-track-v2", "`greenroom-track-v2`")] {
        pushes(&world.eli, &approval(&world.eli, "eli", &id), namespace, &id);
        let (_, why) = last(&world, &id);
        let Fault::Signature(told) = &why else { panic!("{why:?}") };
        assert!(told.contains("made for something else") && told.contains(named), "{told}");
    }
    let said = world.ana.refused(&["promote", &id]);
    assert!(said.contains("no approval of this package stands"), "{said}");
}

#[test]
fn an_approval_of_anything_else_approves_nothing() {
    let world = World::new();
    let id = world.worked_on();
    world.ana.told(&["package"]);
    let event = approval(&world.eli, "eli", &id);
    let other = event.target.tip.clone();
    let tree = world.eli.desk().repository.tree(&other).unwrap();
    let what = |why: Fault| match why {
        Fault::OtherSubject { what, .. } => what.to_owned(),
        Fault::OtherTrack(_) => "track".to_owned(),
        Fault::OtherTarget(_) => "target".to_owned(),
        why => panic!("{why:?}"),
    };
    let main = crate::domain::track::RefName::branch("main").unwrap();
    let lies = [
        ("head", Event { head: other.clone(), ..event.clone() }),
        (
            "base",
            Event { target: Target { tip: event.head.clone(), ..event.target.clone() }, ..event.clone() },
        ),
        ("target", Event { target: Target { name: main, ..event.target.clone() }, ..event.clone() }),
        ("merge result", Event { merge_tree: Some(tree), ..event.clone() }),
        ("package", Event { package: Some(Digest::of(b"another")), ..event.clone() }),
        ("track", Event { track: TrackId::new("daily-zzzzzz").unwrap(), ..event.clone() }),
    ];
    for (named, lie) in lies {
        let previous = Some(world.eli.look(&id).kept.tip);
        pushes(&world.eli, &Event { previous, ..lie }, NAMESPACE, &id);
        let (_, why) = last(&world, &id);
        assert_eq!(what(why), named);
    }
    // After all that a good one counts.
    world.emma.told(&["approve", &id]);
    assert_eq!(world.ana.look(&id).track.invalid.len(), 6);
    world.ana.told(&["promote", &id]);
}

#[test]
fn an_expired_key_approves_nothing_whatever_date_it_writes() {
    let world = World::new();
    let id = world.worked_on();
    world.ana.told(&["package"]);
    let event = approval(&world.eli, "eli", &id);
    let emma = &world.emma;
    emma.git(&["fetch", "-q"]);
    emma.git(&["switch", "-q", "-c", "work", "origin/stage"]);
    let signers = fs_err::read_to_string(emma.root.join(".greenroom-signers")).unwrap();
    let ended = signers.replace("eli@example.com ", "eli@example.com valid-before=\"20200101\" ");
    assert_ne!(ended, signers);
    emma.write(".greenroom-signers", &ended);
    emma.commit("Eli's key has ended");
    emma.git(&["push", "-q", "origin", "HEAD:stage"]);
    let then: Timestamp = "2019-06-01T12:00:00Z".parse().unwrap();
    for at in [then, Timestamp::now()] {
        let previous = Some(world.ana.look(&id).kept.tip);
        pushes(&world.eli, &Event { at, previous, ..event.clone() }, NAMESPACE, &id);
        let (_, why) = last(&world, &id);
        assert!(matches!(&why, Fault::Signature(why) if why.contains("expired")), "{why:?}");
    }
    let said = world.eli.refused(&["approve", &id]);
    assert!(said.contains("your signature would not count") && said.contains("expired"), "{said}");
}

#[test]
fn an_entry_that_is_said_again_or_otherwise_counts_for_nothing() {
    let world = World::new();
    let id = world.worked_on();
    world.ana.told(&["package"]);
    world.eli.told(&["approve", &id]);
    let desk = world.eli.desk();
    let looked = world.eli.look(&id);
    let links = desk.git().links(&looked.kept.tip).unwrap();
    let given = links.last().unwrap().content.as_ref().unwrap().clone();
    // The same words and signature once more, when another package waits.
    world.ana.write("sql/late.sql", &LATE.replace("MAX", "AVG"));
    world.ana.commit("The mean");
    world.ana.ran("daily");
    world.ana.told(&["package"]);
    let event = approval(&world.eli, "eli", &id);
    appends(&world.eli, &world.eli.desk(), &event, &given, &id);
    let track = world.ana.look(&id).track;
    let why = &track.invalid.last().unwrap().why;
    assert!(matches!(why, Fault::OutOfPlace { .. }), "{why:?}");
    assert_eq!(track.next.action, NextAction::Review);

    // Other words under a signature that was good, in the place of what was said.
    world.eli.told(&["comment", &id, "well done"]);
    let said = world.ana.look(&id);
    assert_eq!(said.track.remarks.len(), 1);
    let desk = world.eli.desk();
    let link = desk.git().links(&said.kept.tip).unwrap().pop().unwrap().content.unwrap();
    let text = String::from_utf8(link.statement).unwrap().replace("well done", "bad idea.");
    let signed = Signed { statement: text.into_bytes(), signature: link.signature };
    appends(&world.eli, &desk, &approval_after(&event, &said.track, &world), &signed, &id);
    // Who has seen it notices; to whoever comes new it does not count.
    assert!(matches!(world.ana.look(&id).track.ledger, LedgerState::Rewritten { .. }));
    let track = world.emma.look(&id).track;
    let why = &track.invalid.last().unwrap().why;
    assert!(track.remarks.is_empty() && matches!(why, Fault::Signature(_)), "{why:?}");
}

/// An event in the place of the last one.
fn approval_after(event: &Event, track: &Track, world: &World) -> Event {
    let before = world.eli.git(&["rev-parse", &format!("{}^", track.tip.as_ref().unwrap())]);
    Event { previous: Some(before.trim().parse().unwrap()), ..event.clone() }
}

/// Seals what is no package of the track's branch: rightly signed by an analyst, and refused.
fn seals(clone: &Clone, id: &str, change: impl FnOnce(&mut crate::domain::track::Package)) {
    let looked = clone.look(id);
    let mut manifest = looked.track.package.as_ref().unwrap().manifest.clone();
    change(&mut manifest);
    let event = Event {
        transition: Transition::Sealed(Box::new(Sealing { manifest: manifest.clone() })),
        role: Role::Analyst,
        head: manifest.head.clone(),
        target: Target { name: manifest.target.clone(), tip: manifest.base.clone() },
        merge_tree: Some(manifest.merge_tree.clone()),
        package: Some(digest_of(&manifest).unwrap()),
        ..approval(clone, "ana", id)
    };
    pushes(clone, &event, NAMESPACE, id);
}

#[test]
fn a_seal_that_is_refused_has_no_say_in_what_became_of_the_package() {
    let world = World::new();
    let id = world.worked_on();
    world.ana.told(&["package"]);
    world.eli.told(&["approve", &id]);
    let emma = &world.emma;
    emma.git(&["fetch", "-q"]);
    emma.git(&["switch", "-q", "-c", "work", "origin/stage"]);
    emma.write("data/flights.csv", "carrier,delay\nAA,2\n");
    emma.commit("Of the closure");
    emma.git(&["push", "-q", "origin", "HEAD:stage"]);
    let void = |clone: &Clone| {
        let approval = clone.look(&id).track.approval.unwrap();
        assert!(matches!(approval.standing, Standing::Void { .. }), "{:?}", approval.standing);
    };
    void(&world.eli);
    // A commit without workflows has no closures; the tree is none at all.
    let ledger = world.ana.look(&id).kept.tip;
    seals(&world.ana, &id, |manifest| manifest.head = ledger);
    void(&world.eli);
    seals(&world.ana, &id, |manifest| manifest.merge_tree = "1".repeat(40).parse().unwrap());
    void(&world.eli);
    // Another branch that was left where the package's was.
    world.ana.git(&["push", "-q", "origin", "HEAD:refs/heads/ana/left"]);
    world.ana.write("docs/more.md", "more");
    world.ana.commit("More");
    world.ana.git(&["push", "-q", "origin", "ana/late"]);
    let left = crate::domain::track::RefName::branch("ana/left").unwrap();
    seals(&world.ana, &id, |manifest| {
        manifest.branch = left;
        manifest.merge_tree = "1".repeat(40).parse().unwrap();
    });
    void(&world.eli);
    let said = world.ana.refused(&["promote", &id]);
    assert!(!said.contains("object not found"), "{said}");
}

#[test]
fn a_package_on_an_earlier_target_is_looked_at_by_whoever_has_not_made_its_merge() {
    let world = World::new();
    let id = world.worked_on();
    let emma = &world.emma;
    emma.git(&["fetch", "-q"]);
    emma.git(&["switch", "-q", "-c", "work", "origin/stage"]);
    let moves = |path: &str| {
        emma.write(path, "of no step");
        emma.commit("Something else");
        emma.git(&["push", "-q", "origin", "HEAD:stage"]);
    };
    moves("docs/one.md");
    world.ana.told(&["package"]);
    moves("docs/two.md");
    for clone in [&world.eli, &world.emma] {
        let (_, all) = clone.desk().visit_all().unwrap_or_else(|error| panic!("{error:?}"));
        assert_eq!(all.len(), 1);
        assert!(all[0].track.package.is_some());
    }
    world.eli.told(&["approve", &id]);
}

#[test]
fn names_by_an_unlisted_key_keep_no_branch_from_being_fetched() {
    let world = World::new();
    let id = world.worked_on();
    world.ana.told(&["package"]);
    let before = world.ana.look(&id);
    let mut previous = before.kept.tip.clone();
    let desk = world.ana.desk();
    for n in 0..4 {
        let mut manifest = before.track.package.as_ref().unwrap().manifest.clone();
        manifest.branch = crate::domain::track::RefName::branch(&format!("junk-{n}")).unwrap();
        let event = Event {
            transition: Transition::Sealed(Box::new(Sealing { manifest })),
            previous: Some(previous.clone()),
            ..approval(&world.ana, "ana", &id)
        };
        let statement = encode(&event).unwrap();
        // Of another purpose: it counts no more than that of a key that nobody lists.
        let signature = desk.keys.own.as_ref().unwrap().sign("git", &statement, Prompt::Never).unwrap();
        previous = desk.git().append(Some(&previous), &Signed { statement, signature }, &[]).unwrap();
    }
    world.ana.git(&["push", "-q", "--force", "origin", &format!("{previous}:refs/greenroom/tracks/{id}")]);
    let track = world.emma.look(&id).track;
    assert_eq!(track.invalid.len(), 4);
    assert_eq!(track.package.unwrap().merge, Ok(()));
    world.emma.told(&["approve", &id]);
}
