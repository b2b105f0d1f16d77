//! How steps and runs end, on the real engine.
#![allow(clippy::unwrap_used)]

mod support;

use serde_json::Value;
use support::{Project, of, path_of, read, status, until};

#[test]
fn a_failed_step_tells_its_code_and_skips_what_depends_on_it_and_nothing_else() {
    let project = Project::with(
        "bad: {run: exit 3}
after: {needs: [bad], run: 'true'}
last: {needs: [after], run: 'true'}
other: {run: 'true'}",
    );
    let events = project.events(1, &["run", "w", "--json"]);
    assert_eq!(of(&events, "attempt_finished", "bad")[0]["exit_code"], 3);
    assert_eq!(
        ["bad", "after", "last", "other"].map(|s| status(&events, s)),
        ["failed", "skipped", "skipped", "succeeded"]
    );
    assert!(of(&events, "attempt_started", "after").is_empty());
    assert_eq!(events.last().unwrap()["status"], "failed");
}

#[test]
fn a_retry_waits_longer_each_time_and_the_attempt_is_told() {
    let project = Project::with(
        "flaky:
  run: test \"$GREENROOM_ATTEMPT\" = 3
  retry: {limit: 2, delay: 100ms, backoff: 3}",
    );
    let events = project.events(0, &["run", "w", "--json"]);
    let attempts = of(&events, "attempt_finished", "flaky");
    let delays: Vec<_> = attempts.iter().map(|a| a["retry_in_seconds"].as_f64()).collect();
    assert_eq!(delays.len(), 3);
    assert!((delays[0].unwrap() - 0.1).abs() < 1e-6 && (delays[1].unwrap() - 0.3).abs() < 1e-6, "{delays:?}");
    assert_eq!(delays[2], None);
}

#[test]
fn an_error_in_a_persons_file_is_not_tried_again() {
    let project = Project::with(
        "wrong:
  retry: {limit: 2, delay: 1h}
  run: |
    echo '{\"error\": {\"message\": \"there is no column `latte`\", \"file\": \"a.sql\", \"line\": 1}}' \\
      > $TMPDIR/greenroom-report.json
    exit 1",
    );
    let events = project.events(1, &["run", "w", "--json"]);
    let ends = of(&events, "attempt_finished", "wrong");
    assert_eq!((ends.len(), &ends[0]["retry_in_seconds"]), (1, &Value::Null));
    assert!(
        ends[0]["reason"].as_str().unwrap().contains("a.sql:1:1: there is no column `latte`"),
        "{ends:?}"
    );
}

#[test]
fn what_a_step_warns_of_is_told_by_the_run_and_ends_nothing() {
    let project = Project::with(
        "a:
  run: |
    echo '{\"warnings\": [\"perhaps changes `box`\"]}' > $TMPDIR/greenroom-report.json",
    );
    let said = project.expect(0, &["run", "w"]);
    assert!(said.contains("perhaps changes `box`"), "{said}");
    let said = project.expect(0, &["show", "@last"]);
    assert!(said.contains("a: perhaps changes `box`"), "{said}");
}

#[test]
fn a_step_that_takes_too_long_is_asked_to_stop_and_can_clean_up() {
    let project = Project::with(
        "slow:
  timeout: 1s
  run: |
    trap 'echo cleaned > \"$GREENROOM_OUTPUT_DIR/cleaned\"; exit 143' TERM
    sleep 600 & wait",
    );
    let end = project.fail("slow");
    assert_eq!(end["status"], "timed_out");
    let cleaned =
        walkdir::WalkDir::new(&project.dir).into_iter().flatten().find(|e| e.file_name() == "cleaned");
    assert!(cleaned.is_some(), "a failed attempt's files stay");
}

#[test]
fn a_step_beyond_its_memory_is_out_of_memory_whatever_its_code() {
    // It lives for a second before and after: an engine that is busy may miss what one died of that is gone at once.
    let project = Project::with(
        "hog:
  resources: {limits: {memory: 32Mi}}
  run: |
    sleep 1
    head -c 200m /dev/zero | tail > /dev/null || { code=$?; sleep 1; exit $code; }",
    );
    assert_eq!(project.fail("hog")["status"], "out_of_memory");
}

