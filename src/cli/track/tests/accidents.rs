use std::thread;

use super::way::card;
use super::world::*;
use crate::cli::commands::promote::wait;
use crate::cli::report::{card_view, track_view, tracks_table};
use crate::cli::{Exit, Invocation, Look, Output};
use crate::domain::track::{LedgerState, NextAction, Standing};

pub(super) fn standing(clone: &Clone, id: &str) -> Standing {
    clone.look(id).track.approval.unwrap().standing
}

/// Somebody else brings a change to stage.
pub(super) fn moves_stage(world: &World, path: &str, text: &str) {
    let emma = &world.emma;
    emma.git(&["fetch", "-q"]);
    emma.git(&["switch", "-q", "-C", "work", "origin/stage"]);
    emma.write(path, text);
    emma.commit("Something else");
    emma.git(&["push", "-q", "origin", "HEAD:stage"]);
}

#[test]
fn an_approval_follows_its_base_and_no_other_head() {
    let world = World::new();
    let id = world.worked_on();
    world.ana.told(&["package"]);
    world.eli.told(&["approve", &id]);
    moves_stage(&world, "docs/other.md", "of no step");
    assert_eq!(standing(&world.eli, &id), Standing::CarriedOver { ahead: 1, files: 1 });
    world.ana.told(&["promote", &id]);
    assert_eq!(world.git(&["show", "stage:docs/other.md"]), "of no step");
    assert!(world.git(&["show", "stage:sql/late.sql"]).contains("MIN"));
    assert_eq!(world.eli.look(&id).track.next.action, NextAction::RunStage);
}

#[test]
fn a_base_that_touches_a_closure_voids_the_approval_by_name() {
    let world = World::new();
    let id = world.worked_on();
    world.ana.told(&["package"]);
    world.eli.told(&["approve", &id]);
    moves_stage(&world, "data/flights.csv", "carrier,delay\nAA,2\n");
    let Standing::Void { file, why, .. } = standing(&world.eli, &id) else { panic!("it stands") };
    assert_eq!(file.as_deref(), Some("data/flights.csv"), "{why}");
    let said = world.ana.refused(&["promote", &id]);
    assert!(
        said.contains("no approval of this package stands") && said.contains("data/flights.csv"),
        "{said}"
    );
}

#[test]
fn a_branch_has_one_track_of_a_workflow_at_a_time() {
    let world = World::new();
    let id = world.worked_on();
    let open = |need: &str, more: &[&str]| {
        let words = ["track", "open", "daily", "--need", need];
        world.ana.run(&[&words, more].concat())
    };
    // The first is of no branch yet: its package makes it one of this branch.
    world.ana.told(&["package"]);
    let wrong = open("the least", &[]).unwrap_err();
    assert!(wrong.what.contains(&format!("{id} is the track of daily on `ana/late` already")), "{wrong:?}");
    assert_eq!(open("another", &["--branch", "ana/other"]), Ok(Exit::Done));
    let wrong = open("another", &["--branch", "ana/other"]).unwrap_err();
    assert!(wrong.todo.iter().any(|todo| todo.contains("track abandon daily-")), "{wrong:?}");
    assert_eq!(world.ana.desk().ledgers().unwrap().len(), 2);
    // What is on its target is none that is under way.
    world.eli.told(&["approve", &id]);
    world.ana.told(&["promote", &id]);
    assert_eq!(open("the least", &[]), Ok(Exit::Done));
}

#[test]
fn a_run_of_another_environment_is_named_where_the_one_asked_for_has_none() {
    let world = World::new();
    let spec = fs_err::read_to_string(world.ana.root.join("greenroom.yaml")).unwrap();
    world.ana.write("greenroom.yaml", &format!("{spec}  prod: {{root: store/prod}}\n"));
    world.ana.write(".gitignore", ".greenroom/\nstore/\n");
    world.ana.commit("Prod");
    world.ana.git(&["push", "-q", "origin", "HEAD:main", "HEAD:stage"]);
    let id = world.worked_on();
    let said = world.ana.refused(&["package", "--env", "prod"]);
    assert!(said.contains("no run of daily has succeeded in prod"), "{said}");
    assert!(said.contains(" run daily --env prod"), "{said}");
    assert!(said.contains(&format!("package --track {id}")), "{said}");
}

