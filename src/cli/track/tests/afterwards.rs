//! What becomes of a package once others have gone on: on its target, and with its branch.

use super::accidents::{moves_stage, standing};
use super::way::card;
use super::world::*;
use crate::domain::track::{NextAction, Standing, Track, VerdictKind};

fn approved(world: &World) -> String {
    let id = world.worked_on();
    world.ana.told(&["package"]);
    world.eli.told(&["approve", &id]);
    id
}

/// Emma's clone at what stage is.
fn at_stage(world: &World) -> &Clone {
    world.emma.git(&["fetch", "-q"]);
    world.emma.git(&["switch", "-q", "-C", "work", "origin/stage"]);
    &world.emma
}

#[test]
fn another_workflow_on_the_target_that_makes_the_same_table_voids_an_approval() {
    let world = World::new();
    let id = approved(&world);
    moves_stage(
        &world,
        "workflows/aside.yaml",
        &DAILY.replace("name: daily", "name: aside").replace("lake.flights", "lake.x"),
    );
    assert!(standing(&world.eli, &id).stands());
    moves_stage(&world, "workflows/copy.yaml", &DAILY.replace("name: daily", "name: copy"));
    let Standing::Void { why, .. } = standing(&world.eli, &id) else { panic!("it stands") };
    assert!(why.contains("daily.load and copy.load both make lake.flights (duplicate-flow failed)"), "{why}");
    assert!(world.ana.refused(&["promote", &id]).contains("both make lake.flights"));
}

#[test]
fn what_was_taken_back_after_it_was_recorded_is_not_on_its_target_any_more() {
    let world = World::new();
    let id = approved(&world);
    world.eli.told(&["promote", &id]);
    moves_stage(&world, "docs/other.md", "of no step");
    assert_eq!(world.eli.look(&id).track.next.action, NextAction::RunStage);
    let emma = at_stage(&world);
    emma.git(&["revert", "--no-edit", "-m", "1", "HEAD~1"]);
    emma.git(&["push", "-q", "origin", "HEAD:stage"]);
    let track = world.eli.look(&id).track;
    assert!(track.promotion.is_none());
    assert_eq!(track.next.action, NextAction::BringAgain);
    let verdict = card(&world.eli, &id).verdict;
    assert_eq!(verdict.kind, VerdictKind::Void);
    assert!(verdict.text.contains("stage took back what"), "{}", verdict.text);
    let said = world.ana.refused(&["promote", &id]);
    assert!(said.contains("took back"), "{said}");
    // All of them say the same.
    for (clone, words) in [(&world.ana, &["package"][..]), (&world.eli, &["approve", &id][..])] {
        let said = clone.refused(words);
        assert!(said.contains("stage took back what") && said.contains("git revert COMMIT"), "{said}");
    }
    // It comes there again as something else.
    let ana = &world.ana;
    ana.git(&["fetch", "-q"]);
    ana.git(&["merge", "-q", "--no-edit", "origin/stage"]);
    ana.git(&["revert", "--no-edit", "HEAD"]);
    ana.ran("daily");
    ana.told(&["package"]);
    world.eli.told(&["approve", &id]);
    world.eli.told(&["promote", &id]);
    assert!(world.git(&["show", "stage:sql/late.sql"]).contains("MIN"));
    assert_eq!(world.emma.look(&id).track.next.action, NextAction::RunStage);
}

#[test]
fn what_was_taken_back_stays_so_whatever_others_make_of_its_files() {
    let world = World::new();
    let id = approved(&world);
    world.eli.told(&["promote", &id]);
    let emma = at_stage(&world);
    emma.git(&["revert", "--no-edit", "-m", "1", "HEAD"]);
    let text = fs_err::read_to_string(emma.root.join("sql/late.sql")).unwrap();
    emma.write("sql/late.sql", &format!("{text}-- of flights that leave late\n"));
    emma.commit("Say what it is");
    emma.git(&["push", "-q", "origin", "HEAD:stage"]);
    let track = world.eli.look(&id).track;
    assert!(track.promotion.is_none(), "{track:?}");
    assert_eq!(track.next.action, NextAction::BringAgain);
    assert!(world.ana.refused(&["promote", &id]).contains("took back"));
}

