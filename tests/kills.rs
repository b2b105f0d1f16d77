//! Every process of Greenroom is killed at instants spread over a run, in a third of the cases again while the run is
//! resumed; afterwards all must be as if nothing had happened. `GREENROOM_FAULTS=100` tries that many instants.
#![allow(clippy::unwrap_used)]

mod support;

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use sha2::{Digest, Sha256};
use support::log::{Log, check_equal};
use support::{Project, left_of, of, read, text, until};

/// A flood on both streams, a step that needs three attempts, a sensor, a write to the lake, cells side by side.
const STEPS: &str = "flood:
  run: |
    for k in $(seq 0 19); do
      seq $((k * 3000 + 1)) $((k * 3000 + 3000)) & seq $((k * 3000 + 1)) $((k * 3000 + 3000)) >&2; wait
      sleep 0.1
    done
flaky:
  retry: {limit: 2, delay: 300ms}
  run: |
    echo try $GREENROOM_ATTEMPT
    sleep 0.3
    [ $GREENROOM_ATTEMPT -ge 3 ]
    echo $GREENROOM_ATTEMPT > $GREENROOM_OUTPUT_X
  outputs: {x: {path: x}}
sensor: {poll: {every: 300ms, for: 2m}, run: '[ $(date +%s) -ge $GREENROOM_PARAM_GO ] || exit 75; echo there'}
table:
  needs: [sensor]
  uses: sql_table
  with:
    query: \"SELECT DATE '2013-01-01' AS day, x FROM UNNEST(GENERATE_ARRAY(1, 1000)) AS x\"
    table: lake.numbers
    partition: {column: day, value: 2013-01-01}
cells: {matrix: {n: [1, 2]}, secrets: [key], run: 'test $KEY = handed-to-the-cells; for i in $(seq 1 15); do echo $i; sleep 0.1; done'}
end:
  needs: [table, cells]
  inputs: {x: '${{ steps.flaky.outputs.x }}'}
  run: 'cat $GREENROOM_INPUT_X; sleep 0.3; echo end'
";
/// Seconds after its start until the sensor sees what it waits for.
const GO: u64 = 2;

struct Case {
    project: Project,
    go: String,
}

impl Case {
    fn new() -> Self {
        let project = Project::with_warehouse();
        project.workflow_of("w", "params: {go: int}", STEPS);
        project.secrets("KEY=handed-to-the-cells\n");
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        Self { project, go: format!("go={}", now + GO) }
    }

    fn start(&self, args: &[&str]) -> std::process::Child {
        let mut command = self.project.command(args);
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }

    fn run(&self) -> std::process::Child {
        self.start(&["run", "w", "--param", &self.go, "--jobs", "4"])
    }

    /// All that work for this project: what was typed, and what it left running behind itself.
    fn kill_all(&self) {
        let mine = |process: &Path| {
            let arguments = std::fs::read(process.join("cmdline")).unwrap_or_default();
            let at = std::fs::read_link(process.join("cwd")).unwrap_or_default();
            let is_greenroom =
                std::fs::read_link(process.join("exe")).is_ok_and(|exe| exe.ends_with("greenroom"));
            is_greenroom
                && (text(&arguments).contains(self.project.dir.to_str().unwrap()) || at == self.project.dir)
        };
        // One that is killed may have started another just before.
        loop {
            let processes = std::fs::read_dir("/proc").unwrap().flatten().map(|entry| entry.path());
            let pids: Vec<i32> = processes
                .filter(|process| mine(process))
                .filter_map(|process| process.file_name()?.to_str()?.parse().ok())
                .collect();
            if pids.is_empty() {
                return;
            }
            for pid in pids {
                // It may have ended by itself.
                let _ = kill_process(Pid::from_raw(pid).unwrap(), Signal::KILL);
            }
            std::thread::yield_now();
        }
    }

