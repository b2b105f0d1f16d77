//! A real engine is stopped, killed, and stands still in the middle of a run. `GREENROOM_FAULTS=100` lets it stand still
//! for a minute.
#![allow(clippy::unwrap_used)]

mod support;

use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::time::Duration;

use serde_json::Value;
use support::engine::Engine;
use support::log::{Log, check_equal};
use support::{Project, of, read, until};

const IMAGES: [&str; 1] = ["greenroom/greenroom_tests-default:latest"];

/// How the first attempt of `flood` ends is another thing in each test; each attempt counts as far as it comes.
fn steps(first_attempt: &str) -> String {
    format!(
        "first: {{run: 'echo $GREENROOM_TOKEN >> /cache/effects/all; grep -c $GREENROOM_TOKEN /cache/effects/all', cache: [effects]}}
flood:
  needs: [first]
  run: |
    for k in $(seq 0 19); do seq $((k * 500 + 1)) $((k * 500 + 500)); sleep 0.1; done
    if [ $GREENROOM_ATTEMPT = 1 ]; then {first_attempt}; fi
last: {{needs: [flood], run: 'echo last'}}
"
    )
}

struct Case {
    project: Project,
    child: Child,
}

impl Case {
    /// A run that is in the middle of `flood`.
    fn start(engine: &Engine, first_attempt: &str) -> Self {
        let project = Project::with(&steps(first_attempt));
        let mut command = project.command(&["run", "w"]);
        command.env("DOCKER_HOST", engine.host()).stdout(Stdio::null()).stderr(Stdio::null());
        let child = command.spawn().unwrap();
        let case = Self { project, child };
        until("the log to hold something of a container that the engine knows", || {
            let log = case.dir()?.join("_run/logs/flood.1.log");
            (log.metadata().is_ok_and(|meta| meta.len() > 0) && engine.knows_of("flood")).then_some(())
        });
        case
    }

    fn dir(&self) -> Option<PathBuf> {
        let runs: Value = serde_json::from_slice(&self.project.run(&["runs", "--json"]).stdout).unwrap();
        Some(runs.get(0)?["path"].as_str().unwrap().into())
    }

    /// It came to a good end, `flood` through these attempts, and nothing is left of it. Answers where it lies.
    fn check(&mut self, engine: &Engine, attempts: &[&str]) -> PathBuf {
        let ended = self.child.wait().unwrap();
        let dir = self.dir().unwrap();
        let events: Vec<Value> = read(dir.join("_run/events.jsonl"))
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert!(ended.success(), "{events:#?}");
        let statuses = |step| -> Vec<Value> {
            of(&events, "attempt_finished", step).iter().map(|end| end["status"].clone()).collect()
        };
        assert_eq!(statuses("first"), ["succeeded"]);
        assert_eq!(statuses("flood"), attempts, "{events:#?}");
        assert_eq!(statuses("last"), ["succeeded"]);
        assert_eq!(Log::read(&dir.join("_run/logs/first.1")).stdout, "1\n");
        assert_eq!(engine.containers(dir.file_name().unwrap().to_str().unwrap()), "");
        dir
    }
}

fn numbers() -> String {
    (1..=10_000).fold(String::new(), |text, n| text + &n.to_string() + "\n")
}

/// It takes its containers along, at once or as it starts anew: that is not their steps' fault.
#[test]
fn an_engine_that_is_killed_or_stopped_costs_the_step_that_ran_one_more_attempt() {
    Project::new();
    let Some(mut engine) = Engine::start(&[], &IMAGES) else { return };
    for end in [Engine::kill, Engine::stop] {
        let mut case = Case::start(&engine, "sleep 60");
        end(&mut engine);
        engine.start_again();
        let dir = case.check(&engine, &["lost", "succeeded"]);
        check_equal(&Log::read(&dir.join("_run/logs/flood.2")).stdout, &numbers());
        let before = Log::read(&dir.join("_run/logs/flood.1")).stdout;
        assert!(numbers().starts_with(&before), "{before}");
    }
    let mut case = Case::start(&engine, "true");
    let long = std::env::var("GREENROOM_FAULTS").is_ok();
    engine.pause(Duration::from_secs(if long { 60 } else { 5 }));
    let dir = case.check(&engine, &["succeeded"]);
    check_equal(&Log::read(&dir.join("_run/logs/flood.1")).stdout, &numbers());
}

/// What they write while nobody listens may be lost: a log that lacks some of it says so.
#[test]
fn an_engine_whose_containers_outlive_it_costs_nothing_but_certainty() {
    Project::new();
    let Some(mut engine) = Engine::start(&["--live-restore"], &IMAGES) else { return };
    for end in [Engine::kill, Engine::stop] {
        let mut case = Case::start(&engine, "sleep 1");
        end(&mut engine);
        engine.start_again();
        let dir = case.check(&engine, &["succeeded"]);
        let told = Log::read(&dir.join("_run/logs/flood.1")).stdout;
        // Greedily: what was told twice, or is not of it, finds no place.
        let all = numbers();
        let mut rest = all.bytes();
        assert!(told.bytes().all(|byte| rest.any(|other| other == byte)), "{told}");
        let manifest: Value = serde_json::from_str(&read(dir.join("_run/steps/flood.json"))).unwrap();
        assert_eq!(manifest["log_complete"], false);
    }
}
