//! A run whose supervisor was killed goes on where it was.
#![allow(clippy::unwrap_used)]

mod support;

use std::path::PathBuf;

use serde_json::Value;
use support::{Project, of, path_of, read, text, until};

fn runs(project: &Project) -> Vec<Value> {
    serde_json::from_slice(&project.run(&["runs", "--json"]).stdout).unwrap_or_default()
}

/// Starts `w` and kills its supervisor once these files of the store hold something; answers the run's directory.
fn killed_when(project: &Project, files: &[&str]) -> PathBuf {
    let mut child =
        project.command(&["run", "w", "--json"]).stdout(std::process::Stdio::null()).spawn().unwrap();
    for file in files {
        written(project, file);
    }
    let run = runs(project).remove(0);
    let pid = rustix::process::Pid::from_raw(run["supervisor_pid"].as_i64().unwrap() as i32).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
    child.wait().unwrap();
    until("the run to be interrupted", || (runs(project)[0]["status"] == "interrupted").then_some(()));
    PathBuf::from(run["path"].as_str().unwrap())
}

/// Waits until a file of the store holds something.
#[track_caller]
fn written(project: &Project, file: &str) {
    until(file, || {
        walkdir::WalkDir::new(project.dir.join(".greenroom/store"))
            .into_iter()
            .flatten()
            .find(|entry| entry.path().ends_with(file) && entry.metadata().is_ok_and(|m| m.len() > 0))
    });
}