    /// Lets it work for this long, then kills it; true: it had not ended before.
    fn kill_after(&self, mut child: std::process::Child, time: Duration) -> bool {
        // The instant is what is tried.
        std::thread::sleep(time);
        let ended = child.try_wait().unwrap().is_some();
        self.kill_all();
        child.wait().unwrap();
        // A process loses its locks after its name.
        let running = || self.recorded().is_some_and(|run| run["status"] == "running");
        until("nobody to drive the run", || (!running()).then_some(()));
        !ended
    }

    fn recorded(&self) -> Option<Value> {
        let runs: Value = serde_json::from_slice(&self.project.run(&["runs", "--json"]).stdout).unwrap();
        let runs = runs.as_array().unwrap();
        assert!(runs.len() < 2, "one run was started: {runs:#?}");
        runs.first().cloned()
    }

    fn finish(&self) {
        let args: &[&str] = match self.recorded() {
            None => &["run", "w", "--param", &self.go],
            Some(run) if run["status"] == "interrupted" => &["resume", "@last"],
            // It ended before it was killed.
            Some(_) => &["show", "@last"],
        };
        self.project.expect(0, args);
    }

    fn check(&self) {
        let show: Value =
            serde_json::from_str(&self.project.expect(0, &["show", "@last", "--json"])).unwrap();
        assert_eq!(show["status"], "succeeded", "{show:#}");
        let run = PathBuf::from(show["path"].as_str().unwrap());
        let events: Vec<Value> = read(run.join("_run/events.jsonl"))
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        check_events(&events);
        for step in show["steps"].as_array().unwrap() {
            assert_eq!(step["status"], "succeeded", "{step}");
            check_manifest(&run, step);
        }
        let last = |step: &str| of(&events, "attempt_started", step).len();
        let numbers = |count: u32| (1..=count).fold(String::new(), |text, n| text + &n.to_string() + "\n");
        let log = |step: &str| Log::read(&run.join(format!("_run/logs/{step}.{}", last(step))));
        for stream in [log("flood").stdout, log("flood").stderr] {
            check_equal(&stream, &numbers(60_000));
        }
        assert_eq!(log("flaky").stdout, format!("try {}\n", last("flaky")));
        assert_eq!(log("sensor").stdout, "there\n");
        for cell in ["cells.1", "cells.2"] {
            assert_eq!(log(cell).stdout, numbers(15));
        }
        assert_eq!(log("end").stdout, format!("{}end\n", read(run.join("flaky/x"))));
        check_lake(&self.project.dir.join(".greenroom/lake/lake/numbers"));
        check_nothing_left(&run, show["token"].as_str().unwrap(), &events);
    }
}

fn check_events(events: &[Value]) {
    let seqs: Vec<u64> = events.iter().map(|event| event["seq"].as_u64().unwrap()).collect();
    assert_eq!(seqs, (0..seqs.len() as u64).collect::<Vec<_>>());
    for step in ["flood", "flaky", "sensor", "table", "cells.1", "cells.2", "end"] {
        assert_eq!(of(events, "step_finished", step).len(), 1, "{step}: {events:#?}");
        let attempts = |kind| {
            of(events, kind, step).iter().map(|event| event["attempt"].as_u64().unwrap()).collect::<Vec<_>>()
        };
        let started = attempts("attempt_started");
        assert_eq!(started, (1..=started.len() as u64).collect::<Vec<_>>(), "{step}: each attempt once");
        assert_eq!(attempts("attempt_finished"), started, "{step}: each attempt ends once");
        let succeeded =
            of(events, "attempt_finished", step).iter().filter(|e| e["status"] == "succeeded").count();
        assert_eq!(succeeded, 1, "{step}: its effects once");
    }
}

