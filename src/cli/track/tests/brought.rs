//! Whom a package brings to those who sign, where an earlier commit of it writes them down.

use super::accidents::moves_stage;
use super::vouched::{comes, counts, fresh, pushes, writes};
use super::world::*;

/// A package of Ana's of two commits, the first of which brings an engineer, and that Eli has approved.
fn brings_first(world: &World, who: &Clone, name: &str) -> String {
    let (ana, id) = (&world.ana, world.opened());
    writes(ana, who, name, "engineer");
    ana.git(&["switch", "-q", "-C", "ana/late"]);
    ana.write("sql/late.sql", &LATE.replace("MAX", "MIN"));
    ana.commit("The least");
    ana.ran("daily");
    ana.told(&["package"]);
    world.eli.told(&["approve", &id]);
    id
}

#[test]
fn an_approved_package_brings_whom_an_earlier_commit_of_it_writes_down() {
    let world = World::new();
    let (zoe, host) = (comes(&world, "zoe"), comes(&world, "host"));
    brings_first(&world, &zoe, "zoe");
    host.git(&["fetch", "-q"]);
    // A part of it is not what was approved.
    host.git(&["push", "-q", "origin", "origin/ana/late^:refs/heads/stage"]);
    for clone in [&world.emma, &fresh(&world, "early")] {
        assert!(!counts(clone, "zoe"));
    }
    host.git(&["push", "-q", "origin", "origin/ana/late:refs/heads/stage"]);
    for clone in [&world.emma, &fresh(&world, "fresh")] {
        assert!(counts(clone, "zoe"));
    }
}

#[test]
fn a_package_brings_nobody_whom_the_target_had_written_down_before_it() {
    let world = World::new();
    let (eve, host) = (comes(&world, "eve"), comes(&world, "host"));
    writes(&eve, &eve, "eve", "engineer");
    pushes(&eve);
    // What Eli approves has her too, and is not about her.
    let (ana, id) = (&world.ana, world.opened());
    ana.git(&["fetch", "-q"]);
    ana.git(&["switch", "-q", "-C", "ana/late", "origin/stage"]);
    ana.write("sql/late.sql", &LATE.replace("MAX", "MIN"));
    ana.commit("The least");
    ana.ran("daily");
    ana.told(&["package"]);
    world.eli.told(&["approve", &id]);
    host.git(&["fetch", "-q"]);
    host.git(&["push", "-q", "origin", "origin/ana/late:refs/heads/stage"]);
    world.eli.told(&["promote", &id]);
    for clone in [&world.emma, &fresh(&world, "fresh")] {
        assert!(!counts(clone, "eve"));
    }
}

#[test]
fn a_rebased_package_brings_whom_its_first_commit_writes_down_once_that_is_recorded() {
    let world = World::new();
    let (zoe, host) = (comes(&world, "zoe"), comes(&world, "host"));
    let id = brings_first(&world, &zoe, "zoe");
    moves_stage(&world, "docs/other.md", "of no step");
    host.git(&["config", "commit.gpgSign", "false"]);
    host.git(&["fetch", "-q"]);
    host.git(&["switch", "-q", "-C", "work", "origin/stage"]);
    host.git(&["cherry-pick", "origin/ana/late^", "origin/ana/late"]);
    pushes(&host);
    assert!(!counts(&world.emma, "zoe"));
    world.eli.told(&["promote", &id]);
    for clone in [&world.emma, &fresh(&world, "fresh")] {
        assert!(counts(clone, "zoe"));
    }
}
