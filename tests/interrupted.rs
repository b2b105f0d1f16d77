//! A run whose supervisor is killed where its end was already decided: what was being stopped is no success, what an
//! engine ended is no failure, and what had failed before has its other chance.
#![allow(clippy::unwrap_used)]

mod support;

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use support::{Project, left_of, of, read, status, text, until};

/// Writes half of its output, and takes a SIGTERM for a reason to end well.
const HALF: &str = "half:
  outputs: {x: {path: x}}
  run: |
    trap 'sleep 3; exit 0' TERM
    if [ $GREENROOM_ATTEMPT = 2 ]; then echo whole > $GREENROOM_OUTPUT_X; exit; fi
    echo half > $GREENROOM_OUTPUT_X
    echo begun
    while true; do sleep 0.1; done
";

fn start(project: &Project, args: &[&str]) -> Child {
    project.command(args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

fn recorded(project: &Project) -> Option<Value> {
    let runs: Value = serde_json::from_slice(&project.run(&["runs", "--json"]).stdout).ok()?;
    runs.as_array()?.first().cloned()
}

fn events(run: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(run.join("_run/events.jsonl")).unwrap_or_default();
    text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

/// Waits until the newest run has a file, below its directory, that holds something.
fn written(project: &Project, file: &str) -> PathBuf {
    until(file, || {
        let run = PathBuf::from(recorded(project)?["path"].as_str()?);
        run.join(file).metadata().is_ok_and(|meta| meta.len() > 0).then_some(run)
    })
}

fn kill(project: &Project, mut child: Child) {
    let pid = recorded(project).unwrap()["supervisor_pid"].as_i64().unwrap();
    kill_process(Pid::from_raw(pid as i32).unwrap(), Signal::KILL).unwrap();
    child.wait().unwrap();
    until("nobody to drive the run", || (recorded(project)?["status"] == "interrupted").then_some(()));
}

/// Each container of a run, whether or not it has ended, and whether it still runs.
fn containers(run: &Path) -> Vec<(String, bool)> {
    let token = run.file_name().unwrap().to_str().unwrap();
    let filter = format!("label=greenroom.run={token}");
    let args = ["ps", "-a", "--filter", &filter, "--format", "{{.Names}} {{.State}}"];
    let output = Command::new("docker").args(args).output().unwrap();
    let lines = text(&output.stdout);
    let all = lines.lines().filter_map(|line| line.split_once(' '));
    all.map(|(name, state)| (name.to_owned(), state == "running")).collect()
}

fn end_of(run: &Path, step: &str) {
    until("the step's container to end", || {
        containers(run).iter().any(|(name, runs)| name.contains(&format!("-{step}-")) && !runs).then_some(())
    });
}

#[test]
fn what_timed_out_is_no_success_for_who_was_killed_meanwhile() {
    let project = Project::with(&HALF.replace("half:\n", "half:\n  timeout: 2s\n"));
    let child = start(&project, &["run", "w"]);
    let run = written(&project, "_run/scratch/half.1/stopping");
    kill(&project, child);
    end_of(&run, "half");
    project.expect(1, &["resume", "@last"]);
    let end = of(&events(&run), "attempt_finished", "half")[0].clone();
    assert_eq!(end["status"], "timed_out", "{end}");
}

/// Nothing of its log tells that it is there.
#[test]
fn a_silent_step_hears_its_timeout_and_a_cancel_after_a_resume() {
    for (timeout, code, end) in [("3s", 1, "timed_out"), ("1h", 130, "cancelled")] {
        let project = Project::with(&format!("a: {{timeout: {timeout}, run: 'sleep 100'}}"));
        let child = start(&project, &["run", "w"]);
        let run = until("the step to run", || {
            let run = PathBuf::from(recorded(&project)?["path"].as_str()?);
            containers(&run).iter().any(|(name, runs)| name.ends_with("-a-1") && *runs).then_some(run)
        });
        kill(&project, child);
        let mut resume = start(&project, &["resume", "@last"]);
        if end == "cancelled" {
            until("the run to go on", || (recorded(&project)?["status"] == "running").then_some(()));
            project.run(&["cancel", "@last"]);
        }
        assert_eq!(resume.wait().unwrap().code(), Some(code));
        assert_eq!(of(&events(&run), "attempt_finished", "a")[0]["status"], end);
    }
}

#[test]
fn what_was_being_cancelled_runs_once_more_and_not_half() {
    let project = Project::with(HALF);
    let child = start(&project, &["run", "w"]);
    written(&project, "_run/logs/half.1.log");
    let mut cancel = start(&project, &["cancel", "@last"]);
    let run = written(&project, "_run/scratch/half.1/stopping");
    kill(&project, child);
    cancel.wait().unwrap();
    end_of(&run, "half");
    project.expect(0, &["resume", "@last"]);
    let ends = of(&events(&run), "attempt_finished", "half")
        .iter()
        .map(|end| end["status"].clone())
        .collect::<Vec<_>>();
    assert_eq!(ends, ["lost", "succeeded"]);
    assert_eq!(read(run.join("half/x")), "whole\n");
}

#[test]
fn what_an_engine_ended_while_nobody_looked_runs_once_more() {
    let project = Project::with("a: {run: 'echo begun; [ $GREENROOM_ATTEMPT = 2 ] || sleep 60'}");
    let child = start(&project, &["run", "w"]);
    let run = written(&project, "_run/logs/a.1.log");
    kill(&project, child);
    let (name, _) = containers(&run).into_iter().find(|(name, _)| name.ends_with("-a-1")).unwrap();
    let killed = Command::new("docker").args(["kill", &name]).output().unwrap();
    assert!(killed.status.success(), "{}", text(&killed.stderr));
    project.expect(0, &["resume", "@last"]);
    let events = events(&run);
    let end = of(&events, "attempt_finished", "a")[0];
    assert_eq!(end["status"], "lost", "{end}");
    assert_eq!(of(&events, "attempt_finished", "a").len(), 2);
}

/// The container still tells the old one.
#[test]
fn a_secret_that_was_changed_meanwhile_is_masked_all_the_same() {
    let project = Project::with(
        "a: {secrets: [key], run: 'for i in $(seq 1 30); do echo \"$i $KEY\"; sleep 0.1; done'}",
    );
    let set = |value: &str| project.secrets(&format!("KEY={value}\n"));
    set("the-first-of-two");
    let child = start(&project, &["run", "w"]);
    let run = written(&project, "_run/logs/a.1.log");
    kill(&project, child);
    set("and-another-one");
    project.expect(0, &["resume", "@last"]);
    let wanted: String = (1..=30).map(|i| format!("{i} {}\n", "*".repeat(16))).collect();
    assert_eq!(read(run.join("_run/logs/a.1.log")), wanted);
}

/// As after a new start of the machine: nobody knows any more what of that log is secret.
#[test]
fn a_log_whose_secrets_are_gone_is_not_kept() {
    let project = Project::with("a: {secrets: [key], run: 'echo begun; sleep 2; echo \"now $KEY\"'}");
    project.secrets("KEY=the-first-of-two\n");
    let child = start(&project, &["run", "w"]);
    let run = written(&project, "_run/logs/a.1.log");
    kill(&project, child);
    end_of(&run, "a");
    let memory = left_of(run.file_name().unwrap().to_str().unwrap());
    std::fs::remove_dir_all(memory.iter().find(|path| path.is_dir()).unwrap()).unwrap();
    project.secrets("KEY=and-another-one\n");
    project.expect(0, &["resume", "@last"]);
    assert!(!read(run.join("_run/logs/a.1.log")).contains("the-first"));
    let manifest: Value = serde_json::from_str(&read(run.join("_run/steps/a.json"))).unwrap();
    assert_eq!(manifest["log_complete"], false);
    assert!(of(&events(&run), "warned", "a").iter().any(|event| event.to_string().contains("not kept")));
}

/// As after a new start of the machine, which leaves it no network, no secrets and a container that has ended.
#[test]
fn a_sensor_goes_on_where_all_that_it_stood_on_is_gone() {
    let project = Project::with(
        "a:
  secrets: [key]
  poll: {every: 500ms, for: 2m}
  run: |
    echo begun; sleep 2
    echo \"{\\\"found\\\": \\\"saw $KEY\\\"}\" > $TMPDIR/greenroom-report.json
    if [ $KEY = the-first-of-two ]; then exit 75; fi",
    );
    project.secrets("KEY=the-first-of-two\n");
    let child = start(&project, &["run", "w"]);
    let run = written(&project, "_run/logs/a.1.log");
    kill(&project, child);
    end_of(&run, "a");
    let token = run.file_name().unwrap().to_str().unwrap();
    std::fs::remove_dir_all(left_of(token).iter().find(|path| path.is_dir()).unwrap()).unwrap();
    let pause = format!("greenroom-{token}-pause.0");
    assert!(Command::new("docker").args(["stop", "-t", "0", &pause]).output().unwrap().status.success());
    project.secrets("KEY=and-another-one\n");
    let said = project.expect(0, &["resume", "@last"]);
    assert!(
        !said.contains("the-first") && !read(run.join("_run/events.jsonl")).contains("the-first"),
        "{said}"
    );
}

#[test]
fn what_failed_before_has_its_other_chance_also_where_that_is_killed() {
    let project = Project::with(
        "b: {run: 'if [ $GREENROOM_ATTEMPT = 1 ]; then exit 3; fi; echo begun; sleep 2'}
c: {needs: [b], run: 'echo ran'}",
    );
    project.expect(1, &["run", "w"]);
    let child = start(&project, &["resume", "@last"]);
    let run = written(&project, "_run/logs/b.2.log");
    kill(&project, child);
    end_of(&run, "b");
    project.expect(0, &["resume", "@last"]);
    let events = events(&run);
    let last = events.iter().rposition(|event| event["event"] == "step_finished").unwrap();
    assert_eq!((&events[last]["step"], &events[last]["status"]), (&"c".into(), &"succeeded".into()));
    assert_eq!(status(&events[last - 3..], "b"), "succeeded", "{events:#?}");
    assert_eq!(read(run.join("_run/logs/c.1.log")), "ran\n");
}

/// Nobody drives it, and what it left goes on: its containers, its network namespace, its secrets in memory.
#[test]
fn what_an_interrupted_run_left_is_stopped_by_a_cancel() {
    let project =
        Project::with("a: {secrets: [key], run: 'echo begun; sleep 600'}\nb: {needs: [a], run: 'true'}");
    project.secrets("KEY=nobody-needs-me\n");
    let child = start(&project, &["run", "w"]);
    let run = written(&project, "_run/logs/a.1.log");
    kill(&project, child);
    assert!(containers(&run).iter().any(|(_, up)| *up), "it goes on");
    let token = run.file_name().unwrap().to_str().unwrap();
    assert_eq!(left_of(token).len(), 2, "secrets and a socket");
    let said = project.expect(0, &["cancel", "@last"]);
    assert!(said.contains("was cancelled"), "{said}");
    assert_eq!(containers(&run), []);
    assert_eq!(left_of(token), Vec::<PathBuf>::new());
    let events = events(&run);
    assert_eq!(of(&events, "attempt_finished", "a")[0]["status"], "cancelled");
    assert_eq!(recorded(&project).unwrap()["status"], "cancelled");
    assert!(of(&events, "attempt_started", "b").is_empty());
}

/// A cancel comes too late for it, and whoever goes on with the run does not do it again.
#[test]
fn what_had_ended_before_an_interrupted_run_was_cancelled_stays_done() {
    let project = Project::with(
        "a:
  cache: [effects]
  run: |
    echo $GREENROOM_TOKEN >> /cache/effects/all; echo begun; sleep 2
    grep -c $GREENROOM_TOKEN /cache/effects/all > $GREENROOM_OUTPUT_X
  outputs: {x: {path: x}}
fails: {run: 'echo begun; sleep 2; exit 7'}
b: {needs: [a], run: 'true'}",
    );
    let child = start(&project, &["run", "w", "--jobs", "2"]);
    let run = written(&project, "_run/logs/a.1.log");
    written(&project, "_run/logs/fails.1.log");
    kill(&project, child);
    ["a", "fails"].iter().for_each(|step| end_of(&run, step));
    // What it would need to go on may be gone by now.
    std::fs::remove_dir_all(project.dir.join(".greenroom/snapshots")).unwrap();
    let said = project.expect(0, &["cancel", "@last"]);
    let told = events(&run);
    assert_eq!(of(&told, "attempt_finished", "a")[0]["status"], "succeeded", "{said}");
    assert_eq!(of(&told, "attempt_finished", "fails")[0]["exit_code"], 7);
    assert!(of(&told, "attempt_started", "b").is_empty());
    assert_eq!(project.run(&["cancel", "@last"]).status.code(), Some(2));
    project.run(&["resume", "@last"]);
    assert_eq!(read(run.join("a/x")), "1\n");
}

/// Also where it was a cancel that was cut short.
#[test]
fn what_had_failed_before_a_cancel_was_cut_short_stays_failed() {
    let project = Project::with(
        "fails: {run: 'exit 7'}
soft: {run: 'trap \"exit 143\" TERM; echo begun; sleep 600 & wait'}
deaf: {run: \"trap '' TERM; echo begun; while :; do sleep 1; done\"}",
    );
    let child = start(&project, &["run", "w", "--jobs", "3"]);
    let run = written(&project, "_run/logs/deaf.1.log");
    written(&project, "_run/logs/soft.1.log");
    until("its failure", || of(&events(&run), "step_finished", "fails").first().map(drop));
    let cancel = start(&project, &["cancel", "@last"]);
    until("the first cancelled step", || of(&events(&run), "step_finished", "soft").first().map(drop));
    kill(&project, child);
    assert_eq!(cancel.wait_with_output().unwrap().status.code(), Some(3));
    project.expect(0, &["cancel", "@last"]);
    let told = events(&run);
    let ends = of(&told, "step_finished", "fails");
    assert_eq!((ends.len(), ends[0]["status"].as_str()), (1, Some("failed")), "{told:#?}");
    assert_eq!(recorded(&project).unwrap()["status"], "failed");
    assert!(project.expect(0, &["show", "@last"]).contains("exit code 7"));
}

/// Of a container that an earlier life of the run started, nobody has seen all.
#[test]
fn no_peak_of_memory_is_told_that_nobody_saw() {
    let project = Project::with(
        "a: {run: 'x=$(head -c 60000000 /dev/zero | tr \"\\\\0\" x); unset x; echo begun; sleep 5'}",
    );
    let child = start(&project, &["run", "w"]);
    let run = written(&project, "_run/logs/a.1.log");
    kill(&project, child);
    project.expect(0, &["resume", "@last"]);
    let events = events(&run);
    assert_eq!(of(&events, "attempt_finished", "a")[0]["peak_memory_bytes"], Value::Null);
}

/// Steps that still run talk to it.
#[test]
fn a_service_that_runs_is_left_alone_by_a_resume() {
    let project = Project::with("a: {run: 'echo begun; sleep 3'}");
    let yaml = read(project.dir.join("greenroom.yaml")).replace("greenroom_tests", "greenroom_tests_served");
    let service = "services:
  db: {image: default, command: [sleep, '600'], port: 7654, ready: {command: ['true']}, env: {COLOUR: red}}
";
    project.file("greenroom.yaml", yaml + service);
    let child = start(&project, &["run", "w"]);
    let run = written(&project, "_run/logs/a.1.log");
    let served = || {
        let args = ["ps", "--filter", "label=greenroom.project=greenroom_tests_served", "--format"];
        let ids = Command::new("docker").args(args).arg("{{.ID}} {{.Command}}").output().unwrap();
        let ids = text(&ids.stdout);
        ids.lines().find(|line| line.contains("sleep 600")).map(str::to_owned)
    };
    let before = served();
    assert!(before.is_some());
    kill(&project, child);
    let yaml = read(project.dir.join("greenroom.yaml"));
    project.file("greenroom.yaml", yaml.replace("red", "blue"));
    project.expect(0, &["resume", "@last"]);
    assert_eq!(served(), before);
    assert_eq!(events(&run).last().unwrap()["status"], "succeeded");
    project.expect(0, &["local", "down"]);
}

/// What a run stands on is made ready for whoever goes on with it, too.
#[test]
fn a_network_that_was_taken_away_comes_back_with_a_resume() {
    let project = Project::with("a: {run: 'test $GREENROOM_ATTEMPT = 2'}\n");
    // A network of its own, where others need theirs.
    let yaml = read(project.dir.join("greenroom.yaml"));
    project.file("greenroom.yaml", yaml.replace("greenroom_tests", "greenroom_tests_net"));
    project.expect(1, &["run", "w"]);
    project.expect(0, &["local", "down"]);
    project.expect(0, &["resume", "@last"]);
    project.expect(0, &["local", "down"]);
}