#[test]
fn what_a_merge_changes_itself_is_told_where_no_range_diff_tells_it() {
    let world = World::new();
    let id = world.worked_on();
    world.ana.told(&["package"]);
    world.eli.told(&["approve", &id]);
    moves_stage(&world, "docs/other.md", "of no step");
    // One merge is git's own; the other holds what nobody has committed besides.
    world.ana.git(&["fetch", "-q"]);
    world.ana.git(&["merge", "-q", "--no-ff", "-m", "Stage", "origin/stage"]);
    moves_stage(&world, "docs/more.md", "of no step");
    world.ana.git(&["fetch", "-q"]);
    world.ana.git(&["merge", "-q", "--no-commit", "--no-ff", "origin/stage"]);
    world.ana.write("sql/late.sql", "SELECT carrier, 0 AS worst FROM lake.flights GROUP BY carrier\n");
    world.ana.commit("Stage \u{1b}[2J again");
    world.ana.ran("daily");
    world.ana.told(&["package"]);
    let card = card(&world.eli, &id);
    let since = card.since.as_ref().unwrap();
    let files: Vec<_> = since.merges.iter().map(|merge| merge.files.clone().unwrap()).collect();
    assert_eq!(files, [vec!["sql/late.sql".to_owned()], Vec::new()], "{since:#?}");
    let told = card_view(&card, &Invocation::default(), &Look::PLAIN);
    assert!(told.contains("2 merge commits are not compared above") && !told.contains('\u{1b}'), "{told}");
    assert!(told.contains("sql/late.sql by hand: git show --remerge-diff "), "{told}");
    assert!(told.contains("Stage: nothing but what git makes of its sides"), "{told}");
}

#[test]
fn another_commit_voids_the_approval_and_the_next_package_takes_its_place() {
    let world = World::new();
    let id = world.worked_on();
    world.ana.told(&["package"]);
    world.eli.told(&["approve", &id]);
    world.ana.write("sql/late.sql", "SELECT carrier, COUNT(*) AS worst FROM lake.flights GROUP BY carrier\n");
    world.ana.commit("Unseen");
    world.ana.git(&["push", "-q", "origin", "ana/late"]);
    let Standing::Void { why, .. } = standing(&world.eli, &id) else { panic!("it stands") };
    assert!(why.contains("the branch went on"), "{why}");
    assert!(
        world.emma.refused(&["approve", &id]).contains("an approval of the package would be void at once")
    );
    let since = |told: &str| {
        let since = card(&world.eli, &id).since.unwrap_or_else(|| panic!("nothing came"));
        assert_eq!(since.what, told);
        assert!(since.lines.iter().any(|line| line.contains("Unseen")), "{since:#?}");
        assert!(since.command.starts_with("git range-diff "), "{since:#?}");
    };
    since("eli approved it");
    assert!(world.eli.refused(&["promote", &id]).contains("no approval of this package stands"));
    world.ana.ran("daily");
    world.ana.told(&["package"]);
    let track = world.eli.look(&id).track;
    assert_eq!(track.next.action, NextAction::Review);
    since("the package before, which eli approved");
    world.eli.told(&["approve", &id]);
    world.eli.told(&["promote", &id]);
}

#[test]
fn a_branch_that_somebody_else_went_on_with_is_told_at_once() {
    let world = World::new();
    let id = world.worked_on();
    world.ana.told(&["package"]);
    let emma = &world.emma;
    emma.git(&["fetch", "-q"]);
    emma.git(&["switch", "-q", "ana/late"]);
    emma.write("docs/more.md", "more");
    emma.commit("More");
    emma.git(&["push", "-q", "origin", "ana/late"]);
    world.ana.write("docs/else.md", "else");
    world.ana.commit("Else");
    let ledger = world.git(&["rev-parse", &format!("refs/greenroom/tracks/{id}")]);
    let said = world.ana.refused(&["package"]);
    assert!(said.contains("`ana/late` on origin has commits that yours has not"), "{said}");
    assert_eq!(world.git(&["rev-parse", &format!("refs/greenroom/tracks/{id}")]), ledger);
}

