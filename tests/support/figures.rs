//! What a program on a terminal takes: time, memory and wake-ups, as they are measured from outside.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::terminal::Terminal;

/// No frame is looked for more often.
const LOOK: Duration = Duration::from_micros(500);
/// For what should come at once.
const PATIENCE: Duration = Duration::from_secs(60);

/// Of the one run in `store`, of the workflow `flow000`: so many more, of the workflows `flow000` to `flowNNN` in turn, each
/// with a token of its own.
pub fn copy_runs(store: &Path, flows: usize, runs: usize) {
    let run = only_folder(&only_folder(&store.join("flow000")));
    let token = run.file_name().unwrap().to_str().unwrap().to_owned();
    let texts = ["run.json", "plan.json"].map(|file| (file, super::read(run.join("_run").join(file))));
    for number in 1..=runs {
        let flow = format!("flow{:03}", number % flows);
        let other = format!("{}{number:012x}", &token[..token.len() - 12]);
        let folder =
            store.join(&flow).join(run.parent().unwrap().file_name().unwrap()).join(&other).join("_run");
        std::fs::create_dir_all(folder.join("steps")).unwrap();
        for (file, text) in &texts {
            let text = text.replace(&token, &other).replace("flow000", &flow);
            std::fs::write(folder.join(file), text).unwrap();
        }
        std::fs::copy(run.join("_run/events.jsonl"), folder.join("events.jsonl")).unwrap();
    }
}

pub fn only_folder(folder: &Path) -> PathBuf {
    let mut entries = folder.read_dir().unwrap().flatten().map(|entry| entry.path());
    entries.find(|path| path.is_dir()).unwrap()
}

/// Waits for a text.
#[track_caller]
pub fn until(terminal: &Terminal, wanted: &str) {
    wait(terminal, wanted, |shown| shown.contains(wanted));
}

/// Waits until the screen is as it should; looks more often than `Terminal::shows`.
#[track_caller]
pub fn wait(terminal: &Terminal, what: &str, is_so: impl Fn(&str) -> bool) {
    let begun = Instant::now();
    while !is_so(&terminal.shown()) {
        assert!(begun.elapsed() < PATIENCE, "{what} never came:\n{}", terminal.shown());
        sleep(LOOK);
    }
}

pub fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

/// The most that it ever had, in MiB.
pub fn memory(pid: i32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
}

/// Hundredths of a second of the CPU, and how often each thread has been woken.
pub fn used(pid: i32) -> (u64, BTreeMap<PathBuf, u64>) {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let fields: Vec<&str> = stat.rsplit_once(") ").unwrap().1.split_whitespace().collect();
    let ticks = fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap();
    let threads = std::fs::read_dir(format!("/proc/{pid}/task")).unwrap().flatten();
    let woken = |path: PathBuf| {
        let status = std::fs::read_to_string(path.join("status")).ok()?;
        let lines = status.lines().filter(|line| line.contains("ctxt_switches"));
        Some((path, lines.filter_map(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok()).sum()))
    };
    (ticks, threads.filter_map(|thread| woken(thread.path())).collect())
}

/// How often threads were woken between two looks.
pub fn woken(before: &BTreeMap<PathBuf, u64>, after: &BTreeMap<PathBuf, u64>) -> u64 {
    after.iter().map(|(thread, count)| count - before.get(thread).unwrap_or(&0)).sum()
}