#[test]
fn a_branch_of_which_a_commit_undoes_another_is_recognised_where_it_was_rebased() {
    let world = World::new();
    let id = world.worked_on();
    world.ana.write("docs/aside.md", "for a while");
    world.ana.commit("For a while");
    fs_err::remove_file(world.ana.root.join("docs/aside.md")).unwrap();
    world.ana.write("docs/late.md", "what is late");
    world.ana.commit("No more");
    world.ana.ran("daily");
    world.ana.told(&["package"]);
    world.eli.told(&["approve", &id]);
    moves_stage(&world, "docs/other.md", "of no step");
    let before = world.git(&["rev-parse", "stage"]);
    let emma = at_stage(&world);
    emma.git(&["cherry-pick", "origin/ana/late~2", "origin/ana/late~1", "origin/ana/late"]);
    emma.git(&["push", "-q", "origin", "HEAD:stage"]);
    let made = world.git(&["rev-parse", "stage"]);
    moves_stage(&world, "docs/later.md", "of no step");
    world.ana.told(&["promote", &id]);
    let track = world.eli.look(&id).track;
    assert_eq!(track.promotion.map(|promotion| promotion.commit.to_string()), Some(made.trim().to_owned()));
    assert_eq!(card(&world.eli, &id).rollback.unwrap().tip.as_str(), before.trim());
}

#[test]
fn a_commit_that_brings_more_than_was_approved_is_told_as_that() {
    let world = World::new();
    let id = approved(&world);
    let emma = at_stage(&world);
    emma.git(&["merge", "-q", "--squash", "origin/ana/late"]);
    emma.write("docs/extra.md", "nobody has seen this");
    let made = emma.commit("Late, and more");
    emma.git(&["push", "-q", "origin", "HEAD:stage"]);
    let said = world.ana.refused(&["promote", &id]);
    assert!(said.contains("changes docs/extra.md besides: nobody has approved that"), "{said}");
    assert!(said.contains(&made[..12]) && !said.contains("took back"), "{said}");
    // As it says, and then it goes on.
    let emma = at_stage(&world);
    emma.git(&["revert", "--no-edit", "HEAD"]);
    emma.git(&["push", "-q", "origin", "HEAD:stage"]);
    world.ana.told(&["promote", &id]);
}

#[test]
fn of_a_branch_that_is_gone_all_clones_say_the_same() {
    let world = World::new();
    let id = approved(&world);
    let dir = world.emma.root.parent().unwrap().to_owned();
    world.emma.look(&id);
    world.git(&["branch", "-q", "-D", "ana/late"]);
    git(&dir, &["clone", "-q", &world.network.url(), dir.join("fresh").as_str()]);
    let fresh = Clone { root: dir.join("fresh"), key: world.emma.key.clone() };
    fresh.identify("emma");
    let told = |track: &Track| {
        let review =
            track.cells.iter().find(|cell| cell.step == crate::domain::track::TrackStep::Review).unwrap();
        (track.gone.clone().unwrap(), track.next.action, review.state)
    };
    let seen = world.emma.look(&id).track;
    assert_eq!(told(&seen), told(&fresh.look(&id).track));
    assert!(seen.gone.unwrap().contains("`ana/late` is gone from origin"));
    assert!(card(&world.eli, &id).verdict.text.contains("`ana/late` is gone from origin"));
    for clone in [&world.emma, &fresh] {
        let said = clone.refused(&["promote", &id]);
        assert!(said.contains("`ana/late` is gone from origin"), "{said}");
    }
    // As it says.
    let head = world.ana.git(&["rev-parse", "HEAD"]).trim().to_owned();
    world.ana.git(&["push", "-q", "origin", &format!("{}:refs/heads/ana/late", &head[..12])]);
    fresh.told(&["promote", &id]);
    // What has come to the target does not need its branch any more.
    world.git(&["branch", "-q", "-D", "ana/late"]);
    assert_eq!(world.eli.look(&id).track.next.action, NextAction::RunStage);
}

