//! The README's first command, from an empty directory, on the real engine.
#![allow(clippy::unwrap_used)]

mod support;

use std::process::Command;

use support::{Project, read, text};

/// The commands that the demo ends with, without their comments.
fn next(shown: &str) -> Vec<String> {
    let (_, after) = shown.split_once("Next, as printed:").unwrap_or_else(|| panic!("{shown}"));
    after
        .lines()
        .filter_map(|line| line.strip_prefix("  "))
        .map(|line| line.split(" # ").next().unwrap().trim().to_owned())
        .collect()
}

#[test]
fn from_nothing_to_a_finished_run_and_again_in_seconds() {
    let place = Project::bare();
    let ended = place.run(&["demo", "--yes"]);
    // Progress goes to the other stream.
    let shown = text(&ended.stdout);
    assert!(ended.status.success(), "{shown}{}", text(&ended.stderr));
    assert!(shown.contains("report.html"), "the artifacts are shown: {shown}");
    let demo = place.dir.join("greenroom-demo");
    let commits = Command::new("git").args(["log", "--format=%s"]).current_dir(&demo).output().unwrap();
    assert_eq!(text(&commits.stdout).lines().count(), 1, "a repository of its own");

    let commands = next(&shown);
    assert!(commands.len() >= 5, "{commands:?}");
    for command in commands {
        let ended = Command::new("sh").args(["-c", &command]).current_dir(&place.dir).output().unwrap();
        assert!(ended.status.success(), "{command}\n{}{}", text(&ended.stdout), text(&ended.stderr));
    }

    let mine = demo.join("workflows/daily_delays.yaml");
    std::fs::write(&mine, read(&mine) + "# mine\n").unwrap();
    let again = place.expect(0, &["demo"]);
    assert!(!again.contains("load_lake"), "the lake is loaded already: {again}");
    assert!(again.contains("daily_delays.yaml was changed and stays as it is"), "{again}");
    assert!(read(&mine).ends_with("# mine\n"));

    place.file("thesis/chapter.tex", "");
    let refused = place.expect(2, &["demo", "--dir", "thesis"]);
    assert!(refused.contains("is there already, and is not the sample project"), "{refused}");
    // The first one's service holds its name and its port.
    let beside = Project::bare();
    beside.expect(0, &["demo"]);
    for place in [place, beside] {
        place.expect(0, &["local", "down", "--project", "greenroom-demo"]);
    }
}