#[test]
fn two_who_speak_at_once_are_both_heard() {
    let world = World::new();
    let id = world.opened();
    thread::scope(|scope| {
        for clone in [&world.ana, &world.eli, &world.emma] {
            let id = &id;
            scope.spawn(move || {
                for at in 0..2 {
                    clone.told(&["comment", id, &format!("{at}")]);
                }
            });
        }
    });
    let track = world.ana.look(&id).track;
    assert_eq!((track.remarks.len(), track.invalid.len()), (6, 0), "{:#?}", track.invalid);
}

#[test]
fn a_remote_that_takes_only_branches_keeps_the_ledger_as_one() {
    let world = World::new();
    world.hook("update", "case $1 in refs/greenroom/*) echo only branches here; exit 1;; esac");
    let id = world.worked_on();
    world.ana.told(&["package"]);
    world.eli.told(&["approve", &id]);
    world.ana.told(&["promote", &id]);
    assert_eq!(world.emma.look(&id).track.next.action, NextAction::RunStage);
    let refs = world.git(&["for-each-ref", "--format=%(refname)"]);
    assert!(refs.contains(&format!("refs/heads/_greenroom/tracks/{id}")) && !refs.contains("refs/greenroom"));
}

#[test]
fn a_protected_branch_is_merged_elsewhere_and_recognised() {
    for how in ["merge", "squash", "rebase"] {
        let world = World::new();
        let id = world.worked_on();
        world.ana.told(&["package"]);
        world.eli.told(&["approve", &id]);
        let by = if how == "merge" { "pre-receive" } else { "update" };
        let guard = "[ $ref = refs/heads/stage ] && echo protected && exit 1";
        let script = match by {
            "update" => format!("ref=$1; {guard}; exit 0"),
            _ => format!("while read old new ref; do {guard}; done; exit 0"),
        };
        world.hook(by, &script);
        let error = world.ana.run(&["promote", &id]).unwrap_err();
        assert!(error.what.starts_with("origin refuses to move stage"), "{error:?}");
        assert!(error.why.iter().any(|why| why.contains("protected")), "{error:?}");
        assert!(error.todo[0].starts_with("have `ana/late` merged to `stage`"), "{error:?}");
        assert!(error.todo.iter().any(|todo| todo.contains("nothing of it has landed")), "{error:?}");
        assert_eq!(world.eli.look(&id).track.next.action, NextAction::Promote);

        fs_err::remove_file(world.remote.join("hooks").join(by)).unwrap();
        moves_stage(&world, "docs/other.md", "of no step");
        let emma = &world.emma;
        emma.git(&["fetch", "-q"]);
        emma.git(&["switch", "-q", "-C", "work", "origin/stage"]);
        match how {
            "merge" => drop(emma.git(&["merge", "-q", "--no-ff", "-m", "By a host", "origin/ana/late"])),
            "squash" => {
                emma.git(&["merge", "-q", "--squash", "origin/ana/late"]);
                emma.git(&["commit", "-q", "-m", "By a host"]);
            }
            _ => drop(emma.git(&["cherry-pick", "origin/ana/late"])),
        }
        let made = emma.git(&["rev-parse", "HEAD"]).trim().to_owned();
        emma.git(&["push", "-q", "origin", "HEAD:stage"]);
        world.ana.told(&["promote", &id]);
        let track = world.eli.look(&id).track;
        assert_eq!(track.promotion.map(|promotion| promotion.commit.to_string()), Some(made), "{how}");
        assert_eq!(track.next.action, NextAction::RunStage);
    }
}

#[test]
fn what_was_merged_and_taken_back_is_not_on_its_target() {
    let world = World::new();
    let id = world.worked_on();
    world.ana.told(&["package"]);
    world.eli.told(&["approve", &id]);
    let emma = &world.emma;
    emma.git(&["fetch", "-q"]);
    emma.git(&["switch", "-q", "-C", "work", "origin/stage"]);
    emma.git(&["merge", "-q", "--no-ff", "-m", "By a host", "origin/ana/late"]);
    emma.git(&["revert", "--no-edit", "-m", "1", "HEAD"]);
    emma.git(&["push", "-q", "origin", "HEAD:stage"]);
    world.ana.refused(&["promote", &id]);
    assert!(world.eli.look(&id).track.promotion.is_none());
}