fn check_manifest(run: &Path, step: &Value) {
    let name = step["step"].as_str().unwrap();
    let (name, dir) = match step["cell"].as_str() {
        Some(cell) => (format!("{name}.{cell}"), format!("{name}/{cell}")),
        None => (name.to_owned(), name.to_owned()),
    };
    let manifest: Value = serde_json::from_str(&read(run.join(format!("_run/steps/{name}.json")))).unwrap();
    assert_eq!(manifest["log_complete"], true, "{manifest:#}");
    for file in manifest["files"].as_array().unwrap() {
        check_sum(&run.join(&dir), file);
    }
}

/// That a file has the bytes its record says.
fn check_sum(below: &Path, file: &Value) {
    let path = below.join(file["path"].as_str().unwrap());
    let bytes = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let sum = Sha256::digest(&bytes).iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    });
    assert_eq!(file["sha256"], sum, "{}", path.display());
}

fn check_lake(table: &Path) {
    let recorded: Value = serde_json::from_str(&read(table.join("_table.json"))).unwrap();
    let partitions = recorded["partitions"].as_array().unwrap();
    let files: Vec<&Value> = partitions.iter().flat_map(|part| part["files"].as_array().unwrap()).collect();
    assert_eq!(files.iter().map(|file| file["rows"].as_u64().unwrap()).sum::<u64>(), 1000, "{recorded:#}");
    files.iter().for_each(|file| check_sum(table, file));
    let there = walkdir::WalkDir::new(table).into_iter().flatten();
    let there = there.filter(|entry| entry.path().extension().is_some_and(|kind| kind == "parquet")).count();
    assert_eq!(there, files.len(), "every file there is one of the table");
}

fn check_nothing_left(run: &Path, token: &str, events: &[Value]) {
    let filter = format!("label=greenroom.run={token}");
    // Removed in the background.
    until("the run's containers to be gone", || {
        let left = Command::new("docker").args(["ps", "-aq", "--filter", &filter]).output().unwrap();
        assert!(left.status.success(), "{}", text(&left.stderr));
        left.stdout.is_empty().then_some(())
    });
    let left = |dir: &str| -> Vec<String> {
        let entries = std::fs::read_dir(run.join(dir)).unwrap().flatten();
        entries.map(|entry| entry.file_name().into_string().unwrap()).collect()
    };
    assert_eq!(left("_run/scratch"), Vec::<String>::new());
    assert_eq!(left_of(token), Vec::<PathBuf>::new());
    // What an attempt that did not succeed had written may be looked at.
    let succeeded = |dir: &String| {
        let (step, attempt) = dir.rsplit_once('.').unwrap();
        let attempt: u64 = attempt.parse().unwrap();
        let ends = of(events, "attempt_finished", step);
        ends.iter().any(|end| end["attempt"] == attempt && end["status"] == "succeeded")
    };
    assert_eq!(left("_run/work").iter().find(|dir| succeeded(dir)), None);
}

#[test]
fn killed_at_any_instant_a_run_goes_on_and_nothing_is_lost_or_done_twice() {
    let tries: u32 = std::env::var("GREENROOM_FAULTS").map_or(6, |count| count.parse().unwrap());
    let whole = Case::new();
    let begun = Instant::now();
    assert!(whole.run().wait().unwrap().success());
    let length = begun.elapsed();
    whole.check();
    let (mut killed, mut again) = (0, 0);
    for number in 0..tries {
        let at = length.mul_f64((f64::from(number) + 0.5) / f64::from(tries));
        println!("{number}: killed after {at:?} of {length:?}");
        let case = Case::new();
        killed += u32::from(case.kill_after(case.run(), at));
        if number % 3 == 1 && case.recorded().is_some_and(|run| run["status"] == "interrupted") {
            // Other instants than the first ones.
            let at = length.mul_f64((f64::from(number) * 0.618).fract() * 0.6);
            println!("{number}: and again after {at:?}");
            again += u32::from(case.kill_after(case.start(&["resume", "@last"]), at));
        }
        case.finish();
        case.check();
    }
    println!("tried {tries}, killed {killed}, {again} of them twice, survived {tries}");
    assert!(killed * 2 > tries, "most instants lie within the run");
}
