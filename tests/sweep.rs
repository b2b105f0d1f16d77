//! A sweep and who stops it, on the real engine.
#![allow(clippy::unwrap_used)]

mod support;

use std::io::{BufRead, BufReader, Read};
use std::process::Stdio;

use rustix::process::{Pid, Signal, kill_process};
use support::Project;

/// Whenever it comes: also where one run has ended and the next cannot hear of it yet.
#[test]
fn a_ctrl_c_between_two_runs_ends_the_sweep() {
    let project = Project::new();
    let step = "a: {run: 'echo $GREENROOM_PARAM_DEPTH > $GREENROOM_OUTPUT_DIR/x', outputs: {x: {path: x}}}";
    project.workflow_of("w", "params: {depth: {type: int, default: 0}}", step);
    let mut command = project.command(&["run", "w", "--param", "depth=1,2,3,4"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    while !line.starts_with("run 2 of 4") {
        line.clear();
        assert!(lines.read_line(&mut line).unwrap() > 0, "it ended before its second run");
    }
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    let mut rest = String::new();
    lines.read_to_string(&mut rest).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130), "{rest}");
    assert!(!rest.contains("run 3 of 4"), "{rest}");
    // What ran is told, and that the others did not.
    let lines: Vec<&str> = rest.lines().collect();
    let titles = lines.iter().position(|line| line.split_whitespace().eq(["run", "depth", "steps"])).unwrap();
    assert!(lines[titles + 1].starts_with("✓") && lines[titles + 1].contains("1 ran"), "{rest}");
    assert!(lines.last().unwrap().ends_with("of 4 runs were not started"), "{rest}");
}
