//! Changes of who may sign that nobody has signed for, laid under what others sign, or over what is known.

use super::accidents::moves_stage;
use super::vouched::{brings, comes, counts, fresh, merges, pushes, writes};
use super::world::*;

#[test]
fn a_link_that_has_a_lists_content_for_its_target_brings_nobody() {
    let world = World::new();
    let eve = comes(&world, "eve");
    writes(&eve, &eve, "eve", "engineer");
    for mode in ["120000", "100644"] {
        for file in ["greenroom.yaml", ".greenroom-signers"] {
            let content = eve.git(&["hash-object", "-w", file]);
            eve.git(&["update-index", "--cacheinfo", &format!("{mode},{},{file}", content.trim())]);
        }
        eve.git(&["commit", "-q", "--amend", "-m", mode]);
        pushes(&eve);
        for clone in [&world.emma, &fresh(&world, mode)] {
            assert!(!counts(clone, "eve"), "{mode}");
        }
        eve.git(&["commit", "-q", "--allow-empty", "-m", "next"]);
    }
}

#[test]
fn what_stood_on_the_target_before_it_is_none_of_what_an_approved_package_brings() {
    let world = World::new();
    let (eve, host) = (comes(&world, "eve"), comes(&world, "host"));
    let (ana, id) = (&world.ana, world.worked_on());
    let spec = fs_err::read_to_string(ana.root.join("greenroom.yaml")).unwrap();
    ana.write("greenroom.yaml", &format!("# Flights of a year.\n{spec}"));
    ana.commit("What it is");
    ana.ran("daily");
    ana.told(&["package"]);
    world.eli.told(&["approve", &id]);
    writes(&eve, &eve, "eve", "engineer");
    pushes(&eve);
    merges(&host, "ana/late");
    for clone in [&world.emma, &fresh(&world, "fresh")] {
        assert!(!counts(clone, "eve"));
    }
}

#[test]
fn a_signed_commit_signs_for_what_it_changes_and_for_nothing_that_lies_under_it() {
    let world = World::new();
    let (eve, eli) = (comes(&world, "eve"), &world.eli);
    let spec = fs_err::read_to_string(eli.root.join("greenroom.yaml")).unwrap();
    eli.git(&["switch", "-q", "-C", "own", "origin/stage"]);
    eli.write(
        "greenroom.yaml",
        &spec.replace("ana@example.com, role: analyst", "ana@example.com, role: scientist"),
    );
    eli.commit("Ana learns");
    writes(&eve, &eve, "eve", "engineer");
    pushes(&eve);
    eli.git(&["pull", "-q", "--rebase", "origin", "stage"]);
    pushes(eli);
    for clone in [&world.emma, &fresh(&world, "fresh")] {
        assert!(!counts(clone, "eve"));
    }
}

#[test]
fn what_is_known_outlives_the_commits_that_git_lets_go() {
    let world = World::new();
    let (eve, emma) = (comes(&world, "eve"), &world.emma);
    moves_stage(&world, "docs/a.md", "of no step");
    assert!(!counts(emma, "eve"));
    writes(&eve, &eve, "eve", "engineer");
    eve.git(&["switch", "-q", "--orphan", "alone"]);
    eve.git(&["checkout", "-q", "people", "--", "."]);
    eve.commit("Alone");
    eve.git(&["push", "-q", "--force", "origin", "HEAD:stage", "HEAD:main"]);
    assert!(!counts(emma, "eve"));
    emma.git(&["fetch", "-q", "--prune"]);
    emma.git(&["switch", "-q", "-C", "work", "origin/stage"]);
    emma.git(&["branch", "-q", "-D", "main"]);
    emma.git(&["reflog", "expire", "--expire=now", "--all"]);
    emma.git(&["gc", "-q", "--prune=now"]);
    assert!(!counts(emma, "eve"));
}

#[test]
fn an_approval_that_was_taken_back_brings_nobody_though_that_is_cut_off_the_ledger() {
    let world = World::new();
    let (mal, host, emma) = (comes(&world, "mal"), comes(&world, "host"), &world.emma);
    let id = brings(&world, &mal, "mal");
    world.eli.told(&["request-changes", &id, "who is mal?"]);
    emma.told(&["track", "show", &id]);
    let ledger = format!("refs/greenroom/tracks/{id}");
    world.git(&["update-ref", &ledger, &format!("{ledger}~1")]);
    merges(&host, "ana/late");
    assert!(!counts(emma, "mal"));
}