#[test]
fn what_was_said_against_a_commit_holds_until_there_is_another() {
    let world = World::new();
    let id = world.worked_on();
    world.ana.told(&["package"]);
    world.eli.told(&["request-changes", &id, "why the least?"]);
    world.ana.ran("daily");
    let said = world.ana.refused(&["package"]);
    assert!(said.contains("commit something"), "{said}");
    world.ana.write("sql/late.sql", &LATE.replace("MAX", "AVG"));
    world.ana.commit("The mean");
    world.ana.ran("daily");
    world.ana.told(&["package"]);
    world.eli.told(&["approve", &id]);
}

#[test]
fn a_secret_in_the_log_of_the_packaged_run_is_found_behind_a_newer_one() {
    let world = World::new();
    let id = world.worked_on();
    let old = world.ana.ran("daily");
    let store = world.ana.root.join(".greenroom/store");
    let name = |text: &str| crate::domain::Name::new(text).unwrap();
    let layout = crate::domain::RunLayout::new(
        &store,
        &name("flights"),
        &name("dev"),
        &name("daily"),
        crate::domain::Version::INITIAL,
        old,
    );
    let logs = layout.record().join("logs");
    fs_err::create_dir_all(&logs).unwrap();
    fs_err::write(logs.join("late.1.log"), format!("ghp_{}\n", "aB3dE6gH9".repeat(4))).unwrap();
    world.ana.ran("daily");
    world.ana.told(&["package", "--run", &old.to_string()]);
    let said = world.eli.refused(&["approve", &id]);
    assert!(said.contains("secrets-absent failed"), "{said}");
}

#[test]
fn a_remote_that_is_gone_leaves_nothing_half_done() {
    let world = World::new();
    let id = world.worked_on();
    let away = world.remote.with_extension("away");
    let before = world.ana.git(&["for-each-ref"]);
    fs_err::rename(&world.remote, &away).unwrap();
    let error = world.ana.run(&["package", "--track", &id]).unwrap_err();
    assert_eq!(error.exit, Exit::NotReady, "{error:?}");
    assert_eq!(world.ana.git(&["for-each-ref"]), before);
    fs_err::rename(&away, &world.remote).unwrap();
    world.ana.told(&["package"]);
}

#[test]
fn a_network_that_is_cut_leaves_nothing_half_done_wherever_it_is() {
    let world = World::new();
    let id = world.worked_on();
    world.ana.told(&["package"]);
    let refs = |world: &World| (world.git(&["for-each-ref"]), world.eli.git(&["for-each-ref", "refs/heads"]));
    let before = refs(&world);
    for bytes in [0, 300, 900] {
        world.network.cut_after(bytes);
        let error = world.eli.run(&["approve", &id]).unwrap_err();
        assert_eq!(error.exit, Exit::NotReady, "{error:?}");
        assert!(!error.what.is_empty() && !error.todo.is_empty(), "{error:?}");
        world.network.cut_after(usize::MAX);
        assert_eq!(refs(&world), before, "after {bytes} bytes");
    }
    world.eli.told(&["approve", &id]);

    // It lands, and nobody hears of it.
    let long: String =
        (0..300).map(|n: u64| format!("{:x} ", n.wrapping_mul(6_364_136_223_846_793_005))).collect();
    world.network.deaf_after(2_000);
    let lost = world.emma.run(&["comment", &id, &long]);
    world.network.deaf_after(usize::MAX);
    assert_eq!(lost.map_err(|error| error.exit), Err(Exit::NotReady));
    world.emma.told(&["comment", &id, "so it is"]);
    let track = world.ana.look(&id).track;
    let remarks: Vec<&str> = track.remarks.iter().map(|remark| remark.text.trim()).collect();
    assert_eq!(remarks, [long.trim(), "so it is"]);
    assert!(track.invalid.is_empty() && track.next.action == NextAction::Promote, "{track:#?}");
    world.ana.told(&["promote", &id]);
}

