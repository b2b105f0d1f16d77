//! The engine goes, comes back, falls silent and talks nonsense in the middle of a run; the run tells the truth all
//! the same, and loses no byte of any log. Everything passes the real engine, through a socket that misbehaves.
//! `GREENROOM_FAULTS=100` tries more and longer.
#![allow(clippy::unwrap_used)]

mod support;

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;
use support::log::{Log, check_equal};
use support::proxy::{Fault, Proxy};
use support::{Project, of, read, status, text, until};
use tempfile::TempDir;

/// Lines on both streams over some two seconds, side by side with a chain.
const STEPS: &str = "flood:
  run: |
    for k in $(seq 0 19); do
      seq $((k * 500 + 1)) $((k * 500 + 500)) & seq $((k * 500 + 1)) $((k * 500 + 500)) >&2; wait
      sleep 0.1
    done
first: {run: 'echo one; echo 1 > $GREENROOM_OUTPUT_X', outputs: {x: {path: x}}}
second:
  inputs: {x: '${{ steps.first.outputs.x }}'}
  run: 'cat $GREENROOM_INPUT_X; sleep 0.5; echo two'
";

struct Case {
    project: Project,
    proxy: Proxy,
    _folder: TempDir,
}

impl Case {
    fn new(steps: &str) -> Self {
        Self::of(Project::with(steps))
    }

    fn of(project: Project) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let proxy = Proxy::new(folder.path().join("engine.sock"));
        Self { project, proxy, _folder: folder }
    }

    fn start(&self) -> Child {
        let mut command = self.project.command(&["run", "w", "--jobs", "4"]);
        command.env("DOCKER_HOST", self.proxy.host());
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }

    /// The run's directory, once there is one.
    fn dir(&self) -> PathBuf {
        let runs: Value = serde_json::from_slice(&self.project.run(&["runs", "--json"]).stdout).unwrap();
        runs[0]["path"].as_str().unwrap().into()
    }

    /// Removes what the engine was kept from removing.
    fn sweep(&self) {
        let token = self.dir().file_name().unwrap().to_str().unwrap().to_owned();
        let filter = format!("label=greenroom.run={token}");
        let left = Command::new("docker").args(["ps", "-aq", "--filter", &filter]).output().unwrap();
        for id in text(&left.stdout).lines() {
            docker(&["rm", "-f", id]);
        }
    }

    /// Until the flood's log holds something.
    fn flowing(&self) {
        until("the log to hold something", || {
            let store =
                walkdir::WalkDir::new(self.project.dir.join(".greenroom/store")).into_iter().flatten();
            store
                .filter(|entry| entry.path().ends_with("_run/logs/flood.1.log"))
                .find(|entry| entry.metadata().is_ok_and(|meta| meta.len() > 0))
        });
    }

    /// It came to a good end, each step in one attempt, and its logs are whole.
    fn check(&self, child: Child) {
        let dir = self.check_logs(child);
        for step in ["flood", "first", "second"] {
            assert_eq!(manifest(&dir, step)["log_complete"], true, "{step}: {:#?}", events(&dir));
        }
    }

    /// The same, whether or not they are known to be whole.
    fn check_logs(&self, mut child: Child) -> PathBuf {
        let ended = child.wait().unwrap();
        let dir = self.dir();
        let events = events(&dir);
        assert!(ended.success(), "{ended}: {events:#?}");
        for step in ["flood", "first", "second"] {
            let ends = of(&events, "attempt_finished", step);
            assert_eq!((ends.len(), &ends[0]["status"]), (1, &Value::from("succeeded")), "{events:#?}");
        }
        let numbers = (1..=10_000).fold(String::new(), |text, n| text + &n.to_string() + "\n");
        let flood = Log::read(&dir.join("_run/logs/flood.1"));
        check_equal(&flood.stdout, &numbers);
        check_equal(&flood.stderr, &numbers);
        assert_eq!(Log::read(&dir.join("_run/logs/first.1")).stdout, "one\n");
        assert_eq!(Log::read(&dir.join("_run/logs/second.1")).stdout, "1\ntwo\n");
        dir
    }
}