#[test]
fn a_project_that_was_moved_brings_no_list_of_its_own() {
    let world = World::new();
    let (eve, emma) = (comes(&world, "eve"), &world.emma);
    assert!(!counts(emma, "eve"));
    writes(&eve, &eve, "eve", "engineer");
    fs_err::create_dir(eve.root.join("flights")).unwrap();
    for file in ["greenroom.yaml", ".greenroom-signers", "workflows", "sql", "data"] {
        eve.git(&["mv", file, "flights"]);
    }
    eve.commit("Elsewhere");
    pushes(&eve);
    emma.git(&["fetch", "-q"]);
    emma.git(&["switch", "-q", "-C", "work", "origin/stage"]);
    let moved = Clone { root: emma.root.join("flights"), key: emma.key.clone() };
    let said = moved.refused(&["track", "list"]);
    assert!(
        said.contains("who may sign was in .greenroom-signers on stage, which is gone from there"),
        "{said}"
    );
    assert!(said.contains("git config greenroom.signersFrom"), "{said}");
}

#[test]
fn a_list_that_somebody_has_spoilt_stops_nobody_who_counted() {
    let world = World::new();
    let (id, eve) = (world.worked_on(), comes(&world, "eve"));
    world.ana.told(&["package"]);
    assert!(!counts(&world.eli, "eve"));
    eve.git(&["switch", "-q", "-C", "work", "origin/stage"]);
    eve.git(&["rm", "-q", ".greenroom-signers"]);
    eve.git(&["commit", "-q", "-m", "No list"]);
    pushes(&eve);
    world.eli.told(&["comment", &id, "still here"]);
    assert!(!counts(&world.eli, "eve") && counts(&world.eli, "ana"));
}

#[test]
fn a_change_that_leaves_nobody_who_could_sign_opens_it_to_nobody() {
    let world = World::new();
    let (eli, zed) = (&world.eli, comes(&world, "zed"));
    // Each address is another one, but for those of the keys; or that of the engineers alone.
    for (at, engineers) in [("who could", false), ("engineers", true)] {
        eli.git(&["fetch", "-q"]);
        eli.git(&["switch", "-q", "-C", "own", "origin/main"]);
        let spec = fs_err::read_to_string(eli.root.join("greenroom.yaml")).unwrap();
        let moved = match engineers {
            true => spec
                .replace("eli@example.com", "eli@example.org")
                .replace("emma@example.com", "emma@example.org"),
            false => spec.replace("@example.com", "@example.org"),
        };
        eli.write("greenroom.yaml", &moved);
        eli.commit("Addresses");
        eli.git(&["push", "-q", "--force", "origin", "HEAD:stage"]);
        zed.git(&["config", "commit.gpgSign", "false"]);
        writes(&zed, &zed, "zed", "engineer");
        pushes(&zed);
        assert!(!counts(&fresh(&world, at), "zed"), "{at}");
        writes(&world.ana, &zed, "zoe", "engineer");
        pushes(&world.ana);
        assert!(!counts(&fresh(&world, &format!("{at} later")), "zoe"), "{at}");
    }
    // The slip is mended by who could before.
    eli.git(&["fetch", "-q"]);
    eli.git(&["switch", "-q", "-C", "own", "origin/main"]);
    eli.write("docs/a.md", "as it was");
    eli.commit("As it was");
    eli.git(&["push", "-q", "--force", "origin", "HEAD:stage"]);
    assert!(counts(&fresh(&world, "mended"), "emma"));
}

#[test]
fn whoever_has_left_does_not_come_back_by_the_tree_of_a_package_from_before() {
    let world = World::new();
    let (id, host, eli) = (world.worked_on(), comes(&world, "host"), &world.eli);
    world.ana.told(&["package"]);
    eli.told(&["approve", &id]);
    let spec = fs_err::read_to_string(eli.root.join("greenroom.yaml")).unwrap();
    eli.git(&["switch", "-q", "-C", "own", "origin/stage"]);
    eli.write("greenroom.yaml", &spec.replace("  emma: {email: emma@example.com, role: engineer}\n", ""));
    eli.write(".greenroom-signers", &[signer("ana", &world.ana.key), signer("eli", &eli.key)].concat());
    eli.commit("Emma has left");
    pushes(eli);
    assert!(!counts(&world.ana, "emma"));
    host.git(&["fetch", "-q"]);
    let tree = host.git(&["merge-tree", "--write-tree", "origin/main", "origin/ana/late"]);
    let parents = ["-p", "origin/stage", "-p", "origin/ana/late"];
    let merged = host.git(&[&["commit-tree", tree.trim(), "-m", "Merge"], &parents[..]].concat());
    host.git(&["push", "-q", "origin", &format!("{}:refs/heads/stage", merged.trim())]);
    // Whatever becomes of it.
    let _ = eli.run(&["promote", &id]);
    for clone in [&world.ana, &fresh(&world, "fresh")] {
        assert!(!counts(clone, "emma"));
    }
}