#[test]
fn a_hook_that_fails_says_why_and_nothing_has_landed() {
    let world = World::new();
    let id = world.worked_on();
    let before = world.git(&["for-each-ref"]);
    world.hook("pre-receive", "echo 'To whom it may concern: \x1b[31mno'; exit 1");
    let said = world.ana.refused(&["package", "--track", &id]);
    assert!(said.contains("To whom it may concern") && !said.contains('\x1b'), "{said}");
    assert_eq!(world.git(&["for-each-ref"]), before);
}

#[test]
fn a_ledger_that_lost_an_entry_is_noticed_and_can_be_gone_on_with() {
    let world = World::new();
    let id = world.worked_on();
    world.ana.told(&["package"]);
    let ledger = format!("refs/greenroom/tracks/{id}");
    let sealed = world.git(&["rev-parse", &ledger]);
    world.eli.told(&["request-changes", &id, "why the least?"]);
    assert_eq!(world.ana.look(&id).track.next.action, NextAction::SealAgain);
    // As if nobody had said so.
    world.git(&["update-ref", &ledger, sealed.trim()]);
    let track = world.ana.look(&id).track;
    assert!(matches!(track.ledger, LedgerState::Rewritten { .. }));
    assert_eq!(track.next.action, NextAction::AskAboutLedger);
    world.ana.told(&["track", "accept-rewritten", &id]);
    assert_eq!(world.ana.look(&id).track.ledger, LedgerState::Intact);
    assert_eq!(world.ana.look(&id).track.next.action, NextAction::Review);
}

#[test]
fn of_two_ledgers_none_decides_until_an_engineer_has_taken_one_away() {
    let world = World::new();
    let id = world.worked_on();
    world.ana.told(&["package"]);
    let [custom, branch] =
        ["refs/greenroom/tracks", "refs/heads/_greenroom/tracks"].map(|below| format!("{below}/{id}"));
    let sealed = world.git(&["rev-parse", &custom]);
    world.eli.told(&["request-changes", &id, "why the least?"]);
    assert_eq!(world.ana.look(&id).track.next.action, NextAction::SealAgain);
    let asked = world.git(&["rev-parse", &custom]);
    // Nothing is taken away: another ledger only stands before the one that has it.
    world.git(&["update-ref", &custom, sealed.trim()]);
    world.emma.told(&["comment", &id, "well done"]);
    world.git(&["update-ref", &branch, asked.trim()]);
    for clone in [&world.ana, &world.eli, &world.emma] {
        let track = clone.look(&id).track;
        assert!(matches!(track.ledger, LedgerState::Parted(_)), "{:?}", track.ledger);
        assert_eq!(track.next.action, NextAction::AskAboutPartedLedgers);
        let look = Look { width: 100, colour: false };
        let listed = tracks_table(&[&track], &Invocation::default(), &look);
        assert!(listed.contains("there are two ledgers: ask which is right"), "{listed}");
        let shown = track_view(&track, &Invocation::default(), &look);
        for told in [&custom, &branch, &format!("git push origin --delete {custom}")] {
            assert!(shown.contains(told.as_str()), "{shown}");
        }
        let verdict = card(clone, &id).verdict.text;
        assert!(verdict.contains(&custom) && verdict.contains(&branch), "{verdict}");
    }
    let before = world.git(&["for-each-ref"]);
    for words in [&["approve", &id][..], &["comment", &id, "hm"], &["track", "accept-rewritten", &id]] {
        let said = world.eli.refused(words);
        assert!(said.contains("neither goes on from the other"), "{said}");
        assert!(said.contains("git log -p --left-right"), "{said}");
    }
    assert!(world.ana.refused(&["promote", &id]).contains("no approval of this package stands"));
    assert_eq!(world.git(&["for-each-ref"]), before);
    // As he is told.
    world.eli.git(&["push", "-q", "origin", "--delete", &custom]);
    let track = world.ana.look(&id).track;
    assert_eq!((track.ledger, track.next.action), (LedgerState::Intact, NextAction::SealAgain));
    // Who went by the other one is told that it is gone.
    assert!(matches!(world.emma.look(&id).track.ledger, LedgerState::Rewritten { .. }));
    world.eli.told(&["comment", &id, "go on"]);
}

