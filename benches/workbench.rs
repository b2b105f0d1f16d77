//! The workbench on a real terminal and the real engine, with 200 workflows and 10,000 runs on disk: its first frame, what
//! it costs while nothing happens, how long a key takes while a step floods its log, how large it grows, a search in that
//! log beside `grep`, a query on a warm container beside `greenroom sql`, and a review of 200 files.
//!
//! `cargo bench --bench workbench [-- LINES]`
#![allow(clippy::unwrap_used)]

#[path = "../tests/support/mod.rs"]
mod support;

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use support::figures::{copy_runs, median, memory, only_folder, until, used, wait, woken};
use support::terminal::Terminal;
use support::{GREENROOM, Project};

const WORKFLOWS: usize = 200;
const RUNS: usize = 10_000;
const IDLE: Duration = Duration::from_secs(20);
/// For a log.
const MOST: Duration = Duration::from_secs(900);
/// Bytes of one line of a log.
const LINE: u64 = 40;
/// Lines that the paced log has in a second, as many as it should be possible to follow; and for how long.
const PACE: u64 = 100_000;
const PACED: u64 = 30;

fn main() {
    let lines = std::env::args().skip(1).find_map(|word| word.parse().ok()).unwrap_or(10_000_000_u64);
    let project = Project::with_warehouse();
    for flow in 0..WORKFLOWS {
        project.workflow(&format!("flow{flow:03}"), "a: {run: 'true'}\nb: {needs: [a], run: 'true'}");
    }
    let flood = format!(
        "flood: {{run: \"seq -f '%039.0f' {lines}; echo there is the needle; touch /cache/flood/it; sleep 900\", cache: [flood]}}"
    );
    project.workflow("flood", &flood);
    project.workflow("paced", &paced());
    project.expect(0, &["run", "flow000"]);
    copy_runs(&project.dir.join(".greenroom/store/greenroom_operator_tests/dev"), WORKFLOWS, RUNS);
    project.expect(0, &["runs", "--reindex"]);
    start(&project);
    idle(&project);
    query(&project);
    let (terminal, _) = keys(&project, "paced");
    leave(&project, terminal);
    self::flood(&project);
    review();
}

const REVIEWED: &str = "greenroom: 1
kind: project
name: greenroom_operator_tests
people:
  ana: {email: ana@example.com, role: analyst}
  eli: {email: eli@example.com, role: engineer}
