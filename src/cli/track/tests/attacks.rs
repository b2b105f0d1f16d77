use super::forged::forges;
use super::world::*;
use crate::cli::report::{card_view, track_view};
use crate::cli::track::gathered;
use crate::cli::{Invocation, Look};
use crate::domain::track::{Fault, NextAction, Weight};

/// Stage has these signers from now on, and these keys are revoked.
fn signers(world: &World, allowed: &[(&str, &Clone)], revoked: &[&Clone]) {
    let emma = &world.emma;
    emma.git(&["fetch", "-q"]);
    emma.git(&["switch", "-q", "-C", "work", "origin/stage"]);
    let lines: String = allowed.iter().map(|(who, clone)| signer(who, &clone.key)).collect();
    emma.write(".greenroom-signers", &lines);
    let lines = revoked.iter().map(|clone| signer("x", &clone.key).split_once(' ').unwrap().1.to_owned());
    emma.write(".greenroom-signers-revoked", &lines.collect::<String>());
    emma.commit("Who signs");
    emma.git(&["push", "-q", "origin", "HEAD:stage"]);
}

#[test]
fn an_approval_by_a_key_that_is_gone_does_not_begin_to_count_by_what_others_say() {
    let world = World::new();
    let id = world.worked_on();
    world.ana.told(&["package"]);
    signers(&world, &[("ana", &world.ana), ("emma", &world.emma)], &[]);
    forges(&world.eli, "eli", &id);
    assert!(world.emma.look(&id).track.approval.is_none());
    world.emma.told(&["comment", &id, "is that a good idea?"]);
    let track = world.emma.look(&id).track;
    assert!(track.approval.is_none(), "{:?}", track.approval);
    assert!(matches!(track.invalid[0].why, Fault::Signature(_)), "{:?}", track.invalid);
    let said = world.emma.refused(&["promote", &id]);
    assert!(said.contains("no approval of this package stands"), "{said}");
}

#[test]
fn a_revoked_key_promotes_from_no_clone_that_has_seen_it_count() {
    for listed in [true, false] {
        let world = World::new();
        let id = world.worked_on();
        world.ana.told(&["package"]);
        world.eli.told(&["approve", &id]);
        assert_eq!(world.emma.look(&id).track.next.action, NextAction::Promote);
        let all = [("ana", &world.ana), ("emma", &world.emma), ("eli", &world.eli)];
        signers(&world, if listed { &all } else { &all[..2] }, &[&world.eli]);
        let track = world.emma.look(&id).track;
        assert!(track.approval.is_none(), "listed: {listed}, {:?}", track.approval);
        assert_eq!(track.invalid.last().map(|one| &one.why), Some(&Fault::Revoked));
        let said = world.emma.refused(&["promote", &id]);
        assert!(said.contains("no approval of this package stands"), "{said}");
    }
}

#[test]
fn what_only_one_clone_remembers_is_shown_there_and_merges_nothing() {
    let world = World::new();
    let id = world.worked_on();
    world.ana.told(&["package"]);
    world.eli.told(&["approve", &id]);
    assert_eq!(world.emma.look(&id).track.next.action, NextAction::Promote);
    signers(&world, &[("ana", &world.ana), ("emma", &world.emma)], &[]);
    assert!(world.emma.look(&id).track.approval.is_some(), "it was seen while it counted");
    let stage = world.git(&["rev-parse", "stage"]);
    let said = world.emma.refused(&["promote", &id]);
    assert!(said.contains("the approval of eli counts in this clone only"), "{said}");
    assert!(said.contains("approve"), "{said}");
    let verdict = super::way::card(&world.emma, &id).verdict.text;
    assert!(verdict.contains("approved again") && verdict.contains("counts in this clone only"), "{verdict}");
    assert_eq!(world.git(&["rev-parse", "stage"]), stage);
    world.emma.told(&["approve", &id]);
    world.emma.told(&["promote", &id]);
}

#[test]
fn whoever_wrote_it_at_home_may_not_approve_it_either() {
    let world = World::new();
    let id = world.worked_on();
    let author = ["commit", "-q", "--amend", "--no-edit", "--no-gpg-sign", "--author", "eli <eli@home.org>"];
    world.ana.git(&author);
    world.ana.ran("daily");
    world.ana.told(&["package"]);
    let said = world.eli.refused(&["approve", &id]);
    assert!(said.contains("eli may not approve this: eli is by name author of"), "{said}");
    assert!(said.contains("as eli@home.org"), "{said}");
    world.emma.told(&["approve", &id]);
}

#[test]
fn whoever_wrote_a_part_of_it_may_not_approve_it() {
    let world = World::new();
    let id = world.worked_on();
    world.ana.git(&["commit", "-q", "--amend", "-m", "The least\n\nCo-authored-by: Eli <eli@example.com>"]);
    world.ana.ran("daily");
    world.ana.told(&["package"]);
    let said = world.eli.refused(&["approve", &id]);
    assert!(said.contains("eli may not approve this") && said.contains("co-author"), "{said}");
    let said = world.ana.refused(&["approve", &id]);
    assert!(said.contains("is for an engineer, and ana is none"), "{said}");
    world.emma.told(&["approve", &id]);
}