fn events(dir: &Path) -> Vec<Value> {
    read(dir.join("_run/events.jsonl")).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn manifest(dir: &Path, step: &str) -> Value {
    serde_json::from_str(&read(dir.join(format!("_run/steps/{step}.json")))).unwrap()
}

/// More and longer where somebody asks for it.
fn long() -> bool {
    std::env::var("GREENROOM_FAULTS").is_ok()
}

#[test]
fn an_engine_that_goes_and_comes_back_costs_nothing_but_certainty() {
    let steps = STEPS
        .replace("second:\n", "second:\n  secrets: [key]\n")
        .replace("echo two", "test $KEY = opensesame; echo two");
    let case = Case::new(&steps);
    case.project.secrets("KEY=opensesame\n");
    let child = case.start();
    case.flowing();
    case.proxy.down();
    // As long as an engine takes to be started again.
    std::thread::sleep(Duration::from_secs(if long() { 60 } else { 3 }));
    case.proxy.up();
    let dir = case.check_logs(child);
    // What the step wrote while its engine was dead would be lost, and nobody can tell whether it was.
    assert_eq!(manifest(&dir, "flood")["log_complete"], false);
    let warned =
        of(&events(&dir), "warned", "flood").iter().any(|event| event.to_string().contains("was away"));
    assert!(warned, "{:#?}", events(&dir));
}

#[test]
fn an_engine_that_stands_still_costs_nothing() {
    let case = Case::new(STEPS);
    let child = case.start();
    case.flowing();
    case.proxy.pause();
    // That nothing happens is what is tried.
    std::thread::sleep(Duration::from_secs(if long() { 60 } else { 5 }));
    case.proxy.unpause();
    case.check(child);
}

#[test]
fn answers_that_come_byte_by_byte_are_the_same() {
    let case = Case::new(STEPS);
    case.proxy.fault("", usize::MAX, Fault::Chopped);
    case.check(case.start());
}

/// Its step would run twice: a container that has ended is started again by a second call.
#[test]
fn a_start_whose_answer_is_lost_is_no_second_start() {
    let case = Case::new(
        "flood: {run: 'echo on; sleep 2'}
after: {needs: [flood], run: 'echo once'}",
    );
    let mut child = case.start();
    case.flowing();
    case.proxy.fault("/start", 1, Fault::Lost(Duration::from_secs(1)));
    assert!(child.wait().unwrap().success());
    assert_eq!(case.proxy.hit(), 1);
    assert_eq!(Log::read(&case.dir().join("_run/logs/after.1")).stdout, "once\n");
}

/// So does one that is made anew because the engine said no, although it had started the first.
#[test]
fn a_start_that_is_refused_after_it_worked_is_no_second_start() {
    for code in [404, 500] {
        let case = Case::new(
            "flood: {run: 'echo on; sleep 2'}
after: {needs: [flood], cache: [effects], run: 'echo $GREENROOM_TOKEN >> /cache/effects/all; sleep 1; grep -c $GREENROOM_TOKEN /cache/effects/all'}",
        );
        let mut child = case.start();
        case.flowing();
        case.proxy.fault("/start", 1, Fault::StatusAfter(code));
        assert!(child.wait().unwrap().success());
        assert_eq!(case.proxy.hit(), 1);
        assert_eq!(Log::read(&case.dir().join("_run/logs/after.1")).stdout, "1\n");
    }
}

/// An engine that is stopped or killed takes its containers along; that is not their steps' fault.
#[test]
fn a_step_that_ends_with_its_engine_runs_once_more() {
    for signal in ["TERM", "KILL"] {
        let case = Case::new("flood: {run: 'echo on; if [ $GREENROOM_ATTEMPT = 1 ]; then sleep 60; fi'}");
        let mut child = case.start();
        case.flowing();
        let name = format!("greenroom-{}-flood-1", case.dir().file_name().unwrap().to_str().unwrap());
        case.proxy.down();
        docker(&["kill", "--signal", signal, &name]);
        docker(&["wait", &name]);
        // It may be back before anybody has looked for the container; the first look is in vain all the same.
        case.proxy.fault("/json", 1, Fault::Lost(Duration::ZERO));
        case.proxy.up();
        assert!(child.wait().unwrap().success());
        let events = events(&case.dir());
        let ends: Vec<&str> = of(&events, "attempt_finished", "flood")
            .iter()
            .map(|end| end["status"].as_str().unwrap())
            .collect();
        assert_eq!(ends, ["lost", "succeeded"]);
        assert_eq!(case.proxy.hit(), 1);
    }
}

#[test]
fn a_wait_that_never_answers_keeps_no_step_from_ending() {
    let case = Case::new(STEPS);
    case.proxy.fault("/wait", usize::MAX, Fault::Silence);
    case.check(case.start());
    assert!(case.proxy.hit() >= 1);
}

#[test]
fn a_wait_that_is_refused_keeps_no_step_from_ending() {
    for code in [404, 409, 500] {
        let case = Case::new(STEPS);
        case.proxy.fault("/wait", usize::MAX, Fault::Status(code));
        case.check(case.start());
        assert!(case.proxy.hit() >= 1);
    }
}

/// An engine that is about to stop, or a connection that breaks: the call was heard or not, once or thrice.
#[test]
fn an_answer_that_fails_is_asked_for_again() {
    for (what, fault) in [
        ("/create", Fault::StatusAfter(503)),
        ("/create", Fault::StatusAfter(409)),
        ("/create", Fault::Lost(Duration::ZERO)),
        ("/start", Fault::Status(503)),
        ("/attach", Fault::Status(500)),
        ("/json", Fault::Status(500)),
        ("/json", Fault::Lost(Duration::ZERO)),
        ("DELETE ", Fault::Status(500)),
        ("DELETE ", Fault::Lost(Duration::ZERO)),
        ("/stats", Fault::Silence),
    ] {
        let case = Case::new(STEPS);
        println!("{what} {fault:?}");
        // What the run asks first, of images and networks, is told to the person who waits for it.
        if what != "/json" {
            case.proxy.fault(what, 3, fault.clone());
        }
        let child = case.start();
        case.flowing();
        case.proxy.fault(what, 3, fault);
        case.check(child);
        assert!(case.proxy.hit() >= 3);
        case.sweep();
    }
}

#[test]
fn a_container_that_the_engine_does_not_remove_is_told() {
    let case = Case::new("flood: {run: 'echo on'}");
    case.proxy.fault("DELETE ", usize::MAX, Fault::Status(500));
    let ended = case.start().wait().unwrap();
    assert!(ended.success());
    let warned = events(&case.dir()).iter().any(|event| {
        event["event"] == "warned"
            && event["message"].as_str().unwrap().contains("remove it with docker rm -f")
    });
    assert!(warned, "{:#?}", events(&case.dir()));
    case.sweep();
}

/// Removes the image of one step while the run waits for another.
#[test]
fn an_image_that_is_removed_fails_the_steps_that_need_it_and_no_others() {
    let project = Project::new();
    // An image that nothing else uses.
    let base = format!("greenroom_tests_gone:{}", std::process::id());
    docker(&["create", "--name", &base.replace(':', "_"), "greenroom/greenroom_tests-default", "true"]);
    docker(&["commit", "--change", "LABEL gone=1", &base.replace(':', "_"), &base]);
    docker(&["rm", &base.replace(':', "_")]);
    let images = format!("{{default: {{base: \"debian:bookworm-slim\"}}, gone: {{base: \"{base}\"}}}}");
    let head = "greenroom: 1\nkind: project\nname: greenroom_tests\nimages: ";
    project.file("greenroom.yaml", format!("{head}{images}"));
    project.workflow(
        "w",
        "flood: {run: 'echo on; sleep 3'}
both: {needs: [flood, other], image: gone, run: 'true'}
other: {run: 'true'}
last: {needs: [flood, other], run: 'true'}",
    );
    project.expect(0, &["local", "build"]);
    let case = Case::of(project);
    let mut child = case.start();
    case.flowing();
    // By whatever names it has.
    let gone = docker(&["image", "inspect", "--format", "{{.Id}}", "greenroom/greenroom_tests-gone"]);
    docker(&["rmi", "-f", &gone]);
    docker(&["rmi", "-f", &base]);
    assert_eq!(child.wait().unwrap().code(), Some(1));
    let events = events(&case.dir());
    assert_eq!(
        ["flood", "other", "both", "last"].map(|step| status(&events, step)),
        ["succeeded", "succeeded", "failed", "succeeded"]
    );
    let reason = of(&events, "step_finished", "both")[0]["reason"].as_str().unwrap();
    assert!(reason.contains("greenroom/greenroom_tests-gone:latest was removed"), "{reason}");
}

/// As an engine does that was killed while it started the container, or one that cannot do what a step asks.
#[test]
fn a_start_that_is_refused_is_tried_with_a_new_container_and_then_fails_its_step_alone() {
    let steps = "flood: {run: 'echo on; sleep 2'}
after: {needs: [flood], run: 'echo after'}
other: {run: 'sleep 3'}";
    // The second that is asked for is that of a new network namespace, and so is the third.
    for (answer, times, code) in [(500, 1, 0), (500, 2, 0), (500, 3, 1), (404, 1, 0)] {
        let case = Case::new(steps);
        let mut child = case.start();
        case.flowing();
        until("the other to run", || of(&events(&case.dir()), "attempt_started", "other").pop().map(drop));
        case.proxy.fault("/start", times, Fault::Status(answer));
        assert_eq!(child.wait().unwrap().code(), Some(code));
        let events = events(&case.dir());
        assert_eq!(status(&events, "other"), "succeeded");
        let ends = of(&events, "attempt_finished", "after");
        assert_eq!(ends.len(), 1, "{events:#?}");
        if code == 1 {
            assert_eq!(ends[0]["reason"], "the container engine refused it: scripted");
        }
    }
}

fn docker(args: &[&str]) -> String {
    let output = Command::new("docker").args(args).output().unwrap();
    assert!(output.status.success(), "docker {args:?}: {}", text(&output.stderr));
    text(&output.stdout).trim().to_owned()
}

/// The log of each cell comes through a stream that is broken at another byte.
fn broken_at(count: usize, fault: impl Fn(usize) -> Fault) {
    let cells: Vec<String> = (0..count).map(|n| n.to_string()).collect();
    let case = Case::new(&format!(
        "cell: {{matrix: {{n: [{}]}}, run: 'for i in $(seq 1 6); do echo out $i; echo err $i >&2; done'}}",
        cells.join(", ")
    ));
    for n in 0..count {
        case.proxy.fault("/attach", 1, fault(n));
    }
    let ended = case.start().wait().unwrap();
    let dir = case.dir();
    assert!(ended.success(), "{:#?}", events(&dir));
    assert!(case.proxy.hit() >= count);
    let lines = |what: &str| (1..=6).map(|i| format!("{what} {i}\n")).collect::<String>();
    for n in cells {
        let log = Log::read(&dir.join(format!("_run/logs/cell.{n}.1")));
        assert_eq!((log.stdout, log.stderr), (lines("out"), lines("err")), "cell {n}");
    }
}

#[test]
fn a_stream_may_be_cut_at_any_byte() {
    // The head of the answer too, of about 190 bytes.
    let (count, step) = if long() { (200, 2) } else { (20, 20) };
    broken_at(count, |n| Fault::CutAfter(n * step));
}

#[test]
fn a_stream_may_talk_nonsense_after_any_frame() {
    // Letters without an end of line, and a header that promises 4 GB.
    broken_at(10, |at| Fault::InsertAfter(at, b"nonsense".to_vec()));
    broken_at(10, |at| Fault::InsertAfter(at, vec![1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff]));
}

#[test]
fn a_stream_may_fall_silent() {
    // In the long run also in the answer's head, until the call is given up.
    broken_at(4, |n| Fault::StallAfter(if long() { n * 80 } else { 200 + n * 20 }));
}
