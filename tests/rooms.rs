//! Who may know whom: the arrows between the rooms in `src/`, read off the code itself.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::path::Path;

/// Room → the rooms it may use. `engine` stands for its ports too.
const ARROWS: [(&str, &[&str]); 16] = [
    ("domain", &[]),
    ("disk", &[]),
    ("spec", &["domain"]),
    ("plan", &["domain"]),
    ("engine", &["domain"]),
    ("supervisor", &["disk", "domain", "engine"]),
    ("snapshot", &["disk", "domain"]),
    ("logs", &["disk", "domain", "engine"]),
    ("docker", &["domain", "engine"]),
    ("local", &["domain", "docker"]),
    ("operators", &["domain"]),
    ("store", &["disk", "domain", "engine"]),
    ("git", &["domain"]),
    ("review", &["domain"]),
    ("app", &["domain"]),
    ("tui", &["app", "domain"]),
];

/// Crates that one room alone may name.
const OWNERS: [(&str, &str); 6] = [
    ("bollard", "docker"),
    ("git2", "git"),
    ("rusqlite", "store"),
    ("object_store", "store"),
    ("crossterm", "tui"),
    ("sqlparser", "domain"),
];

/// Crates that are I/O or a runtime, which the domain must not know.
const NOT_IN_DOMAIN: [&str; 5] = ["tokio", "bollard", "git2", "fs_err", "std::fs"];

/// Every source file: its room and its text without comments.
fn sources() -> Vec<(String, String, String)> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    walkdir::WalkDir::new(&src)
        .into_iter()
        .map(Result::unwrap)
        .filter(|entry| entry.path().extension().is_some_and(|end| end == "rs"))
        .filter_map(|entry| {
            let path = entry.path().strip_prefix(&src).unwrap();
            // `main.rs` and `lib.rs` belong to no room.
            let room = path.parent()?.components().next()?.as_os_str().to_str()?.to_owned();
            let text = std::fs::read_to_string(entry.path()).unwrap();
            let code: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
            Some((room, path.display().to_string(), code.join("\n")))
        })
        .collect()
}

/// The rooms that a file names by `crate::room` or `crate::{room…`.
fn named(code: &str) -> Vec<&str> {
    code.match_indices("crate::")
        .map(|(at, word)| &code[at + word.len()..])
        .flat_map(|rest| match rest.strip_prefix('{') {
            Some(group) => first_words(group),
            None => vec![rest],
        })
        .map(|path| {
            let path = path.trim();
            &path[..path.find(|c: char| !c.is_ascii_lowercase()).unwrap_or(path.len())]
        })
        .collect()
}

/// The paths of a group `{a, b::{c, d}, e}` whose first brace is gone.
fn first_words(group: &str) -> Vec<&str> {
    let (mut depth, mut start, mut words) = (1, 0, Vec::new());
    for (at, c) in group.char_indices() {
        depth += i32::from(c == '{') - i32::from(c == '}');
        if depth == 0 || (depth == 1 && c == ',') {
            words.push(&group[start..at]);
            start = at + 1;
        }
        if depth == 0 {
            break;
        }
    }
    words
}

#[test]
fn every_room_of_a_group_is_read() {
    assert_eq!(named("use crate::{store::{a, b}, docker::C, cli};"), ["store", "docker", "cli"]);
    assert_eq!(named("crate::git::x(crate::logs::y)"), ["git", "logs"]);
}

#[test]
fn no_room_knows_one_that_it_may_not() {
    let arrows: BTreeMap<_, _> = ARROWS.into_iter().collect();
    let mut forbidden = Vec::new();
    let mut seen = 0;
    for (room, path, code) in sources() {
        // `cli` puts the rooms together.
        let Some(may) = arrows.get(room.as_str()) else {
            assert_eq!(room, "cli", "{path} is in a room that architecture does not know");
            continue;
        };
        for other in named(&code) {
            seen += 1;
            let a_room = other == "cli" || arrows.contains_key(other);
            if a_room && other != room && !may.contains(&other) {
                forbidden.push(format!("{path}: {room} → {other}"));
            }
        }
    }
    assert!(seen > 100, "the arrows are read at all ({seen})");
    assert!(forbidden.is_empty(), "{forbidden:#?}");
}

#[test]
fn each_engine_has_one_room_that_knows_it() {
    let mut wrong = Vec::new();
    for (room, path, code) in sources() {
        for (library, owner) in OWNERS {
            if room != owner && code.contains(&format!("{library}::")) {
                wrong.push(format!("{path} names {library}, which is {owner}'s"));
            }
        }
        if room == "domain" {
            wrong.extend(
                NOT_IN_DOMAIN
                    .iter()
                    .filter(|library| code.contains(&format!("{library}::")))
                    .map(|library| format!("{path} names {library}: the domain does no I/O")),
            );
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn files_stay_small() {
    let mut lengths: Vec<(usize, String)> = sources()
        .iter()
        .map(|(_, path, _)| {
            let whole = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(path);
            (std::fs::read_to_string(whole).unwrap().lines().count(), path.clone())
        })
        .collect();
    lengths.sort();
    let median = lengths[lengths.len() / 2].0;
    let longest = lengths.last().unwrap();
    assert!(median <= 150, "the median file has {median} lines");
    assert!(longest.0 <= 600, "{} has {} lines", longest.1, longest.0);
}