#[test]
fn an_author_who_is_an_engineer_too_may_not_approve_under_a_second_name() {
    let world = World::new();
    // Ana is listed once more, as an engineer, with another key.
    let root = world.ana.root.parent().unwrap().to_owned();
    let second = key(&root, "ana2");
    let spec = world.ana.root.join("greenroom.yaml");
    let text = fs_err::read_to_string(&spec).unwrap();
    let twice = text.replace("  emma:", "  anna: {email: ANA@example.com, role: engineer}\n  emma:");
    fs_err::write(&spec, twice).unwrap();
    let public = signer("ana", &second).replace("ana@", "ANA@");
    let signers = fs_err::read_to_string(world.ana.root.join(".greenroom-signers")).unwrap();
    world.ana.write(".greenroom-signers", &(signers + &public));
    world.ana.commit("Twice");
    world.ana.git(&["push", "-q", "origin", "main", "main:twice"]);
    // And an engineer has signed for that.
    let emma = &world.emma;
    emma.git(&["fetch", "-q"]);
    emma.git(&["switch", "-q", "twice"]);
    emma.told(&["track", "vouch"]);
    emma.commit("So it is");
    emma.git(&["push", "-q", "origin", "HEAD:stage"]);
    world.ana.git(&["fetch", "-q"]);
    world.ana.git(&["merge", "-q", "--ff-only", "origin/stage"]);
    let id = world.worked_on();
    world.ana.told(&["package"]);
    world.ana.git(&["config", "greenroom.signingKey", second.as_str()]);
    let said = world.ana.refused(&["approve", &id]);
    assert!(said.contains("would not count"), "{said}");
}

#[test]
fn a_branch_has_no_say_in_who_reviews_it() {
    let world = World::new();
    let id = world.worked_on();
    let spec = world.ana.root.join("greenroom.yaml");
    let text = fs_err::read_to_string(&spec).unwrap();
    let mine = text.replace("role: analyst", "role: engineer").replace("branch: stage", "branch: ana/late");
    fs_err::write(&spec, mine).unwrap();
    world.ana.commit("Who I am");
    world.ana.ran("daily");
    world.ana.told(&["package"]);
    let said = world.ana.refused(&["approve", &id]);
    assert!(said.contains("is for an engineer, and ana is none"), "{said}");
    // Also where somebody has just that branch checked out.
    world.eli.git(&["fetch", "-q"]);
    world.eli.git(&["switch", "-q", "ana/late"]);
    let (desk, looked) = (world.eli.desk(), world.eli.look(&id));
    assert_eq!(desk.target.short(), "stage");
    let card = gathered(&desk, &looked, &desk.roster().unwrap()).unwrap().card(&looked);
    let risk = card.risks.iter().find(|risk| risk.what.contains("greenroom.yaml")).unwrap();
    assert!(risk.weight >= Weight::Notable);
}

#[test]
fn a_key_that_the_target_does_not_list_signs_nothing() {
    let world = World::new();
    let id = world.worked_on();
    world.ana.told(&["package"]);
    let stranger = key(world.eli.root.parent().unwrap(), "stranger");
    world.eli.git(&["config", "greenroom.signingKey", stranger.as_str()]);
    let before = world.git(&["for-each-ref"]);
    let said = world.eli.refused(&["approve", &id]);
    assert!(said.contains("your signature would not count"), "{said}");
    assert!(said.contains("greenroom track setup --role ROLE"), "{said}");
    // Whoever has mixed up keys or addresses is written down there already.
    let eli = &world.eli;
    eli.git(&["config", "greenroom.signingKey", world.emma.key.as_str()]);
    let said = eli.refused(&["comment", &id, "Well"]);
    assert!(said.contains("on `stage` the key that git signs with here is of emma"), "{said}");
    assert!(said.contains("with a key of your own") && !said.contains("track setup"), "{said}");
    eli.git(&["config", "greenroom.signingKey", eli.key.as_str()]);
    eli.git(&["config", "user.email", "ely@example.com"]);
    let said = eli.refused(&["comment", &id, "Well"]);
    assert!(said.contains("if you are eli: git config user.email eli@example.com"), "{said}");
    assert_eq!(world.git(&["for-each-ref"]), before);
}

#[test]
fn changes_that_were_requested_are_not_approved_away() {
    let world = World::new();
    let id = world.worked_on();
    world.ana.told(&["package"]);
    world.eli.told(&["request-changes", &id, "why the least?"]);
    let said = world.emma.refused(&["approve", &id]);
    assert!(said.contains("changes were requested for this very package"), "{said}");
    assert_eq!(world.ana.look(&id).track.next.action, NextAction::SealAgain);
}

#[test]
fn what_people_write_reaches_no_terminal_raw() {
    let world = World::new();
    let id = world.opened();
    let evil = "\x1b]52;c;x\x07 \u{202e}live";
    world.ana.git(&["switch", "-q", "-c", "ana/\u{202e}evil"]);
    world.ana.write("sql/\x1b[31mred\n.sql", "SELECT 1");
    world.ana.write("sql/late.sql", &LATE.replace("MAX", "MIN"));
    world.ana.commit(&format!("{evil}\n\nCo-authored-by: {evil} <{evil}@example.com>"));
    world.ana.ran("daily");
    world.ana.told(&["package", "--track", &id]);
    world.eli.told(&["comment", &id, evil, "--at", "sql/late.sql:1"]);
    let (desk, looked) = (world.eli.desk(), world.eli.look(&id));
    let look = Look { width: 80, colour: false };
    let card = gathered(&desk, &looked, &desk.roster().unwrap()).unwrap().card(&looked);
    let invocation = Invocation::default();
    let told = [card_view(&card, &invocation, &look), track_view(&looked.track, &invocation, &look)].concat();
    let raw = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
    assert!(!told.contains(raw), "{told:?}");
    assert!(told.contains("live"), "{told}");
}
