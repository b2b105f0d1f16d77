//! What others do, or the same person elsewhere, between a look and a word.

use std::thread;

use super::accidents::moves_stage;
use super::way::card;
use super::world::*;
use crate::cli::commands::promote;
use crate::cli::report::tracks_table;
use crate::cli::track::Desk;
use crate::cli::{Exit, Invocation, Look};
use crate::domain::track::{NextAction, VerdictKind};
use crate::git::Prompt;

#[test]
fn all_commands_of_one_clone_are_heard() {
    let world = World::new();
    let id = world.opened();
    thread::scope(|scope| {
        for who in 0..8 {
            let (id, clone) = (&id, &world.eli);
            scope.spawn(move || {
                for at in 0..2 {
                    clone.told(&["comment", id, &format!("{who} {at}")]);
                }
            });
        }
    });
    let track = world.ana.look(&id).track;
    assert_eq!((track.remarks.len(), track.invalid.len()), (16, 0), "{:#?}", track.invalid);
}

#[test]
fn whoever_promotes_second_finds_it_done() {
    let world = World::new();
    let id = world.worked_on();
    world.ana.told(&["package"]);
    world.eli.told(&["approve", &id]);
    let desk = Desk::at(Some(&world.emma.root), Prompt::Never).unwrap().0;
    let (id, seen) = desk.visit(&id).unwrap();
    let digest = seen.track.package.as_ref().unwrap().digest.clone();
    world.eli.told(&["promote", id.as_str()]);
    let there = world.git(&["for-each-ref"]);
    let looked = promote::promote(&desk, &id, &seen, &digest, &Invocation::default()).unwrap();
    let stage = world.git(&["rev-parse", "stage"]);
    assert_eq!(looked.track.promotion.unwrap().commit.as_str(), stage.trim());
    assert_eq!(world.git(&["for-each-ref"]), there);
}

#[test]
fn what_is_on_its_target_is_not_promoted_once_more() {
    let world = World::new();
    let id = world.worked_on();
    world.ana.told(&["package"]);
    world.eli.told(&["approve", &id]);
    world.ana.told(&["promote", &id]);
    let there = world.git(&["for-each-ref"]);
    for words in [&["promote", &id][..], &["promote", &id, "--wait"]] {
        assert_eq!(world.eli.run(words).unwrap(), Exit::Done);
        assert_eq!(world.git(&["for-each-ref"]), there);
    }
    assert_eq!(world.emma.look(&id).track.promotion.unwrap().by.as_str(), "ana");
}

#[test]
fn what_was_merged_elsewhere_is_recorded_by_one() {
    let world = World::new();
    let id = world.worked_on();
    world.ana.told(&["package"]);
    world.eli.told(&["approve", &id]);
    let desk = Desk::at(Some(&world.emma.root), Prompt::Never).unwrap().0;
    world.eli.git(&["fetch", "-q"]);
    world.eli.git(&["switch", "-q", "-C", "work", "origin/stage"]);
    world.eli.git(&["merge", "-q", "--no-ff", "-m", "By hand", "origin/ana/late"]);
    world.eli.git(&["push", "-q", "origin", "HEAD:stage"]);
    let (id, seen) = desk.visit(&id).unwrap();
    assert!(seen.track.promotion.is_none());
    let digest = seen.track.package.as_ref().unwrap().digest.clone();
    world.eli.told(&["promote", id.as_str()]);
    let there = world.git(&["for-each-ref"]);
    // Emma has looked before eli wrote it down.
    let looked = promote::promote(&desk, &id, &seen, &digest, &Invocation::default()).unwrap();
    assert_eq!(looked.track.promotion.unwrap().by.as_str(), "eli");
    assert_eq!(world.git(&["for-each-ref"]), there);
}

