//! Runs in the workbench as a person has them: started, watched, stopped and looked into, on the real engine.
#![allow(clippy::unwrap_used)]

mod support;

use std::os::unix::fs::PermissionsExt;

use support::terminal::Terminal;
use support::{Project, until};

#[test]
fn a_run_goes_on_when_the_screen_is_closed_and_is_shown_live_again() {
    let project = Project::with(
        r#"a: {run: 'echo be""gun; while [ ! -e /cache/go/on ]; do sleep 0.1; done; echo d""one', cache: [go]}"#,
    );
    let mut terminal = Terminal::usual(&project, &[]);
    terminal.shows("run it for the first time");
    terminal.type_in("r");
    terminal.shows("begun");
    terminal.type_in("\x03");
    assert!(terminal.ended().success());
    assert_eq!(project.runs()[0]["status"], "running");
    let mut terminal = Terminal::usual(&project, &[]);
    terminal.shows("watch run");
    terminal.type_in("\r");
    terminal.shows("begun");
    terminal.shows("› running");
    project.file(".greenroom/cache/go/on", "");
    terminal.shows("✓ succeeded");
    terminal.shows("done");
    terminal.type_in("\x1b");
    // The board hears of it, and of what other people do.
    terminal.shows("ready for review");
    project.workflow("other", "a: {run: 'true'}");
    terminal.shows("other");
    terminal.type_in("q");
    assert!(terminal.ended().success());
}

#[test]
fn a_cancel_asks_and_is_told() {
    let project = Project::with("a: {run: 'echo be\"\"gun; sleep 600'}");
    let mut terminal = Terminal::usual(&project, &[]);
    terminal.shows("run it for the first time");
    terminal.type_in("r");
    terminal.shows("begun");
    terminal.type_in("x");
    terminal.shows("Stop run");
    terminal.type_in("y");
    terminal.shows("■ cancelled");
    terminal.type_in("3");
    terminal.shows("■ w");
    terminal.type_in("\x03");
    assert!(terminal.ended().success());
}

/// It is live again, and not what its earlier life came to.
#[test]
fn a_run_that_is_resumed_is_followed_into_its_next_life() {
    let project = Project::with("a: {run: 'echo life-$GREENROOM_ATTEMPT; sleep 600'}");
    let mut terminal = Terminal::usual(&project, &[]);
    terminal.shows("run it for the first time");
    terminal.type_in("r");
    for life in ["life-1", "life-2", "life-3"] {
        terminal.shows(life);
        terminal.shows("› running");
        terminal.type_in("x");
        terminal.shows("Stop run");
        terminal.type_in("y");
        terminal.shows("■ cancelled");
        if life != "life-3" {
            terminal.type_in("C");
        }
    }
    terminal.type_in("\x03");
    assert!(terminal.ended().success());
    assert_eq!(project.runs().len(), 1);
}

/// Each cell has a log of its own.
#[test]
fn the_cells_of_a_matrix_are_gone_through() {
    let project = Project::with("m: {matrix: {x: [1, 2, 3]}, run: 'echo cell-$GREENROOM_MATRIX_X'}");
    project.expect(0, &["run", "w"]);
    let mut terminal = Terminal::usual(&project, &[]);
    terminal.shows("✓");
    terminal.type_in("\r");
    terminal.shows("✓✓✓");
    terminal.type_in("HH");
    terminal.shows("cell-1");
    for cell in ["cell-2", "cell-3"] {
        terminal.type_in("L");
        terminal.shows(cell);
    }
    terminal.type_in("\x03");
    assert!(terminal.ended().success());
}

/// What a run made is seen, read in the person's own pager, and copied by its path.
#[test]
fn what_a_run_made_is_looked_into() {
    let project = Project::with(
        "make:
  run: 'echo carrier,n > $GREENROOM_OUTPUT_X; for n in 1 2 3; do echo UA$n,$n >> $GREENROOM_OUTPUT_X; done'
  outputs: {x: {path: table.csv}}",
    );
    let pager = project.dir.join(".config/pager");
    project.file(".config/pager", format!("#!/bin/sh\ncat > {}/read.csv\n", project.dir.display()));
    std::fs::set_permissions(&pager, std::fs::Permissions::from_mode(0o755)).unwrap();
    project.expect(0, &["run", "w"]);
    let mut terminal = Terminal::usual(&project, &[("PAGER", pager.to_str().unwrap())]);
    terminal.shows("w  ");
    terminal.type_in("3");
    terminal.shows("✓ w");
    terminal.type_in("a");
    terminal.shows("make/");
    terminal.type_in("\r");
    terminal.shows("table.csv");
    terminal.shows("UA3");
    terminal.shows("3 rows");
    terminal.type_in("v");
    let paged = || std::fs::read_to_string(project.dir.join("read.csv")).unwrap_or_default();
    until("the pager", || paged().ends_with("UA3,3\n").then_some(()));
    until("its own screen again", || (terminal.sent().matches("\x1b[?1049h").count() == 2).then_some(()));
    terminal.type_in("\r]");
    terminal.shows("3 distinct");
    terminal.shows("other pane");
    terminal.type_in("\x1b");
    terminal.shows("/ find");
    terminal.type_in("\x1b");
    terminal.shows("make/");
    terminal.type_in("\x1b");
    terminal.shows("✓ w");
    terminal.type_in("\x03");
    assert!(terminal.ended().success());
}
