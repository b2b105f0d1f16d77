//! A store with 100,000 runs of 200 workflows: how long it takes to list them, to find some by what they were run with and
//! by their figures, to show the figures of one, and to make the index anew; beside `grep` over their records.
//!
//! `cargo bench --bench runs [-- RUNS]`; no engine is needed.
#![allow(clippy::unwrap_used)]

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use camino::{Utf8Path, Utf8PathBuf};
use greenroom::domain::{Digest, Name, RunLayout, Token, Version};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

const WORKFLOWS: usize = 200;
const ALL: usize = 100_000;
/// Each figure is the median of so many.
const TIMES: usize = 7;

fn main() {
    let all = std::env::args().skip(1).find_map(|word| word.parse().ok()).unwrap_or(ALL);
    let dir = tempfile::tempdir().unwrap();
    let root = Utf8PathBuf::from_path_buf(dir.path().to_owned()).unwrap();
    let project = "greenroom: 1\nkind: project\nname: bench\nimages: {default: {base: debian:bookworm-slim}}\n\
                   environments: {dev: {root: store}}\n";
    fs_err::write(root.join("greenroom.yaml"), project).unwrap();
    let begun = Instant::now();
    (0..all).for_each(|n| make(&root, n));
    println!("{all} runs made in {:.0} s", begun.elapsed().as_secs_f64());

    let reindex = timed(&root, &["runs", "--reindex", "--limit", "1"]);
    let store = root.join("store");
    let grep = |words: &[&str]| rival(&store, words);
    println!("reindex             {:>8} ms", reindex.as_millis());
    // The folders' last changes are settled by now, as they are a moment after a run.
    let rows: [(&str, &[&str]); 7] = [
        ("list", &["runs"]),
        ("list of one", &["runs", "flow007"]),
        ("failed", &["runs", "--status", "failed"]),
        ("auc > 0.7", &["runs", "--where", "auc > 0.7"]),
        ("auc > 0.999", &["runs", "--where", "auc > 0.999"]),
        ("depth=3, auc > 0.9", &["runs", "flow007", "--param", "depth=3", "--where", "auc > 0.9"]),
        ("metrics of one", &["metrics", "flow007"]),
    ];
    for (name, words) in rows {
        let times = (0..TIMES).map(|_| timed(&root, words));
        println!("{name:<19} {:>8} ms", median(times.collect()).as_millis());
    }
    let failed =
        median((0..3).map(|_| grep(&["-rl", "--include=run.json", "\"status\": \"failed\""])).collect());
    println!("grep for failed     {:>8} ms", failed.as_millis());
    // One more run: its folder alone is read again.
    make(&root, all);
    println!("list after a run    {:>8} ms", timed(&root, &["runs"]).as_millis());
}

fn make(root: &Utf8Path, n: usize) {
    let name = |text: &str| Name::new(text).unwrap();
    let flow = name(&format!("flow{:03}", n % WORKFLOWS));
    let version = Version { major: 1, minor: u32::try_from(n * 3 / ALL).unwrap(), patch: 0 };
    let at = started(n);
    let token = Token::first_at(at);
    let layout = RunLayout::new(&root.join("store"), &name("bench"), &name("dev"), &flow, version, token);
    let steps = layout.record().join("steps");
    fs_err::create_dir_all(&steps).unwrap();
    // Some have failed, and may go on.
    let status = if n % 20 == 7 { "failed" } else { "succeeded" };
    let sum = "0".repeat(64);
    let run = json!({
        "greenroom": 1, "token": token, "project": "bench", "env": "dev", "name": flow, "version": version,
        "kind": "blueprint", "use_case": "training", "status": status,
        "params": {"depth": n % 7, "day": format!("2026-{:02}-{:02}", 1 + n % 12, 1 + n % 28)},
        "started_at": at, "finished_at": at, "commit": "3f2a91c04b77", "branch": "main", "dirty": false,
        "user": "ana <ana@example.com>", "inputs_from": [], "tree": sum, "greenroom_version": "0.1.0",
    });
    write(&layout.run_json(), &run);
    let node = |id: &str, outputs: Value| {
        json!({
            "id": id, "needs": [], "when": null, "image": "default", "command": "x".repeat(600), "outputs": outputs,
        })
    };
    let output =
        |path: &str, kind: &str| json!({"out": {"path": path, "type": kind, "expect": {}, "table": null}});
    let nodes = [
        node("extract", output("points.csv", "file")),
        node("preprocess", output("features.csv", "file")),
        node("train", output("model.json", "model")),
        node("predict", output("predictions.csv", "file")),
        node("evaluate", output("metrics.json", "metrics")),
    ];
    write(&layout.plan_json(), &json!({"greenroom": 1, "token": token, "nodes": nodes}));
    let ends = [
        json!({"event": "run_started", "seq": 0, "ts": at, "token": token, "name": flow, "path": layout.dir(), "resumed": false}),
        json!({"event": "run_finished", "seq": 1, "ts": at, "token": token, "status": status, "seconds": 1.0, "reason": ""}),
    ];
    fs_err::write(layout.events(), ends.map(|event| event.to_string() + "\n").concat()).unwrap();
    // Spread evenly, the same each time.
    let auc = (n.wrapping_mul(2_654_435_761) % 10_000) as f64 / 10_000.0;
    let folder = layout.dir().join("evaluate");
    fs_err::create_dir(&folder).unwrap();
    let metrics = folder.join("metrics.json");
    write(&metrics, &json!({"auc": auc, "log_loss": 1.0 - auc}));
    let sum = Digest::of(&fs_err::read(&metrics).unwrap());
    let produced = json!({"out": {"path": "evaluate/metrics.json", "bytes": 40, "sha256": sum}});
    let manifest = json!({
        "greenroom": 1, "token": token, "node": "evaluate", "attempt": 1, "started_at": at, "finished_at": at,
        "exit_code": 0, "peak_memory_bytes": null, "image": "sha256:0", "outputs": produced, "files": [],
        "reads": [], "writes": {}, "log_complete": true,
    });
    write(&steps.join("evaluate.json"), &manifest);
}

/// Over a year, the last of them now.
fn started(n: usize) -> Timestamp {
    let ago = (ALL - n.min(ALL)) as i64 * (365 * 24 * 3600 / ALL as i64);
    let apart = SignedDuration::from_millis(n as i64 % 1000);
    Timestamp::now() - SignedDuration::from_secs(ago) + apart
}

fn write(path: &Utf8Path, value: &Value) {
    fs_err::write(path, serde_json::to_vec_pretty(value).unwrap()).unwrap();
}

fn timed(root: &Utf8Path, words: &[&str]) -> Duration {
    let begun = Instant::now();
    let mut command = Command::new(env!("CARGO_BIN_EXE_greenroom"));
    // State of its own, as of a person who has this store alone.
    command.args(words).current_dir(root).env("XDG_STATE_HOME", root.join("state"));
    let ended = command.stdout(Stdio::piped()).output().unwrap();
    assert!(ended.status.success() && !ended.stdout.is_empty(), "{words:?}: {ended:?}");
    begun.elapsed()
}

fn rival(store: &Utf8Path, words: &[&str]) -> Duration {
    let begun = Instant::now();
    let ended = Command::new("grep").args(words).arg(store).stdout(Stdio::piped()).output().unwrap();
    assert!(!ended.stdout.is_empty());
    begun.elapsed()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}
