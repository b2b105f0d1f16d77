//! A review from both sides, on the real engine: what `demo review` prints is typed as it is printed.
#![allow(clippy::unwrap_used)]

mod support;

use std::path::Path;
use std::process::Command;

use serde_json::Value;
use support::{Project, text};

/// The commands that it ends with, each in the folder that it is for, without comments.
fn next(shown: &str) -> Vec<String> {
    let (_, after) = shown.split_once("Next, as printed:").unwrap_or_else(|| panic!("{shown}"));
    let lines = after.lines().filter_map(|line| line.strip_prefix("  "));
    lines.map(|line| line.split("  # ").next().unwrap().trim().to_owned()).collect()
}

fn typed(script: &str, at: &Path) -> (bool, String) {
    let ended = Command::new("bash").args(["-ec", script]).current_dir(at).output().unwrap();
    (ended.status.success(), text(&ended.stdout) + &text(&ended.stderr))
}

fn git(at: &Path, words: &str) -> String {
    typed(&format!("git {words}"), at).1.trim().to_owned()
}

#[test]
fn the_demonstration_is_played_through_as_it_is_printed() {
    let place = Project::bare();
    let shown = place.expect(0, &["demo", "review", "--yes"]);
    let commands = next(&shown);
    assert!(commands.len() >= 10, "{commands:?}");
    let root = place.dir.join("greenroom-review");
    let (ana, eli) = (root.join("ana"), root.join("eli"));
    let before = git(&eli, "status --porcelain");
    let greenroom = |words: &str| typed(&format!("{} {words}", env!("CARGO_BIN_EXE_greenroom")), &eli);
    let (well, told) = greenroom("review show daily_delays");
    assert!(well && told.contains("loses the column gust_mph: read by weekly_wind.wind"), "{told}");
    // The check tells of it, and no check of the reader's own holds the package up.
    assert!(told.contains("which has no such column: the check inputs-known"), "{told}");
    assert!(told.contains("Each required check holds"), "{told}");

    let (well, told) = typed(&commands.join("\n"), &place.dir);
    assert!(well, "{told}");
    assert!(told.contains("The package does here what it did where it was sealed."), "{told}");
    assert!(!git(&root, "-C remote.git show stage:sql/consolidate.sql").contains("dep_delay >= 15"));
    assert!(git(&root, "-C remote.git show stage:sql/consolidate.sql").contains("gust_mph"));

    // Whoever ran it again has neither its tables nor its files, and the run only to look at.
    assert_eq!(git(&eli, "status --porcelain"), before);
    assert_eq!(git(&eli, "worktree list").lines().count(), 1);
    assert_eq!(std::fs::read_dir(eli.join(".greenroom/review")).unwrap().count(), 0);
    assert!(!eli.join(".greenroom/lake/lake/daily_delays").exists());
    let runs = greenroom("runs daily_delays --json").1;
    let runs: Value = serde_json::from_str(&runs).unwrap();
    assert_eq!(runs.as_array().unwrap().len(), 1, "{runs:#}");

    // The next change is run twice before it is packaged.
    let change = format!(
        "git switch -qc ana/words && sed -i 's/30 minutes/Half an hour/' sql/consolidate.sql && git commit -qam Words
         {0} track open daily_delays --need words && {0} run daily_delays && {0} package --json",
        env!("CARGO_BIN_EXE_greenroom"),
    );
    let (well, told) = typed(&change, &ana);
    assert!(well, "{told}");
    let sealed = told.lines().rfind(|line| line.starts_with("{\"event\":\"package_sealed\"")).unwrap();
    let sealed: Value = serde_json::from_str(sealed).unwrap();
    let checks = sealed["card"]["checks"].as_array().unwrap();
    let twice = checks.iter().find(|check| check["id"] == "idempotent").unwrap();
    assert_eq!(twice["status"], "PASSED", "{twice:#}");
}
