use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use super::world::*;
use crate::domain::text::safe;
use crate::git::{Lease, Pushed, TrackRefs};

/// What git takes for a branch's name: only control characters and a few signs are refused.
const BRANCH: &str = "evil\u{202e}niam;$(touch${IFS}proof)&|'\"";

#[test]
fn a_branch_of_any_name_is_carried_as_it_is_and_shown_harmlessly() {
    let world = World::new();
    let full = format!("refs/heads/{BRANCH}");
    world.ana.git(&["update-ref", &full, "HEAD"]);
    world.ana.git(&["symbolic-ref", "HEAD", &full]);
    world.ana.git(&["update-ref", "refs/heads/-f", "HEAD"]);
    let repository = open(&world.ana);
    let head = repository.head().unwrap();
    assert_eq!(head.branch, Some(name(&full)));
    assert_eq!(repository.tip(&name(&full)).unwrap(), head.commit);
    assert_eq!(Some(repository.resolve(BRANCH).unwrap()), head.commit);
    let tip = entry(&repository, None, "one");
    assert_eq!(push_both(&repository, TrackRefs::Custom, &tip, Lease::New), Pushed::Done);
    let option = update(&head.commit.clone().unwrap(), "refs/heads/-f", Lease::FastForward);
    assert_eq!(repository.push("origin", &[option]).unwrap(), Pushed::Done);
    let fetched = repository.fetch_ledgers("origin", &[name(&full), name("refs/heads/-f")]).unwrap();
    assert!(fetched.branches.values().all(|tip| *tip == head.commit));
    assert!(!world.ana.root.join("proof").exists());

    let error = repository.resolve("no\u{1b}[2J\u{202e}where").unwrap_err().to_string();
    assert_eq!(error, "`no␛[2J<U+202E>where` names no commit of this clone");
}

#[test]
fn what_a_hook_says_of_a_hostile_branch_is_harmless() {
    let world = World::new();
    world.hook("update", "printf 'no: %s \\033]52;c;eA==\\007\\n' \"$1\" >&2; exit 1");
    let repository = open(&world.ana);
    let head = repository.resolve("HEAD").unwrap();
    let there = update(&head, &format!("refs/heads/{BRANCH}"), Lease::FastForward);
    let pushed = repository.push("origin", &[there]).unwrap();
    let Pushed::Refused { remote_ref, said, .. } = pushed else { panic!("{pushed:?}") };
    assert_eq!(remote_ref, Some(name(&format!("refs/heads/{BRANCH}"))));
    assert!(said.starts_with("no: refs/heads/evil<U+202E>niam"), "{said}");
    assert_eq!(said.lines().map(safe).collect::<Vec<_>>().join("\n"), said);
}

#[test]
fn names_that_are_no_text_are_left_out_and_hurt_nobody() {
    let world = World::new();
    let odd = OsStr::from_bytes(b"refs/greenroom/tracks/\xff\xfe");
    let mut command = std::process::Command::new("git");
    command.arg("-C").arg(&world.remote.root).arg("update-ref").arg(odd).arg("main");
    assert!(command.status().unwrap().success());
    let repository = open(&world.ana);
    let tip = entry(&repository, None, "one");
    assert_eq!(push_both(&repository, TrackRefs::Custom, &tip, Lease::New), Pushed::Done);
    let fetched = repository.fetch_ledgers("origin", &[]).unwrap();
    assert_eq!(fetched.tracks.iter().map(|track| track.id.as_str()).collect::<Vec<_>>(), [TRACK]);
    let names = repository.list_remote("origin", &[]).unwrap();
    assert_eq!(names.len(), 2, "{names:?}");
}
