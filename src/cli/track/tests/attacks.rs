use super::world::*;
use crate::cli::report::{card_view, track_view};
use crate::cli::track::gathered;
use crate::cli::{Invocation, Look};
use crate::domain::track::{NextAction, Weight};

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
    world.ana.git(&["push", "-q", "origin", "main", "main:stage"]);
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