images:
  default: {base: \"debian:bookworm-slim\", apt: [python3, python3-pip], pip: requirements.txt}
environments:
  dev: {root: .greenroom/store, warehouse: {engine: duckdb, path: .greenroom/lake}}
  stage: {root: \"gs://stage\", branch: stage}
";

/// Files that a package changes.
const CHANGED: usize = 200;

/// How long it takes until a package is shown, and how long keys take in its code.
fn review() {
    let project = Project::of(REVIEWED, "duckdb==1.5.5\nsqlglot==30.30.0\n");
    project.workflow("flow", "a: {run: 'true'}");
    project.file(".gitignore", ".greenroom/\n.config/\n/keys/\n/remote.git/\n");
    let change = |late: usize| {
        for file in 0..CHANGED {
            let lines = (0..40).map(|line| format!("SELECT {line} AS n{line}, {file} AS file -- as it is\n"));
            let lines = lines.collect::<String>().replace("n20", &format!("n{}", 20 + late));
            project.file(&format!("sql/f{file:03}.sql"), lines);
        }
    };
    change(0);
    let tool = |program: &str, words: &[&str]| {
        assert!(project.other_command(program).args(words).status().unwrap().success(), "{words:?}");
    };
    let git = |words: &[&str]| tool("git", words);
    std::fs::create_dir(project.dir.join("keys")).unwrap();
    let key = |who: &str| project.dir.join("keys").join(who).to_str().unwrap().to_owned();
    let signers = ["ana", "eli"].map(|who| {
        tool("ssh-keygen", &["-q", "-t", "ed25519", "-N", "", "-f", &key(who)]);
        let public = std::fs::read_to_string(format!("{}.pub", key(who))).unwrap();
        format!("{who}@example.com {public}")
    });
    project.file(".greenroom-signers", signers.concat());
    let sits = |who: &str| {
        let mail = format!("{who}@example.com");
        for (name, value) in
            [("user.name", who), ("user.email", &mail), ("gpg.format", "ssh"), ("user.signingKey", &key(who))]
        {
            git(&["config", name, value]);
        }
    };
    git(&["init", "-q", "-b", "main"]);
    git(&["init", "-q", "--bare", "-b", "main", "remote.git"]);
    sits("ana");
    git(&["add", "-A"]);
    git(&["commit", "-q", "-m", "The project"]);
    git(&["remote", "add", "origin", "remote.git"]);
    git(&["push", "-q", "origin", "main", "main:stage"]);
    let design = ["--need", "figures", "--output", "figures", "--owner", "ana", "--owner", "eli"];
    project.expect(0, &[&["track", "open", "flow"][..], &design].concat());
    project.expect(0, &["track", "agree", "flow"]);
    sits("eli");
    project.expect(0, &["track", "agree", "flow"]);
    sits("ana");
    git(&["switch", "-q", "-c", "ana/many"]);
    change(1);
    git(&["commit", "-q", "-a", "-m", "Many files"]);
    project.expect(0, &["run", "flow"]);
    project.expect(0, &["package", "--track", "flow"]);
    sits("eli");
    let mut terminal = open(&project);
    // Its checks are not all green, which its card is read for.
    until(&terminal, "package the branch");
    let begun = Instant::now();
    terminal.type_in("9");
    until(&terminal, "riskiest");
    let card = begun.elapsed();
    terminal.type_in("\r]]");
    until(&terminal, "f000.sql");
    let mut keys = Vec::new();
    for (key, file) in [("G", "f199.sql"), ("g", "f000.sql")].repeat(50) {
        let pressed = Instant::now();
        terminal.type_in(key);
        until(&terminal, file);
        keys.push(pressed.elapsed());
    }
    keys.sort();
    println!("a package of {CHANGED} files {} ms", millis(card));
    println!("  keys in its code: median {} ms, 99 % {} ms", millis(keys[50]), millis(keys[98]));
    terminal.type_in("\x03");
    terminal.ended();
}

/// A log that grows every hundredth of a second.
fn paced() -> String {
    format!(
        "paced:
  cache: [paced]
  run: |
    python3 - <<'END'
    import sys, time
    due = time.monotonic()
    for first in range(0, {}, {}):
        sys.stdout.write(''.join('%039d\\n' % line for line in range(first, first + {})))
        sys.stdout.flush()
        due += 0.01
        time.sleep(max(0, due - time.monotonic()))
    END
    touch /cache/paced/it; sleep 900",
        PACE * PACED,
        PACE / 100,
        PACE / 100
    )
}

fn start(project: &Project) {
    let (mut frames, mut boards, mut rivals) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..5 {
        let begun = Instant::now();
        let mut terminal = open(project);
        until(&terminal, "Board");
        frames.push(begun.elapsed());
        until(&terminal, "flow015");
        boards.push(begun.elapsed());
        terminal.type_in("\x03");
        terminal.ended();
        rivals.push(command(project, GREENROOM, &["runs", "--json"]));
    }
    let [frame, board, rival] = [frames, boards, rivals].map(median);
    println!("first frame {} ms, all workflows {} ms", millis(frame), millis(board));
    println!(
        "  `greenroom runs` {} ms, ratio {:.2}",
        millis(rival),
        board.as_secs_f64() / rival.as_secs_f64()
    );
}

fn idle(project: &Project) {
    let mut terminal = open(project);
    until(&terminal, "flow015");
    sleep(Duration::from_secs(3));
    let (ticks, before) = used(terminal.pid());
    sleep(IDLE);
    let (more, after) = used(terminal.pid());
    let woken = woken(&before, &after);
    let share = (more - ticks) as f64 / 100.0 / IDLE.as_secs_f64() * 100.0;
    println!("idle for {} s: {woken} wake-ups, {share:.2} % of a core", IDLE.as_secs());
    terminal.type_in("\x03");
    terminal.ended();
}

fn query(project: &Project) {
    let mut terminal = open(project);
    until(&terminal, "flow015");
    terminal.type_in("5");
    until(&terminal, "no table yet");
    terminal.type_in("e");
    let mut warm = Vec::new();
    for number in 0..6 {
        terminal.type_in(&format!("SELECT {number} AS n{number};"));
        until(&terminal, &format!("n{number};"));
        let begun = Instant::now();
        terminal.type_in("\x1b[15~");
        until(&terminal, &format!("n{number} "));
        warm.push(begun.elapsed());
        terminal.type_in("\r");
    }
    terminal.type_in("\x03");
    terminal.ended();
    project.file("asked.sql", "SELECT 1 AS n");
    let cold = median((0..3).map(|_| command(project, GREENROOM, &["sql", "asked.sql"])).collect());
    let warm = median(warm.split_off(1));
    println!("a query on a warm container {} ms", millis(warm));
    println!("  `greenroom sql` {} ms, ratio {:.2}", millis(cold), warm.as_secs_f64() / cold.as_secs_f64());
}

/// How long keys take while a workflow of one step, both of this name, fills its log, and what that takes; the cache of the
/// step tells when it is full.
fn keys(project: &Project, flow: &str) -> (Terminal, PathBuf) {
    let mut terminal = open(project);
    until(&terminal, "flow015");
    terminal.type_in(&format!("/{flow}\r\r"));
    until(&terminal, "has not run yet");
    let before = memory(terminal.pid());
    terminal.type_in("r");
    until(&terminal, "following");
    let store = project.dir.join(".greenroom/store/greenroom_operator_tests/dev").join(flow);
    let log = only_folder(&only_folder(&store)).join(format!("_run/logs/{flow}.1.log"));
    let length = || log.metadata().map_or(0, |log| log.len());
    let end = project.dir.join(".greenroom/cache");
    let over = || {
        let mut entries = walkdir::WalkDir::new(&end).into_iter().flatten();
        entries.any(|entry| entry.path().ends_with(format!("{flow}/it")))
    };
    let (begun, first) = (Instant::now(), length());
    let mut keys = Vec::new();
    while !over() && begun.elapsed() < MOST {
        for (key, shown) in [("]", false), ("[", true)] {
            let pressed = Instant::now();
            terminal.type_in(key);
            wait(&terminal, key, |screen| screen.contains("following") == shown);
            keys.push(pressed.elapsed());
            sleep(Duration::from_millis(40));
        }
    }
    let rate = (length() - first) as f64 / LINE as f64 / begun.elapsed().as_secs_f64();
    keys.sort();
    let share = |part: usize| millis(keys[(keys.len() * part / 100).min(keys.len() - 1)]);
    println!(
        "keys while {rate:.0} lines a second come: median {} ms, 90 % {} ms, 99 % {} ms of {}",
        share(50),
        share(90),
        share(99),
        keys.len()
    );
    println!(
        "  {before} MiB before, {} MiB at most after a log of {} MiB",
        memory(terminal.pid()),
        length() >> 20
    );
    (terminal, log)
}

fn leave(project: &Project, mut terminal: Terminal) {
    terminal.type_in("\x03");
    terminal.ended();
    project.run(&["cancel", "@last"]);
}

fn flood(project: &Project) {
    let (mut terminal, log) = keys(project, "flood");
    let begun = Instant::now();
    terminal.type_in("/00000000077\r");
    until(&terminal, "found");
    let hit = begun.elapsed();
    let begun = Instant::now();
    terminal.type_in("/needle\r");
    until(&terminal, "1 found ·");
    let (whole, grep) = (begun.elapsed(), command(project, "grep", &["-c", "needle", log.to_str().unwrap()]));
    println!("search in it: first hit {} ms, all of it {} ms", millis(hit), millis(whole));
    println!(
        "  `grep` {} ms, ratio {:.2}; {} MiB at most",
        millis(grep),
        whole.as_secs_f64() / grep.as_secs_f64(),
        memory(terminal.pid())
    );
    leave(project, terminal);
}

fn open(project: &Project) -> Terminal {
    let config = project.dir.join(".config");
    Terminal::with(project, &[], 24, 80, &[("XDG_CONFIG_HOME", config.to_str().unwrap())])
}

fn command(project: &Project, program: &str, args: &[&str]) -> Duration {
    let begun = Instant::now();
    let mut command: Command = project.other_command(program);
    command.args(args).stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap();
    begun.elapsed()
}

fn millis(time: Duration) -> u128 {
    time.as_millis()
}