#[test]
fn a_sensor_polls_on_75_in_one_attempt_and_one_log() {
    let project = Project::with(
        "sensor:
  poll: {every: 100ms, for: 30s}
  run: |
    echo asked
    n=$(cat \"$HOME/n\" 2>/dev/null || echo 0); echo $((n+1)) > \"$HOME/n\"
    test $n -ge 2 || exit 75",
    );
    let events = project.events(0, &["run", "w", "--json"]);
    assert_eq!(of(&events, "attempt_started", "sensor").len(), 1);
    assert_eq!(of(&events, "polled", "sensor").len(), 2);
    let log = path_of(&events).join("_run/logs/sensor.1.log");
    assert_eq!(read(log), "asked\nasked\nasked\n");
}

#[test]
fn a_sensor_that_waited_long_enough_says_so_and_is_not_retried() {
    let project =
        Project::with("sensor: {poll: {every: 100ms, for: 500ms}, retry: {limit: 3}, run: exit 75}");
    let events = project.events(1, &["run", "w", "--json"]);
    let ends = of(&events, "attempt_finished", "sensor");
    assert_eq!(ends.len(), 1);
    assert!(ends[0]["reason"].as_str().unwrap().contains("not there"), "{ends:?}");
}

#[test]
fn a_cancelled_run_lets_its_steps_clean_up_and_leaves_no_container() {
    let project = Project::with(
        "long:
  run: |
    trap 'echo bye; exit 143' TERM
    echo hello; sleep 600 & wait
after: {needs: [long], run: 'true'}",
    );
    let mut child = project.command(&["run", "w", "--json"]).spawn().unwrap();
    let log = first_line(&project, "long.1.log");
    project.expect(0, &["cancel", "@last"]);
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert_eq!(read(log), "hello\nbye\n");
    let runs: serde_json::Value = serde_json::from_str(&project.expect(0, &["runs", "--json"])).unwrap();
    assert_eq!(runs[0]["status"], "cancelled");
}

#[test]
fn a_run_goes_on_when_the_terminal_that_started_it_is_gone() {
    let project = Project::with("long: {run: 'sleep 1; echo done'}");
    let mut child = project.command(&["run", "w"]).spawn().unwrap();
    until("a run", || {
        let runs = String::from_utf8(project.run(&["runs", "--json"]).stdout).ok()?;
        runs.contains("\"running\"").then_some(())
    });
    child.kill().unwrap();
    child.wait().unwrap();
    until("its success", || {
        let runs = String::from_utf8(project.run(&["runs", "--json"]).stdout).ok()?;
        runs.contains("\"succeeded\"").then_some(())
    });
}

/// Waits until a step's log holds something, and answers where it lies.
#[track_caller]
fn first_line(project: &Project, log: &str) -> std::path::PathBuf {
    until(log, || {
        let found = walkdir::WalkDir::new(project.dir.join(".greenroom/store")).into_iter().flatten();
        let mut logs = found.filter(|entry| entry.file_name() == log);
        logs.find(|entry| entry.metadata().is_ok_and(|meta| meta.len() > 0)).map(|entry| entry.into_path())
    })
}

#[test]
fn a_run_that_cannot_be_recorded_starts_nothing_more_and_says_so() {
    let project = Project::with("a: {run: 'echo on; sleep 2'}\nb: {run: 'echo on; sleep 600'}");
    let mut command = project.command(&["run", "w", "--json"]);
    let child =
        command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().unwrap();
    let log = first_line(&project, "a.1.log");
    first_line(&project, "b.1.log");
    let record = log.parent().unwrap().parent().unwrap();
    // Nothing can be written below a file: as on a disk that takes no more.
    let steps = record.join("steps");
    let _ = std::fs::remove_dir(&steps);
    std::fs::write(&steps, "").unwrap();
    let output = child.wait_with_output().unwrap();
    let said = support::text(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert!(said.contains("could not be recorded") && said.contains("resume"), "{said}");
    let events = support::text(&output.stdout);
    assert_eq!(events.matches("attempt_started").count(), 2, "{events}");
    let token = record.parent().unwrap().file_name().unwrap().to_str().unwrap();
    let filter = format!("label=greenroom.run={token}");
    let left =
        std::process::Command::new("docker").args(["ps", "-aq", "--filter", &filter]).output().unwrap();
    assert_eq!(support::text(&left.stdout), "");
}

#[test]
fn a_run_is_cancelled_by_whoever_has_another_runtime_folder() {
    let project = Project::with("long: {run: 'echo on; sleep 600'}");
    let mut command = project.command(&["run", "w"]);
    let runtime = tempfile::tempdir().unwrap();
    let mut child = command.env("XDG_RUNTIME_DIR", runtime.path()).spawn().unwrap();
    until("a run", || project.expect(0, &["runs", "--json"]).contains("\"running\"").then_some(()));
    let elsewhere = tempfile::tempdir().unwrap();
    let mut cancel = project.command(&["cancel", "@last"]);
    assert!(cancel.env("XDG_RUNTIME_DIR", elsewhere.path()).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
}

#[test]
fn a_step_may_have_any_name() {
    // The containers that hold the lanes' networks open are of the run too.
    let project = Project::with("a: {run: sleep 1}\nb: {run: sleep 3}\npause: {needs: [a], run: 'true'}");
    project.succeed();
}

#[test]
fn a_step_whose_lane_has_died_takes_another() {
    let project = Project::with("a: {run: 'echo on; sleep 3'}\nb: {needs: [a], run: 'true'}");
    let mut child = project.command(&["run", "w"]).spawn().unwrap();
    first_line(&project, "a.1.log");
    let runs: Value = serde_json::from_str(&project.expect(0, &["runs", "--json"])).unwrap();
    let pause = format!("greenroom-{}-pause.0", runs[0]["token"].as_str().unwrap());
    let killed = std::process::Command::new("docker").args(["kill", &pause]).output().unwrap();
    assert!(killed.status.success(), "{killed:?}");
    assert!(child.wait().unwrap().success());
}

#[test]
fn parallel_steps_run_at_once_and_jobs_limits_them() {
    let steps = "a: {run: sleep 2}\nb: {run: sleep 2}";
    let overlap = |args: &[&str]| {
        let events = Project::with(steps).events(0, args);
        let seq = |kind, step| of(&events, kind, step)[0]["seq"].as_u64().unwrap();
        let first_end = seq("attempt_finished", "a").min(seq("attempt_finished", "b"));
        let last_start = seq("attempt_started", "a").max(seq("attempt_started", "b"));
        last_start < first_end
    };
    assert!(overlap(&["run", "w", "--json", "--jobs", "2"]));
    assert!(!overlap(&["run", "w", "--json", "--jobs", "1"]));
}

/// Before it is recorded, nothing of a run is worth keeping, and what is left of one would be told of for ever.
#[test]
fn a_start_that_is_interrupted_leaves_nothing() {
    let project = Project::with("one: {run: 'true'}");
    // A copy of it takes long enough to be interrupted.
    std::fs::File::create(project.dir.join("large.bin")).unwrap().set_len(512 << 20).unwrap();
    project.expect(0, &["plan", "w"]);
    let store = project.dir.join(".greenroom/store");
    let runs = || {
        let folders = walkdir::WalkDir::new(&store).min_depth(5).max_depth(5).into_iter().flatten();
        folders.map(|folder| folder.into_path()).collect::<Vec<_>>()
    };
    let mut starting = project.command(&["run", "w"]);
    let starting = starting.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    let starting = starting.spawn().unwrap();
    let run =
        support::until("the run's folder", || runs().into_iter().find(|run| run.join("_run/lock").exists()));
    let pid = rustix::process::Pid::from_child(&starting);
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
    let ended = starting.wait_with_output().unwrap();
    let said = support::text(&ended.stderr);
    assert_eq!(ended.status.code(), Some(130), "{said}");
    assert!(said.contains("the run was not started"), "{said}");
    assert_eq!(runs(), Vec::<std::path::PathBuf>::new());
    let mark =
        std::path::Path::new(support::STATE_HOME).join("greenroom/runs").join(run.file_name().unwrap());
    assert!(!mark.exists());
    let listed = project.expect(0, &["runs"]);
    assert!(listed.starts_with("No runs yet") && !listed.contains("note:"), "{listed}");
}
