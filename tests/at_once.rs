//! Many who want the same at the same time: each gets what is his, or is told why not.
#![allow(clippy::unwrap_used)]

mod support;

use std::collections::HashSet;
use std::process::{Child, Command, Output, Stdio};
use std::time::Instant;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use support::{Project, read, text, until};

fn start(project: &Project, args: &[&str]) -> Child {
    project.command(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

fn said(output: &Output) -> String {
    text(&output.stdout) + &text(&output.stderr)
}

fn runs(project: &Project) -> Vec<Value> {
    serde_json::from_slice(&project.run(&["runs", "--json"]).stdout).unwrap()
}

/// What the engine has of a project's run.
fn containers(run: &Value) -> String {
    let filter = format!("label=greenroom.run={}", run["token"].as_str().unwrap());
    let listed = Command::new("docker").args(["ps", "-aq", "--filter", &filter]).output().unwrap();
    assert!(listed.status.success(), "{}", text(&listed.stderr));
    text(&listed.stdout)
}

#[test]
fn ten_runs_of_one_workflow_are_ten_runs() {
    let project = Project::with(
        "first: {run: 'echo $GREENROOM_TOKEN; echo $GREENROOM_TOKEN > $GREENROOM_OUTPUT_X', outputs: {x: {path: x}}}
second: {inputs: {x: '${{ steps.first.outputs.x }}'}, run: 'cat $GREENROOM_INPUT_X'}",
    );
    let children: Vec<Child> = (0..10).map(|_| start(&project, &["run", "w"])).collect();
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", said(&output));
    }
    let runs = runs(&project);
    let tokens: HashSet<&str> = runs.iter().map(|run| run["token"].as_str().unwrap()).collect();
    assert_eq!(tokens.len(), 10);
    for run in &runs {
        assert_eq!(run["status"], "succeeded");
        let log = read(format!("{}/_run/logs/second.1.log", run["path"].as_str().unwrap()));
        assert_eq!(log.trim(), run["token"].as_str().unwrap(), "each its own input");
        assert_eq!(containers(run), "");
    }
}

#[test]
fn of_two_that_resume_one_run_one_does() {
    let project = Project::with("a: {run: 'echo on; sleep 3; echo off'}\nb: {needs: [a], run: 'echo b'}");
    let child = start(&project, &["run", "w"]);
    let pid = until("a supervisor", || {
        let runs = runs(&project);
        let started = !containers(runs.first()?).is_empty();
        runs[0]["supervisor_pid"].as_i64().filter(|_| started)
    });
    kill_process(Pid::from_raw(pid.try_into().unwrap()).unwrap(), Signal::KILL).unwrap();
    child.wait_with_output().unwrap();
    until("the run to be interrupted", || (runs(&project)[0]["status"] == "interrupted").then_some(()));
    let both = [0, 1, 2].map(|_| start(&project, &["resume", "@last"]));
    let ended = both.map(|child| child.wait_with_output().unwrap());
    let mut codes = ended.iter().map(|output| output.status.code().unwrap()).collect::<Vec<_>>();
    codes.sort_unstable();
    let all: String = ended.iter().map(said).collect();
    assert_eq!(codes, [0, 2, 2], "{all}");
    let run = &runs(&project)[0];
    let events = read(format!("{}/_run/events.jsonl", run["path"].as_str().unwrap()));
    assert_eq!(events.matches("step_finished").count(), 2, "{events}");
    assert_eq!(events.matches(r#""seq":0,"#).count(), 1, "{events}");
    assert_eq!(run["status"], "succeeded", "{events}");
}

/// At instants spread around the run's end: what is told is what is on record, and nothing stays.
#[test]
fn a_cancel_at_the_last_instant_is_either_or() {
    let project = Project::with("a: {run: 'sleep 0.5'}");
    let begun = Instant::now();
    project.expect(0, &["run", "w"]);
    let length = begun.elapsed();
    let tries = if std::env::var("GREENROOM_FAULTS").is_ok() { 60 } else { 8 };
    let mut seen = HashSet::new();
    for number in 0..tries {
        let run = start(&project, &["run", "w", "--json"]);
        // The last third of a run's usual time, and a little more.
        let share = 0.65 + 0.45 * f64::from(number) / f64::from(tries);
        std::thread::sleep(length.mul_f64(share));
        let cancel = project.run(&["cancel", "@last"]);
        let output = run.wait_with_output().unwrap();
        let last = text(&output.stdout).lines().last().unwrap().to_owned();
        let told: Value = serde_json::from_str(&last).unwrap();
        let recorded = runs(&project)[0].clone();
        assert_eq!(told["status"], recorded["status"], "{last}");
        let code = if recorded["status"] == "succeeded" { 0 } else { 130 };
        assert_eq!(output.status.code(), Some(code), "{last}");
        assert!([Some(0), Some(2)].contains(&cancel.status.code()), "{}", said(&cancel));
        assert_eq!(containers(&recorded), "", "{last}");
        seen.insert(recorded["status"].as_str().unwrap().to_owned());
    }
    println!("{tries} cancels around the end: {seen:?}");
    assert!(seen.iter().all(|status| status == "succeeded" || status == "cancelled"), "{seen:?}");
}

/// Services go, steps stay: what is taken down is the environment, not the run.
#[test]
fn local_down_during_a_run_leaves_the_run_alone() {
    let project = Project::with("a: {run: 'echo on; sleep 3; echo off'}\nb: {needs: [a], run: 'echo b'}");
    let child = start(&project, &["run", "w"]);
    until("the step to run", || {
        let runs = runs(&project);
        let log = format!("{}/_run/logs/a.1.log", runs.first()?["path"].as_str().unwrap());
        std::fs::read_to_string(log).ok().filter(|log| !log.is_empty())
    });
    let down = project.run(&["local", "down"]);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "down: {}\nrun: {}", said(&down), said(&output));
}

/// The network is nobody's as long as nothing runs on it, and gone when the first step wants to start.
#[test]
fn local_down_while_a_run_starts_keeps_it_from_nothing() {
    let project = Project::with("a: {run: 'sleep 1; echo on'}");
    let yaml = read(project.dir.join("greenroom.yaml"));
    project.file("greenroom.yaml", yaml.replace("greenroom_tests", "greenroom_tests_down"));
    project.expect(0, &["local", "build"]);
    for _ in 0..3 {
        let mut child = start(&project, &["run", "w"]);
        while child.try_wait().unwrap().is_none() {
            project.run(&["local", "down"]);
        }
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", said(&output));
    }
}
