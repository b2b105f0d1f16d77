//! A run as a person sees it, on a terminal of the usual size.

mod support;

use serde_json::Value;
use support::terminal::Terminal;
use support::{Project, until};

fn status_of_last(project: &Project) -> Option<String> {
    let runs: Value = serde_json::from_slice(&project.run(&["runs", "--json"]).stdout).ok()?;
    runs[0]["status"].as_str().map(str::to_owned)
}

#[test]
fn a_running_step_has_a_live_line_and_a_table_stays() {
    let project = Project::with(
        "make: {run: 'echo x > \"$GREENROOM_OUTPUT_X\"', outputs: {x: {path: x.txt}}}
wait:
  needs: [make]
  run: |
    echo 'half of it'
    while [ ! -e \"$HOME/never\" ]; do sleep 0.1; n=$((${n:-0} + 1)); if [ $n -gt 20 ]; then exit 0; fi; done",
    );
    let mut terminal = Terminal::of(&project, &["run", "w"], 24, 80);
    // The live line tells what the step said last.
    terminal.shows("half of it");
    assert!(terminal.shown().contains("✓ make"), "{}", terminal.shown());
    assert!(terminal.ended().success());
    let shown = terminal.shown();
    assert!(shown.contains("✓  make") && shown.contains("✓  wait"), "{shown}");
    assert!(!shown.contains("half of it"), "a live line goes with its step:\n{shown}");
    assert!(shown.contains("succeeded after") && shown.contains("artifacts"), "{shown}");
}

#[test]
fn ctrl_c_lets_steps_clean_up_and_is_recorded_as_cancelled() {
    let project = Project::with(
        "long:
  run: |
    trap 'echo swept; exit 143' TERM
    echo working; sleep 600 & wait",
    );
    let mut terminal = Terminal::of(&project, &["run", "w"], 24, 80);
    terminal.shows("working");
    terminal.type_in("\x03");
    terminal.shows("cancelling: steps may clean up");
    assert_eq!(terminal.ended().exit_code(), 130);
    assert_eq!(status_of_last(&project).as_deref(), Some("cancelled"));
    assert!(project.expect(0, &["logs", "@last", "long"]).contains("swept"));
}

#[test]
fn a_second_ctrl_c_waits_for_nothing() {
    let project = Project::with("deaf: {run: \"trap '' TERM; echo deaf; while :; do sleep 1; done\"}");
    let mut terminal = Terminal::of(&project, &["run", "w"], 24, 80);
    terminal.shows("deaf  ");
    terminal.shows("deaf");
    until("its first line", || project.expect(0, &["logs", "@last", "deaf"]).contains("deaf").then_some(()));
    terminal.type_in("\x03");
    terminal.shows("cancelling");
    terminal.type_in("\x03");
    assert_eq!(terminal.ended().exit_code(), 130);
    assert!(terminal.shown().contains("stopping at once"), "{}", terminal.shown());
    assert_eq!(status_of_last(&project).as_deref(), Some("cancelled"));
}

#[test]
fn what_takes_its_time_says_so() {
    let project = Project::with("deaf: {run: \"trap '' TERM; echo deaf; while :; do sleep 1; done\"}");
    project.expect(0, &["run", "w", "--detach"]);
    until("its first line", || {
        support::text(&project.run(&["logs", "@last", "deaf"]).stdout).contains("deaf").then_some(())
    });
    let mut terminal = Terminal::of(&project, &["cancel", "@last"], 24, 80);
    terminal.shows("waiting until its steps have stopped …");
    assert!(terminal.ended().success());
    let shown = terminal.shown();
    assert!(shown.contains("was cancelled") && !shown.contains("waiting"), "{shown}");
}

/// The program that was asked is the terminal's first: with its end the terminal hangs up.
#[test]
fn a_terminal_that_closes_at_once_leaves_a_detached_run_going() {
    let project = Project::with("one: {run: 'true'}");
    let mut terminal = Terminal::of(&project, &["run", "w", "--detach"], 24, 80);
    assert!(terminal.ended().success());
    until("its success", || (status_of_last(&project)? == "succeeded").then_some(()));
}

#[test]
fn a_closed_window_leaves_the_run_going() {
    let project = Project::with("long: {run: 'echo begun; sleep 4; echo done'}");
    let mut terminal = Terminal::unwatched(&project, &["run", "w"], 24, 80);
    until("a running step", || {
        let said = project.run(&["logs", "@last", "long"]).stdout;
        support::text(&said).contains("begun").then_some(())
    });
    terminal.close();
    terminal.ended();
    assert_eq!(status_of_last(&project).as_deref(), Some("running"));
    let next = project.run(&["run", "w", "--detach"]);
    assert!(support::text(&next.stderr).contains("is still running"), "{}", support::text(&next.stderr));
    until("the success of both", || {
        let runs: Value = serde_json::from_slice(&project.run(&["runs", "--json"]).stdout).ok()?;
        let succeeded = |run: &Value| run["status"] == "succeeded";
        (runs.as_array()?.len() == 2 && runs.as_array()?.iter().all(succeeded)).then_some(())
    });
}
