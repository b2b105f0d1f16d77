//! What a step depends on, by whatever path it is named.

use super::accidents::{moves_stage, standing};
use super::way::card;
use super::world::*;
use crate::domain::track::Standing;

/// Of a branch that makes this of the workflow's spec, in this file, on a target that has the other files already: approved.
fn approved(world: &World, file: &str, daily: &str, links: &[(&str, &str)]) -> String {
    let ana = &world.ana;
    for (to, link) in links {
        std::os::unix::fs::symlink(to, ana.root.join(link)).unwrap();
    }
    if file != "workflows/daily.yaml" {
        ana.git(&["mv", "workflows/daily.yaml", file]);
    }
    ana.write(file, daily);
    ana.write("images/requirements.txt", "duckdb==1.4.1\n");
    ana.commit("What there is");
    ana.git(&["push", "-q", "origin", "HEAD:main", "HEAD:stage"]);
    let id = world.opened();
    ana.git(&["switch", "-q", "-c", "ana/late"]);
    ana.write(file, &daily.replace("timeout: 30m", "timeout: 20m"));
    ana.commit("Sooner");
    ana.ran("daily");
    ana.told(&["package"]);
    world.eli.told(&["approve", &id]);
    moves_stage(world, "docs/other.md", "of no step");
    assert_eq!(standing(&world.eli, &id), Standing::CarriedOver { ahead: 1, files: 1 });
    id
}

#[track_caller]
fn void_by(world: &World, id: &str, file: &str) {
    match standing(&world.eli, id) {
        Standing::Void { file: Some(by), .. } => assert_eq!(by, file),
        stands => panic!("{stands:?}"),
    }
    assert!(world.ana.refused(&["promote", id]).contains(file));
}

#[test]
fn a_path_that_goes_round_about_is_the_file_that_it_leads_to() {
    let world = World::new();
    let id = approved(
        &world,
        "workflows/daily.yaml",
        &DAILY.replace("sql/late.sql", "data/..//sql/./late.sql"),
        &[],
    );
    moves_stage(&world, "sql/late.sql", "SELECT carrier, 0 AS worst FROM lake.flights GROUP BY carrier\n");
    void_by(&world, &id, "sql/late.sql");
}

#[test]
fn a_link_on_the_way_leads_elsewhere_when_it_is_moved() {
    let world = World::new();
    let daily = DAILY.replace("sql/late.sql", "now/late.sql");
    let id = approved(&world, "workflows/daily.yaml", &daily, &[("sql", "now")]);
    let emma = &world.emma;
    fs_err::remove_file(emma.root.join("now")).unwrap();
    std::os::unix::fs::symlink("other", emma.root.join("now")).unwrap();
    emma.write("other/late.sql", LATE);
    emma.commit("Another one");
    emma.git(&["push", "-q", "origin", "HEAD:stage"]);
    void_by(&world, &id, "now");
}

#[test]
fn what_git_checks_a_file_out_by_is_of_its_closure() {
    for file in [".gitattributes", "sql/.gitattributes"] {
        let world = World::new();
        let id = approved(&world, "workflows/daily.yaml", DAILY, &[]);
        moves_stage(&world, "docs/.gitattributes", "* text eol=crlf\n");
        assert_eq!(standing(&world.eli, &id), Standing::CarriedOver { ahead: 2, files: 2 });
        moves_stage(&world, file, "*.sql text eol=crlf\n");
        void_by(&world, &id, file);
    }
}

#[test]
fn a_spec_in_a_file_of_odd_letters_is_that_file() {
    let world = World::new();
    let file = "workflows/daily[v2].yaml";
    let id = approved(&world, file, DAILY, &[]);
    moves_stage(&world, file, &format!("{DAILY}# No more\n"));
    void_by(&world, &id, file);
}

#[test]
fn another_spec_that_takes_the_name_takes_the_approval_with_it() {
    let world = World::new();
    let id = approved(&world, "workflows/daily.yaml", DAILY, &[]);
    moves_stage(&world, "workflows/aa.yaml", &DAILY.replace("MAX", "MIN"));
    void_by(&world, &id, "workflows/aa.yaml");
}

#[test]
fn who_may_sign_since_it_was_sealed_is_told() {
    let world = World::new();
    let id = approved(&world, "workflows/daily.yaml", DAILY, &[]);
    let spec = fs_err::read_to_string(world.ana.root.join("greenroom.yaml")).unwrap();
    let eve = spec.replace("images:", "  eve: {email: eve@example.com, role: engineer}\nimages:");
    moves_stage(&world, "greenroom.yaml", &eve);
    let told = "eve comes to the people: engineer of eve@example.com, on stage since it was sealed";
    let risks = card(&world.eli, &id).risks;
    assert!(risks.iter().any(|risk| risk.what == told), "{risks:#?}");
}

#[test]
fn the_way_back_is_before_all_commits_of_a_branch_that_was_not_merged_as_one() {
    for rebased in [false, true] {
        let world = World::new();
        let id = world.worked_on();
        world.ana.write("docs/late.md", "what is late\n");
        world.ana.commit("Said");
        world.ana.ran("daily");
        world.ana.told(&["package"]);
        world.eli.told(&["approve", &id]);
        let emma = &world.emma;
        if rebased {
            moves_stage(&world, "docs/other.md", "of no step");
        }
        let before = world.git(&["rev-parse", "stage"]);
        emma.git(&["fetch", "-q"]);
        emma.git(&["switch", "-q", "-C", "work", "origin/stage"]);
        match rebased {
            true => drop(emma.git(&["cherry-pick", "origin/ana/late~1", "origin/ana/late"])),
            false => drop(emma.git(&["merge", "-q", "--ff-only", "origin/ana/late"])),
        }
        emma.git(&["push", "-q", "origin", "HEAD:stage"]);
        world.ana.told(&["promote", &id]);
        assert_eq!(card(&world.eli, &id).rollback.unwrap().tip.as_str(), before.trim(), "{rebased}");
    }
}