#[test]
fn a_ledger_that_is_gone_is_told_until_somebody_lets_go_of_it() {
    for hidden in [false, true] {
        let world = World::new();
        let id = world.opened();
        match hidden {
            true => drop(world.git(&["config", "transfer.hideRefs", "refs/greenroom"])),
            false => drop(world.git(&["update-ref", "-d", &format!("refs/greenroom/tracks/{id}")])),
        }
        let listed = |clone: &Clone| clone.desk().visit_all().unwrap().1;
        let gone = listed(&world.ana);
        assert_eq!(gone.len(), 1, "hidden: {hidden}");
        assert!(matches!(gone[0].track.ledger, LedgerState::Gone { .. }), "{:?}", gone[0].track.ledger);
        let look = Look { width: 100, colour: false };
        let told = tracks_table(&[&gone[0].track], &Invocation::default(), &look);
        assert!(told.contains(&id) && told.contains("the ledger is gone: ask who removed it"), "{told}");
        for words in
            [&["comment", &id, "hm"][..], &["track", "show", "daily"], &["approve", &id], &["promote", &id]]
        {
            let said = world.ana.refused(words);
            assert!(said.contains(&format!("the ledger of {id} is gone from origin")), "{said}");
            assert!(said.contains("track accept-rewritten"), "{said}");
        }
        assert!(listed(&world.emma).is_empty(), "who has never seen it knows of nothing");
        world.ana.told(&["track", "accept-rewritten", &id]);
        assert!(listed(&world.ana).is_empty());
        assert_eq!(listed(&world.eli).len(), 1, "each lets go for themselves");
    }
}

#[test]
fn who_waits_for_a_merge_waits_for_that_package_through_a_remote_that_is_away() {
    let world = World::new();
    let id = world.worked_on();
    world.ana.told(&["package"]);
    world.eli.told(&["approve", &id]);
    let (desk, looked) = (world.ana.desk(), world.ana.look(&id));
    let digest = looked.track.package.as_ref().unwrap().digest.clone();
    let (invocation, output) = (Invocation::default(), Output::new(true));
    let away = world.remote.with_extension("away");
    let at = std::cell::Cell::new(0);
    let waits = |pause: &dyn Fn()| wait(&desk, (&looked.track.id, &digest), &invocation, &output, pause);
    let came = waits(&|| match at.replace(at.get() + 1) {
        0 => fs_err::rename(&world.remote, &away).unwrap(),
        2 => {
            fs_err::rename(&away, &world.remote).unwrap();
            let emma = &world.emma;
            emma.git(&["fetch", "-q"]);
            emma.git(&["switch", "-q", "-C", "work", "origin/stage"]);
            emma.git(&["merge", "-q", "--no-ff", "-m", "By a host", "origin/ana/late"]);
            emma.git(&["push", "-q", "origin", "HEAD:stage"]);
        }
        _ => {}
    });
    let made = world.git(&["rev-parse", "stage"]);
    assert_eq!(came.map(|came| came.0.commit.to_string()), Ok(made.trim().to_owned()));
    assert_eq!(at.get(), 3);

    world.ana.write("docs/more.md", "more");
    world.ana.commit("More");
    world.ana.ran("daily");
    world.ana.told(&["package"]);
    let error = waits(&|| {}).map(drop).unwrap_err();
    assert!(error.what.contains("another package of"), "{error:?}");
}

#[test]
fn a_remark_is_about_a_line_that_is_there() {
    let world = World::new();
    let id = world.worked_on();
    world.ana.told(&["package"]);
    let said = world.eli.refused(&["comment", &id, "hm", "--at", "nosuch/file.sql:1"]);
    assert!(said.contains("has no file `nosuch/file.sql`"), "{said}");
    let said = world.eli.refused(&["comment", &id, "hm", "--at", "sql/late.sql:3"]);
    assert!(said.contains("`sql/late.sql` has 2 lines"), "{said}");
    world.eli.told(&["comment", &id, "hm", "--at", "sql/late.sql:2"]);
}
