//! How quick the workbench is on a real terminal, with many workflows and runs on disk: told, and nothing of it asserted
//! but that nothing goes on when nothing happens. `cargo bench --bench workbench` measures the same as it is released.
//!
//! `cargo test --release --test figures -- --nocapture`
#![allow(clippy::unwrap_used)]

mod support;

use std::time::{Duration, Instant};

use support::figures::{copy_runs, median, memory, until, used, wait, woken};
use support::terminal::Terminal;
use support::{Project, within_a_minute};

const WORKFLOWS: usize = 200;
const RUNS: usize = 10_000;
const KEYS: usize = 50;
/// So long nothing happens: longer than any pause that the workbench makes by itself.
const STILL: Duration = Duration::from_secs(15);

#[test]
fn the_workbench_tells_what_it_takes_and_sleeps_when_nothing_happens() {
    let project = Project::new();
    for flow in 0..WORKFLOWS {
        project.workflow(&format!("flow{flow:03}"), "a: {run: 'true'}");
    }
    project.expect(0, &["run", "flow000"]);
    copy_runs(&project.dir.join(".greenroom/store/greenroom_tests/dev"), WORKFLOWS, RUNS);
    project.expect(0, &["runs", "--reindex"]);

    let config = project.dir.join(".config");
    let begun = Instant::now();
    let mut terminal =
        Terminal::with(&project, &[], 24, 80, &[("XDG_CONFIG_HOME", config.to_str().unwrap())]);
    wait(&terminal, "a frame", |shown| shown.contains("Board"));
    let frame = begun.elapsed();
    until(&terminal, "flow015");
    let board = begun.elapsed();

    let mut keys = Vec::new();
    for key in 0..KEYS {
        let (key, shown) = if key % 2 == 0 { ("?", true) } else { ("\x1b", false) };
        let pressed = Instant::now();
        terminal.type_in(key);
        wait(&terminal, key, |screen| screen.contains("keys on the Board") == shown);
        keys.push(pressed.elapsed());
    }

    let still = within_a_minute(|| {
        let (ticks_before, before) = used(terminal.pid());
        std::thread::sleep(STILL);
        let (ticks, after) = used(terminal.pid());
        let woken = woken(&before, &after);
        println!("within {STILL:?}: {woken} wake-ups, {} ms of the CPU", (ticks - ticks_before) * 10);
        (woken == 0).then_some(())
    });
    assert!(still.is_some(), "it is woken for nothing, again and again");

    println!("{WORKFLOWS} workflows and {RUNS} runs: first frame {frame:.0?}, all workflows {board:.0?}");
    println!("key to frame: median {:.1?}, at most {:.1?}", median(keys.clone()), keys.iter().max().unwrap());
    println!("{} MiB at most", memory(terminal.pid()));
    terminal.type_in("\x03");
    assert!(terminal.ended().success());
}