fn events(run: &std::path::Path) -> Vec<Value> {
    read(run.join("_run/events.jsonl")).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_running_container_is_found_again_and_its_log_is_exact() {
    let project = Project::with(
        "count: {run: 'for i in $(seq 1 40); do echo $i; sleep 0.1; done'}
after: {needs: [count], run: 'true'}",
    );
    let run = killed_when(&project, &["_run/logs/count.1.log"]);
    project.expect(0, &["resume", "@last"]);
    let expected: String = (1..=40).map(|i| format!("{i}\n")).collect();
    assert_eq!(read(run.join("_run/logs/count.1.log")), expected);
    let events = events(&run);
    assert_eq!(of(&events, "attempt_started", "count").len(), 1, "it was not run again");
    assert_eq!(events.last().unwrap()["status"], "succeeded");
    let seqs: Vec<u64> = events.iter().map(|e| e["seq"].as_u64().unwrap()).collect();
    assert_eq!(seqs, (0..seqs.len() as u64).collect::<Vec<_>>());
}

#[test]
fn a_line_of_full_pieces_is_exact_after_a_crash() {
    let project = Project::with(
        "long:
  run: |
    for n in 16384 32768 20000; do head -c $n /dev/zero | tr '\\0' x; echo; done
    echo first; sleep 3; echo after the crash",
    );
    let run = killed_when(&project, &["_run/logs/long.1.log"]);
    project.expect(0, &["resume", "@last"]);
    let lines = [16384, 32768, 20000].map(|length| "x".repeat(length));
    let log = read(run.join("_run/logs/long.1.log"));
    assert!(log == lines.join("\n") + "\nfirst\nafter the crash\n", "{} bytes", log.len());
}

#[test]
fn steps_that_still_run_are_followed_whatever_the_jobs_and_hear_of_a_cancel() {
    let step = "run: \"trap 'echo bye; exit 143' TERM; echo on; sleep 600 & wait\"";
    let project = Project::with(&format!("a: {{{step}}}\nb: {{{step}}}"));
    let run = killed_when(&project, &["_run/logs/a.1.log", "_run/logs/b.1.log"]);
    let mut child = project.command(&["resume", "@last", "--jobs", "1"]).spawn().unwrap();
    until("the run to go on", || (runs(&project)[0]["status"] == "running").then_some(()));
    project.expect(0, &["cancel", "@last"]);
    child.wait().unwrap();
    let events = events(&run);
    for step in ["a", "b"] {
        let ends = of(&events, "attempt_finished", step);
        assert_eq!((ends.len(), &ends[0]["status"]), (1, &Value::from("cancelled")), "{events:#?}");
        assert_eq!(read(run.join(format!("_run/logs/{step}.1.log"))), "on\nbye\n");
    }
}

#[test]
fn a_timeout_holds_for_every_step_that_still_runs() {
    let project = Project::with(
        "a: {run: 'echo on; sleep 600', timeout: 5s}
b: {run: 'echo on; sleep 600', timeout: 5s}",
    );
    let run = killed_when(&project, &["_run/logs/a.1.log", "_run/logs/b.1.log"]);
    project.expect(1, &["resume", "@last", "--jobs", "1"]);
    let events = events(&run);
    for step in ["a", "b"] {
        assert_eq!(of(&events, "attempt_finished", step)[0]["status"], "timed_out", "{events:#?}");
    }
}

#[test]
fn a_sensor_goes_on_counting_where_it_was() {
    let project = Project::with("sensor: {poll: {every: 500ms, for: 6s}, run: 'echo asked; exit 75'}");
    let run = killed_when(&project, &["_run/logs/sensor.1.log"]);
    project.expect(1, &["resume", "@last"]);
    let events = events(&run);
    let polls: Vec<u64> =
        of(&events, "polled", "sensor").iter().map(|event| event["polls"].as_u64().unwrap()).collect();
    assert!(polls.windows(2).all(|pair| pair[0] < pair[1]), "{polls:?}");
    let seconds = of(&events, "attempt_finished", "sensor")[0]["seconds"].as_f64().unwrap();
    assert!(seconds > 1.0, "an attempt is all of its polls: {seconds}");
}

#[test]
fn a_finished_step_is_not_run_again() {
    let project = Project::with(
        "first: {run: 'date +%s%N > \"$GREENROOM_OUTPUT_DIR/t\"', outputs: {t: {path: t}}}
second: {needs: [first], run: 'echo on; sleep 2'}",
    );
    let run = killed_when(&project, &["_run/logs/second.1.log"]);
    let before = read(run.join("first/t"));
    project.expect(0, &["resume", "@last"]);
    assert_eq!(read(run.join("first/t")), before);
    assert_eq!(of(&events(&run), "attempt_started", "first").len(), 1);
}

#[test]
fn a_held_run_cannot_be_resumed_and_a_finished_one_has_nothing_to_go_on_with() {
    let project = Project::with("long: {run: 'echo on; sleep 600'}");
    let mut child = project.command(&["run", "w"]).stdout(std::process::Stdio::null()).spawn().unwrap();
    until("a running run", || runs(&project).first().is_some_and(|r| r["status"] == "running").then_some(()));
    let said = project.expect(2, &["resume", "@last"]);
    assert!(said.contains("running"), "{said}");
    project.expect(0, &["cancel", "@last"]);
    assert_eq!(child.wait().unwrap().code(), Some(130));
}

#[test]
fn an_edit_before_resume_changes_nothing_of_the_run() {
    let project = Project::with(
        "first: {run: 'echo on; sleep 2'}
second: {needs: [first], run: cat word.txt}",
    );
    project.file("word.txt", "frozen\n");
    let run = killed_when(&project, &["_run/logs/first.1.log"]);
    project.file("word.txt", "edited\n");
    let said = project.expect(0, &["resume", "@last"]);
    assert_eq!(read(run.join("_run/logs/second.1.log")), "frozen\n");
    assert!(said.contains("word.txt"), "it names what has changed since: {said}");
}

/// What a command says in whose state no run was started: as on another machine.
#[track_caller]
fn elsewhere(project: &Project, code: i32, args: &[&str]) -> String {
    let state = tempfile::tempdir().unwrap();
    let output = project.command(args).env("XDG_STATE_HOME", state.path()).output().unwrap();
    let said = text(&output.stdout) + &text(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{args:?}: {said}");
    said
}

#[test]
fn a_run_from_elsewhere_is_not_gone_on_with_and_is_used_only_by_who_names_it() {
    let project = Project::with(
        "first: {run: 'echo 1 > \"$GREENROOM_OUTPUT_X\"', outputs: {x: {path: x}}}
second: {inputs: {x: '${{ steps.first.outputs.x }}'}, run: 'cat \"$GREENROOM_INPUT_X\"; exit 1'}",
    );
    let run = path_of(&project.events(1, &["run", "w", "--json"]));
    let path = run.to_str().unwrap();
    for reference in ["@last", path] {
        let said = elsewhere(&project, 2, &["resume", reference]);
        assert!(said.contains("is foreign") && said.contains("--from second --inputs-from"), "{said}");
    }
    assert!(elsewhere(&project, 0, &["show", "@last"]).contains("It is foreign"));
    assert!(!project.expect(0, &["show", "@last"]).contains("foreign"));
    assert!(elsewhere(&project, 0, &["runs"]).contains("foreign"));
    assert!(!project.expect(0, &["runs"]).contains("foreign"));
    elsewhere(&project, 2, &["run", "w", "--only", "second"]);
    // Not even by the process that drives a run.
    let mut drive = project.command(&["supervise", path, "--project", project.dir.to_str().unwrap()]);
    let lock = std::fs::File::open(run.join("_run/lock")).unwrap();
    let state = tempfile::tempdir().unwrap();
    let driven = drive.stdin(lock).env("XDG_STATE_HOME", state.path()).output().unwrap();
    assert_eq!(driven.status.code(), Some(2), "{}", text(&driven.stderr));
    assert!(text(&driven.stderr).contains("is foreign"), "{}", text(&driven.stderr));

    // A copy is none of this environment's, and one that was edited is not what was started.
    let copy = project.dir.join("copy").join(run.file_name().unwrap());
    std::fs::create_dir_all(copy.join("_run")).unwrap();
    for file in ["run.json", "plan.json", "events.jsonl"] {
        std::fs::copy(run.join("_run").join(file), copy.join("_run").join(file)).unwrap();
    }
    let said = project.expect(2, &["resume", copy.to_str().unwrap()]);
    assert!(said.contains("is foreign") && said.contains("it is a copy"), "{said}");
    let named = project.events(1, &["run", "w", "--only", "second", "--inputs-from", path, "--json"]);
    assert_eq!(read(path_of(&named).join("_run/logs/second.1.log")), "1\n");
    let plan = run.join("_run/plan.json");
    std::fs::write(&plan, read(&plan).replace("exit 1", "exit 0")).unwrap();
    let said = project.expect(2, &["resume", path]);
    assert!(said.contains("is foreign") && said.contains("somebody changed it"), "{said}");
}

/// Its containers are the original's.
#[test]
fn a_copy_of_a_project_does_not_touch_the_runs_of_the_original() {
    let project = Project::with(
        "a: {run: 'echo begun; sleep 4; echo x > $GREENROOM_OUTPUT_X', outputs: {x: {path: x}}}",
    );
    let run = killed_when(&project, &["_run/logs/a.1.log"]);
    let mut copy = Project::bare();
    let copied =
        std::process::Command::new("cp").arg("-a").arg(&project.dir).arg(copy.dir.join("copy")).status();
    assert!(copied.unwrap().success());
    copy.dir = copy.dir.join("copy");
    for command in ["resume", "cancel"] {
        let said = copy.expect(2, &[command, "@last"]);
        assert!(said.contains("it is a copy"), "{said}");
    }
    project.expect(0, &["resume", "@last"]);
    assert_eq!(read(run.join("a/x")), "x\n");
    assert_eq!(of(&events(&run), "attempt_started", "a").len(), 1);
}

/// What its containers have mounted is gone with the place where it was.
#[test]
fn a_project_that_was_moved_to_another_disk_goes_on_with_what_is_there() {
    let project = Project::with(
        "a: {run: 'exec 3> $GREENROOM_OUTPUT_X; echo 1 >&3; echo begun; sleep 4; echo 2 >&3', outputs: {x: {path: x}}}",
    );
    killed_when(&project, &["_run/logs/a.1.log"]);
    // As a move across disks does it.
    let mut moved = Project::bare();
    let copied =
        std::process::Command::new("cp").arg("-a").arg(&project.dir).arg(moved.dir.join("moved")).status();
    assert!(copied.unwrap().success());
    std::fs::remove_dir_all(&project.dir).unwrap();
    moved.dir = moved.dir.join("moved");
    moved.expect(0, &["resume", "@last"]);
    let run = PathBuf::from(runs(&moved)[0]["path"].as_str().unwrap());
    assert_eq!(read(run.join("a/x")), "1\n2\n");
    let ends: Vec<_> =
        events(&run).iter().filter(|event| event["event"] == "attempt_finished").cloned().collect();
    assert_eq!((ends[0]["status"].as_str(), ends[1]["status"].as_str()), (Some("lost"), Some("succeeded")));
}

#[test]
fn a_run_that_cannot_be_noted_as_ones_own_does_not_start() {
    let project = Project::with("first: {run: 'true'}");
    let refused = project.command(&["run", "w"]).env("XDG_STATE_HOME", "/proc/none").output().unwrap();
    let said = text(&refused.stderr);
    assert_eq!(refused.status.code(), Some(3), "{said}");
    assert!(said.contains("/proc/none/greenroom cannot be made"), "{said}");
    assert_eq!(runs(&project), Vec::<Value>::new());
}