#[test]
fn another_package_that_was_promoted_meanwhile_is_not_the_one_that_was_asked_for() {
    let world = World::new();
    let id = world.worked_on();
    world.ana.told(&["package"]);
    world.eli.told(&["approve", &id]);
    let desk = Desk::at(Some(&world.emma.root), Prompt::Never).unwrap().0;
    let (id, seen) = desk.visit(&id).unwrap();
    let digest = seen.track.package.as_ref().unwrap().digest.clone();
    world.ana.write("docs/more.md", "more");
    world.ana.commit("More");
    world.ana.ran("daily");
    world.ana.told(&["package"]);
    world.eli.told(&["approve", id.as_str()]);
    world.eli.told(&["promote", id.as_str()]);
    let there = world.git(&["for-each-ref"]);
    let error = promote::promote(&desk, &id, &seen, &digest, &Invocation::default()).err().unwrap();
    assert!(error.what.contains("was sealed meanwhile"), "{error:?}");
    assert_eq!(world.git(&["for-each-ref"]), there);
}

#[test]
fn a_branch_that_was_rewritten_here_is_packaged_anew() {
    let world = World::new();
    let id = world.worked_on();
    world.ana.told(&["package"]);
    world.eli.told(&["approve", &id]);
    world.ana.git(&["commit", "-q", "--amend", "-m", "Said better"]);
    let head = world.ana.git(&["rev-parse", "HEAD"]);
    world.ana.ran("daily");
    world.ana.told(&["package"]);
    assert_eq!(world.git(&["rev-parse", "ana/late"]), head);
    let track = world.eli.look(&id).track;
    assert_eq!(track.package.unwrap().manifest.head.as_str(), head.trim());
    assert!(track.approval.is_none_or(|given| !given.standing.stands()));

    // What somebody else has pushed since is not written over.
    let emma = &world.emma;
    emma.git(&["fetch", "-q"]);
    emma.git(&["switch", "-q", "ana/late"]);
    emma.write("docs/more.md", "more");
    let theirs = emma.commit("More");
    emma.git(&["push", "-q", "origin", "ana/late"]);
    world.ana.git(&["commit", "-q", "--amend", "-m", "Said better still"]);
    world.ana.ran("daily");
    let said = world.ana.refused(&["package"]);
    assert!(said.contains("`ana/late` on origin has commits that yours has not"), "{said}");
    assert_eq!(world.git(&["rev-parse", "ana/late"]).trim(), theirs.trim());
}

#[test]
fn an_approval_that_would_be_void_at_once_is_not_signed() {
    let world = World::new();
    let id = world.worked_on();
    world.ana.told(&["package"]);
    let refused = |why: &str| {
        let there = world.git(&["for-each-ref"]);
        let said = world.eli.refused(&["approve", &id]);
        assert!(said.contains("your approval would not count") && said.contains(why), "{said}");
        assert!(said.contains("have the branch packaged again, with `stage` in it"), "{said}");
        assert_eq!(world.git(&["for-each-ref"]), there);
        let track = world.eli.look(&id).track;
        assert_eq!((track.next.action, track.approval), (NextAction::SealAgain, None));
        let verdict = card(&world.eli, &id).verdict;
        assert_eq!(verdict.kind, VerdictKind::Blocked);
        assert!(verdict.text.contains(why), "{}", verdict.text);
    };
    moves_stage(&world, "sql/late.sql", "SELECT carrier FROM lake.flights\n");
    refused("it conflicts with stage now, in sql/late.sql");
    moves_stage(&world, "sql/late.sql", LATE);
    moves_stage(&world, "data/flights.csv", "carrier,delay\nAA,2\n");
    refused("stage has changed data/flights.csv, on which the step ");
    // Of no step: it is approved as it would be merged now.
    moves_stage(
        &world,
        "data/flights.csv",
        &fs_err::read_to_string(world.ana.root.join("data/flights.csv")).unwrap(),
    );
    moves_stage(&world, "docs/other.md", "of no step");
    world.eli.told(&["approve", &id]);
    assert!(world.eli.look(&id).track.approval.unwrap().standing.stands());
}

