//! Clones that know only a part of what is there, and remotes that do not do as they are asked.

use camino::Utf8Path;

use super::way::card;
use super::world::*;
use crate::cli::track::{Desk, shown};
use crate::domain::track::NextAction;
use crate::git::Prompt;

/// A clone of Eli's own, made so.
fn clone(world: &World, name: &str, options: &[&str]) -> Clone {
    let root = world.eli.root.with_file_name(name);
    let dir = root.parent().unwrap().to_owned();
    git(&dir, &[&["clone", "-q"], options, &["--", &world.network.url(), root.as_str()]].concat());
    let clone = Clone { root, key: world.eli.key.clone() };
    clone.identify("eli");
    clone
}

fn sat_down(clone: &Clone) -> (Option<Desk>, String) {
    match Desk::at(Some(&clone.root), Prompt::Never) {
        Ok((desk, said)) => (Some(desk), said.unwrap_or_default()),
        Err(error) => (None, [vec![error.what], error.why, error.todo].concat().join("\n")),
    }
}

fn hook(clone: &Utf8Path, name: &str, script: &str) {
    use std::os::unix::fs::PermissionsExt;
    let path = clone.join(".git/hooks").join(name);
    fs_err::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs_err::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn a_clone_of_the_reviewed_branch_alone_is_told_its_target_by_the_remotes_main_branch() {
    let world = World::new();
    world.worked_on();
    let spec = fs_err::read_to_string(world.ana.root.join("greenroom.yaml")).unwrap();
    world.ana.write("greenroom.yaml", &spec.replace("branch: stage", "branch: evil"));
    world.ana.commit("Who reviews it");
    world.ana.git(&["push", "-q", "origin", "ana/late", "ana/late:evil"]);
    world.ana.ran("daily");
    world.ana.told(&["package"]);
    for (name, options) in [
        ("single", &["--single-branch", "--branch", "ana/late"][..]),
        ("shallow", &["--depth=1", "--branch", "ana/late"]),
        ("whole", &["--branch", "ana/late"]),
    ] {
        let clone = clone(&world, name, options);
        // Nobody is asked where only what is known is wanted, and nothing is taken from what is checked out.
        assert!(Desk::known(Some(&clone.root)).is_err());
        let (desk, said) = sat_down(&clone);
        assert_eq!(desk.unwrap().target.short(), "stage", "{name}");
        assert!(said.contains("lead to `stage`") && said.contains("`main` on origin"), "{said}");
        assert!(said.contains("greenroom.yaml here names `evil`"), "{said}");
        assert_eq!(clone.git(&["config", "greenroom.target"]).trim(), "stage");
    }
}

#[test]
fn a_remote_that_names_no_main_branch_leaves_the_target_to_the_person() {
    let world = World::new();
    world.git(&["symbolic-ref", "HEAD", "refs/heads/trunk"]);
    let (desk, said) = sat_down(&clone(&world, "lost", &["--branch", "main"]));
    assert!(desk.is_none() && said.contains("git config greenroom.target BRANCH"), "{said}");

    // A main branch without the project has no say, and what is checked out has none in its place.
    let ana = &world.ana;
    ana.git(&["switch", "-q", "--orphan", "trunk"]);
    ana.write("README", "nothing yet");
    ana.commit("Nothing yet");
    ana.git(&["push", "-q", "origin", "trunk"]);
    let clone = clone(&world, "other", &["--branch", "main"]);
    let (desk, said) = sat_down(&clone);
    assert!(desk.is_none(), "it took {}", desk.unwrap().target);
    assert!(said.contains("`trunk`") && said.contains("git config greenroom.target BRANCH"), "{said}");
    assert!(!try_git(&clone.root, &["config", "greenroom.target"]).status.success());
    // But where it is that very branch, as when the project is about to come there.
    clone.git(&["switch", "-q", "trunk"]);
    clone.git(&["checkout", "-q", "origin/main", "--", "."]);
    let (desk, said) = sat_down(&clone);
    assert_eq!(desk.unwrap().target.short(), "stage");
    assert!(said.contains("greenroom.yaml here"), "{said}");
}

#[test]
fn a_new_remote_takes_the_word_of_the_project_here() {
    let world = World::new();
    let bare = world.remote.with_file_name("new.git");
    fs_err::create_dir(&bare).unwrap();
    git(&bare, &["init", "-q", "--bare", "-b", "main"]);
    world.ana.git(&["remote", "set-url", "origin", bare.as_str()]);
    let (desk, said) = sat_down(&world.ana);
    assert_eq!(desk.unwrap().target.short(), "stage");
    assert!(said.contains("greenroom.yaml here"), "{said}");
}

#[test]
fn a_branch_in_the_place_of_a_folder_of_branches_is_fetched_and_sealed() {
    let world = World::new();
    let id = world.worked_on();
    world.ana.told(&["package"]);
    assert_eq!(world.eli.look(&id).track.next.action, NextAction::Review);
    world.git(&["update-ref", "-d", "refs/heads/ana/late"]);
    world.ana.git(&["switch", "-q", "--detach"]);
    world.ana.git(&["branch", "-q", "-D", "ana/late"]);
    world.ana.git(&["switch", "-q", "-c", "ana"]);
    world.ana.told(&["package", "--track", &id]);
    for clone in [&world.eli, &world.emma] {
        let track = clone.look(&id).track;
        assert_eq!(track.package.unwrap().manifest.branch.short(), "ana");
    }
    world.eli.told(&["approve", &id]);
    world.ana.told(&["promote", &id]);
}

#[test]
fn what_has_landed_does_not_fail_because_it_cannot_be_noted_here() {
    let world = World::new();
    let id = world.worked_on();
    let before = world.git(&["rev-parse", &format!("refs/greenroom/tracks/{id}")]);
    let lock = format!(".git/refs/greenroom/remotes/origin/tracks/{id}.lock");
    hook(&world.ana.root, "pre-push", &format!(": > {lock}"));
    let lock = world.ana.root.join(lock);
    world.ana.told(&["package"]);
    assert_ne!(world.git(&["rev-parse", &format!("refs/greenroom/tracks/{id}")]), before);
    fs_err::remove_file(lock).unwrap();
    assert_eq!(world.ana.look(&id).track.next.action, NextAction::Review);
}

#[test]
fn a_shallow_clone_is_told_how_to_become_a_whole_one() {
    let world = World::new();
    let id = world.worked_on();
    for at in 0..3 {
        world.ana.write("docs/more.md", &format!("{at}"));
        world.ana.commit("More");
    }
    world.ana.ran("daily");
    world.ana.told(&["package"]);
    // Stage goes on, so that the merge is looked at anew.
    let emma = &world.emma;
    emma.git(&["switch", "-q", "-c", "work", "origin/stage"]);
    emma.write("docs/other.md", "of no step");
    emma.commit("Else");
    emma.git(&["push", "-q", "origin", "HEAD:stage"]);
    let clone = clone(&world, "shallow", &["--depth=1", "--branch", "ana/late"]);
    let said = clone.refused(&["review", "show", &id]);
    assert!(
        said.contains("this clone is shallow") && said.contains("git fetch --unshallow origin"),
        "{said}"
    );
    // A worktree of it is no other clone.
    let root = clone.root.with_file_name("worktree");
    clone.git(&["worktree", "add", "-q", "--detach", root.as_str()]);
    let worktree = Clone { root, key: clone.key.clone() };
    assert!(worktree.desk().repository.is_shallow());
    let said = worktree.refused(&["review", "show", &id]);
    assert!(said.contains("git fetch --unshallow origin"), "{said}");
    clone.git(&["fetch", "-q", "--unshallow", "origin"]);
    assert!(!worktree.desk().repository.is_shallow());
    assert_eq!(card(&clone, &id).files.len(), 2);
    clone.told(&["approve", &id]);
}

#[test]
fn a_hook_that_tells_why_on_its_standard_output_is_heard() {
    let world = World::new();
    let id = world.worked_on();
    hook(&world.ana.root, "pre-push", "echo 'the tests are red'; exit 1");
    let said = world.ana.refused(&["package", "--track", &id]);
    assert!(said.contains("the tests are red") && !said.contains("without a word"), "{said}");
    assert!(said.contains("nothing of it has landed"), "{said}");
}

#[test]
fn a_remote_without_atomic_pushes_is_told_of_by_its_cause() {
    let world = World::new();
    let id = world.worked_on();
    world.git(&["config", "receive.advertiseAtomic", "false"]);
    let before = world.git(&["for-each-ref"]);
    let said = world.ana.refused(&["package", "--track", &id]);
    assert!(said.contains("takes no atomic pushes") && said.contains("nothing of it has landed"), "{said}");
    assert!(!said.contains("once it can be reached"), "{said}");
    assert_eq!(world.git(&["for-each-ref"]), before);
}

#[test]
fn a_remote_that_hides_a_ledger_from_pushes_is_not_somebody_who_was_faster() {
    let world = World::new();
    let id = world.worked_on();
    world.git(&["config", "receive.hideRefs", "refs/greenroom"]);
    let before = world.git(&["for-each-ref"]);
    let said = world.eli.refused(&["comment", &id, "well"]);
    assert!(said.contains(&format!("does not let refs/greenroom/tracks/{id} be moved")), "{said}");
    assert!(said.contains("receive.hideRefs") && !said.contains("by others"), "{said}");
    assert_eq!(world.git(&["for-each-ref"]), before);
}

#[test]
fn an_edited_file_that_git_was_told_to_pass_over_is_not_packaged() {
    let world = World::new();
    let id = world.worked_on();
    for flag in ["assume-unchanged", "skip-worktree"] {
        world.ana.git(&["update-index", &format!("--{flag}"), "sql/late.sql"]);
        world.ana.write("sql/late.sql", "SELECT carrier, 1 AS worst FROM lake.flights\n");
        let said = world.ana.refused(&["package", "--track", &id]);
        assert!(said.contains("`sql/late.sql` is not as it is committed"), "{flag}: {said}");
        world.ana.write("sql/late.sql", &LATE.replace("MAX", "MIN"));
        world.ana.git(&["update-index", &format!("--no-{flag}"), "sql/late.sql"]);
    }
    world.ana.git(&["update-index", "--assume-unchanged", "sql/late.sql"]);
    world.ana.told(&["package", "--track", &id]);
}

#[test]
fn a_branch_that_is_gone_costs_its_own_track_and_no_other() {
    let world = World::new();
    let id = world.worked_on();
    world.ana.told(&["package"]);
    world.eli.told(&["approve", &id]);
    // Somebody squashes it elsewhere, after stage went on, and tidies up.
    let emma = &world.emma;
    emma.git(&["fetch", "-q"]);
    emma.git(&["switch", "-q", "-C", "work", "origin/stage"]);
    emma.write("docs/other.md", "of no step");
    emma.commit("Goes on");
    emma.git(&["merge", "-q", "--squash", "origin/ana/late"]);
    emma.git(&["commit", "-q", "-m", "By a host"]);
    emma.git(&["push", "-q", "origin", "HEAD:stage"]);
    world.ana.told(&["promote", &id]);
    world.git(&["update-ref", "-d", "refs/heads/ana/late"]);

    let late = clone(&world, "late", &["--branch", "main"]);
    late.told(&["track", "list"]);
    late.told(&["review"]);
    late.told(&["track", "show", &id]);
    let said = late.refused(&["review", "show", &id]);
    assert!(
        said.contains("that the package is of is not here") && said.contains("was deleted or rewritten"),
        "{said}"
    );
    // Who has seen it goes on.
    world.eli.told(&["review", "show", &id]);
}

#[test]
fn a_worktree_is_packaged_and_a_partial_clone_reviews_what_is_no_text() {
    let world = World::new();
    let id = world.opened();
    world.git(&["config", "uploadpack.allowFilter", "true"]);
    let root = world.ana.root.with_file_name("beside");
    world.ana.git(&["worktree", "add", "-q", "-b", "ana/late", root.as_str()]);
    let beside = Clone { root, key: world.ana.key.clone() };
    beside.write("sql/late.sql", &LATE.replace("MAX", "MIN").replace('\n', "\r\n"));
    let pointer =
        format!("version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize 12\n", "0".repeat(64));
    beside.write("data/model.bin", &pointer);
    beside.write(".gitmodules", "[submodule \"sub\"]\n\tpath = sub\n\turl = https://sub.example/sub.git\n");
    fs_err::create_dir(beside.root.join("sub")).unwrap();
    let head = beside.git(&["rev-parse", "HEAD"]);
    beside.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{},sub", head.trim())]);
    beside.commit("All kinds");
    beside.ran("daily");
    beside.told(&["package", "--track", &id]);

    let partial = clone(&world, "partial", &["--filter=blob:none"]);
    let (desk, looked) = (partial.desk(), partial.look(&id));
    let look = shown(&desk, &looked, &desk.roster().unwrap()).unwrap();
    let told = |path: &str| {
        let file = look.files.iter().find(|file| file.change.path == path).unwrap();
        file.told.clone().unwrap_or_default()
    };
    assert!(told("data/model.bin").contains("LFS keeps"), "{}", told("data/model.bin"));
    assert!(told("sub").contains("a submodule: nothing before"), "{}", told("sub"));
    let query = look.files.iter().find(|file| file.change.path == "sql/late.sql").unwrap();
    assert!(query.hunks[0].new[0].ends_with('\r') && !query.hunks[0].old[0].ends_with('\r'), "{query:?}");
    partial.told(&["approve", &id]);
    beside.told(&["promote", &id]);
    assert!(world.git(&["show", "stage:sql/late.sql"]).contains("MIN(delay) AS worst\r\n"));
}