#[test]
fn what_a_host_has_squashed_is_to_be_recorded_with_its_branch_or_without() {
    let world = World::new();
    let id = approved(&world);
    let stage = world.git(&["rev-parse", "stage"]);
    let emma = at_stage(&world);
    emma.git(&["merge", "-q", "--squash", "origin/ana/late"]);
    let made = emma.commit("By a host");
    emma.git(&["push", "-q", "origin", "HEAD:stage"]);
    for kept in [true, false] {
        if !kept {
            world.git(&["branch", "-q", "-D", "ana/late"]);
        }
        let track = world.eli.look(&id).track;
        assert_eq!((track.next.action, track.gone), (NextAction::Record, None), "kept: {kept}");
        let seen = card(&world.eli, &id);
        assert_eq!(seen.verdict.kind, VerdictKind::Approved);
        assert!(seen.verdict.text.contains(&format!("on stage as {}", &made[..12])), "{}", seen.verdict.text);
        assert_eq!(seen.rollback.unwrap().tip.as_str(), stage.trim(), "kept: {kept}");
    }
    world.eli.told(&["promote", &id]);
    let track = world.eli.look(&id).track;
    assert_eq!(track.promotion.unwrap().commit.as_str(), made);
    assert_eq!((track.next.action, track.came), (NextAction::RunStage, None));
}

#[test]
fn a_promotion_that_a_clone_cannot_look_into_is_told_as_that() {
    let world = World::new();
    let id = approved(&world);
    let emma = at_stage(&world);
    emma.git(&["merge", "-q", "--squash", "origin/ana/late"]);
    let made = emma.commit("By a host");
    emma.git(&["push", "-q", "origin", "HEAD:stage"]);
    world.ana.told(&["promote", &id]);
    world.git(&["branch", "-q", "-D", "ana/late"]);
    assert_eq!(world.eli.look(&id).track.next.action, NextAction::RunStage, "it has the branch's commits");
    let dir = world.emma.root.parent().unwrap().to_owned();
    git(&dir, &["clone", "-q", &world.network.url(), dir.join("fresh").as_str()]);
    let fresh = Clone { root: dir.join("fresh"), key: world.emma.key.clone() };
    fresh.identify("emma");
    let gone = fresh.look(&id).track.gone.unwrap();
    assert!(gone.contains(&format!("ana says that it came to its target as {}", &made[..12])), "{gone}");
    assert!(gone.contains("nobody can tell here"), "{gone}");
}

#[test]
fn a_card_is_of_one_merge_result_also_where_the_target_went_on() {
    let world = World::new();
    let id = world.worked_on();
    world.ana.write("docs/other.md", "of no step");
    world.ana.commit("Besides");
    world.ana.ran("daily");
    world.ana.told(&["package"]);
    world.eli.told(&["approve", &id]);
    let files = || card(&world.eli, &id).files.into_iter().map(|file| file.path).collect::<Vec<_>>();
    assert_eq!(files(), ["docs/other.md", "sql/late.sql"]);
    moves_stage(&world, "docs/other.md", "of no step");
    assert_eq!(files(), ["sql/late.sql"], "the other is there already");
}

#[test]
fn a_query_that_a_branch_changes_is_looked_at_for_whoever_runs_it() {
    let world = World::new();
    let ana = &world.ana;
    ana.write(
        "workflows/odd.yaml",
        &DAILY
            .replace("name: daily", "name: odd")
            .replace("lake.flights", "lake.x")
            .replace("late.sql", "odd.sql"),
    );
    ana.write("sql/odd.sql", "SELECT carrier FROM lake.x\n");
    ana.commit("What there is");
    ana.git(&["push", "-q", "origin", "HEAD:main", "HEAD:stage"]);
    let id = world.worked_on();
    ana.write("sql/odd.sql", "SELECT carrier FROM lake.nowhere\n");
    ana.commit("Elsewhere");
    ana.ran("daily");
    ana.told(&["package"]);
    let found = card(&world.eli, &id).checks.into_iter().find(|check| check.id == "inputs-known").unwrap();
    assert!(found.why.as_ref().is_some_and(|why| why.contains("odd.late reads lake.nowhere")), "{found:?}");
}

#[test]
fn a_track_that_is_opened_on_the_main_branch_is_of_no_branch_yet() {
    let world = World::new();
    world.ana.git(&["remote", "set-head", "origin", "--delete"]);
    let id = world.worked_on();
    assert_eq!(world.ana.look(&id).track.design.unwrap().branch, None);
    world.ana.told(&["package"]);
}