#[test]
fn without_the_remote_what_it_had_is_shown_and_nothing_is_said() {
    let world = World::new();
    let id = world.worked_on();
    world.ana.told(&["package"]);
    world.eli.told(&["review", "show", &id]);
    let away = world.remote.with_extension("away");
    fs_err::rename(&world.remote, &away).unwrap();
    for words in [&["review"][..], &["review", "show", &id], &["track", "list"], &["track", "show", &id]] {
        world.eli.told(words);
    }
    let desk = Desk::at(Some(&world.eli.root), Prompt::Never).unwrap().0.looking();
    let told = std::rc::Rc::new(std::cell::RefCell::new(Vec::new()));
    let heard = std::rc::Rc::clone(&told);
    let desk = desk.warning(Box::new(move |text| heard.borrow_mut().push(text.to_owned())));
    let (_, looked) = desk.visit(&id).unwrap();
    assert!(looked.track.package.is_some());
    let told = told.take();
    assert!(matches!(&told[..], [one] if one.starts_with("origin does not answer: ")), "{told:?}");
    let error = world.eli.run(&["approve", &id]).unwrap_err();
    assert_eq!(error.exit, Exit::NotReady, "{error:?}");
    fs_err::rename(&away, &world.remote).unwrap();
    world.eli.told(&["approve", &id]);
}

#[test]
fn a_workflow_means_the_way_that_it_is_on() {
    let world = World::new();
    let first = world.worked_on();
    world.ana.told(&["package"]);
    world.eli.told(&["approve", &first]);
    world.ana.told(&["promote", &first]);
    world.ana.git(&["switch", "-q", "main"]);
    let second = world.opened();
    assert_ne!(first, second);
    let desk = world.eli.desk();
    assert_eq!(desk.visit("daily").unwrap().0.as_str(), second);
    world.opened();
    let said = world.eli.refused(&["track", "show", "daily"]);
    assert!(said.contains("`daily` is more than one track"), "{said}");
}

#[test]
fn a_ledger_goes_on_as_a_branch_where_no_other_refs_are_taken_any_more() {
    let world = World::new();
    let id = world.worked_on();
    world.hook("update", "case $1 in refs/greenroom/*) echo only branches here; exit 1;; esac");
    world.ana.told(&["package"]);
    world.eli.told(&["approve", &id]);
    let track = world.emma.look(&id).track;
    assert_eq!((track.next.action, track.invalid.len()), (NextAction::Promote, 0), "{:?}", track.invalid);
    world.emma.told(&["promote", &id]);
    assert_eq!(world.ana.look(&id).track.next.action, NextAction::RunStage);
    let refs = world.git(&["for-each-ref", "--format=%(refname)"]);
    assert!(refs.contains(&format!("refs/heads/_greenroom/tracks/{id}")), "{refs}");
}

#[test]
fn a_remote_that_takes_no_ledger_any_more_is_told_with_whom_to_ask() {
    let world = World::new();
    let id = world.opened();
    world.hook("update", "case $1 in *greenroom/*) echo no ledgers here; exit 1;; esac");
    let before = world.git(&["for-each-ref"]);
    let said = world.eli.refused(&["comment", &id, "well?"]);
    assert!(said.contains("no ledgers here") && said.contains("refs/greenroom/tracks/*"), "{said}");
    assert!(said.contains("nothing of it has landed"), "{said}");
    assert_eq!(world.git(&["for-each-ref"]), before);
}

#[test]
fn what_stands_in_the_place_of_a_ledger_and_is_none_is_told() {
    let world = World::new();
    let id = world.opened();
    let blob = world.git(&["rev-parse", "stage:sql/late.sql"]).trim().to_owned();
    world.git(&["update-ref", &format!("refs/greenroom/tracks/{id}"), &blob]);
    world.git(&["update-ref", "refs/greenroom/tracks/other-a1b2c3", &blob]);
    let told = std::rc::Rc::new(std::cell::RefCell::new(Vec::new()));
    let heard = std::rc::Rc::clone(&told);
    let desk = Desk::at(Some(&world.eli.root), Prompt::Never).unwrap().0.looking();
    let desk = desk.warning(Box::new(move |text| heard.borrow_mut().push(text.to_owned())));
    let tracks = desk.visit_all().unwrap().1;
    let told = told.take().join("\n");
    for name in [&id, "other-a1b2c3"] {
        assert!(told.contains(&format!("refs/greenroom/tracks/{name} that is no ledger")), "{told}");
    }
    let tracks: Vec<_> = tracks.iter().map(|looked| &looked.track).collect();
    assert_eq!(tracks[0].next.action, NextAction::AskAboutGoneLedger);
    let shown = tracks_table(&tracks, &Invocation::default(), &Look { width: 80, colour: false });
    assert!(
        shown.contains(&format!("track accept-rewritten {id}")) && !shown.contains("track show"),
        "{shown}"
    );
}
