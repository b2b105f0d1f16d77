//! Who reads a table while runs replace its partitions reads one state of it, whole. `GREENROOM_FAULTS=1` tries 150
//! reads against 20 runs.
#![allow(clippy::unwrap_used)]

mod support;

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use serde_json::Value;
use support::{Project, text};

const ROWS: u64 = 1000;

fn project() -> Project {
    let project = Project::with_warehouse();
    project.workflow_of(
        "write",
        "params: {day: date, value: int}",
        &format!(
            "replace:
  uses: sql_table
  with:
    query: \"SELECT @day AS day, @value AS value, x FROM UNNEST(GENERATE_ARRAY(1, {ROWS})) AS x\"
    table: lake.numbers
    partition: {{column: day, value: '${{{{ params.day }}}}'}}
"
        ),
    );
    project.file(
        "read.sql",
        "SELECT day, COUNT(*) AS n, COUNT(DISTINCT x) AS xs, MIN(value) AS low, MAX(value) AS high
FROM lake.numbers GROUP BY day ORDER BY day",
    );
    project
}

fn write(project: &Project, day: &str, value: usize) {
    let (day, value) = (format!("day={day}"), format!("value={value}"));
    project.expect(0, &["run", "write", "--param", &day, "--param", &value]);
}

/// The values that a read found, a partition each.
fn read(project: &Project) -> Vec<u64> {
    let output = project.run(&["sql", "read.sql", "--json"]);
    assert!(output.status.success(), "a read failed: {}{}", text(&output.stdout), text(&output.stderr));
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    let partitions = found["rows"].as_array().unwrap();
    assert_eq!(partitions.len(), 2, "{found:#}");
    let value = |partition: &Value| {
        let [n, xs, low, high] = [1, 2, 3, 4].map(|column| partition[column].as_u64().unwrap());
        assert_eq!((n, xs), (ROWS, ROWS), "a partition is there once and whole: {found:#}");
        assert_eq!(low, high, "two runs' rows are never mixed: {found:#}");
        low
    };
    partitions.iter().map(value).collect()
}

#[test]
fn readers_see_one_state_while_partitions_are_replaced() {
    let (reads, runs) = if std::env::var("GREENROOM_FAULTS").is_ok() { (150, 20) } else { (12, 4) };
    let project = project();
    let days = ["2013-01-01", "2013-01-02"];
    days.iter().for_each(|day| write(&project, day, 0));
    let (done, states) = (AtomicUsize::new(0), std::sync::Mutex::new(Vec::new()));
    let written = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            for run in 1..=runs {
                write(&project, days[run % 2], run);
            }
            written.store(true, Ordering::SeqCst);
        });
        for _ in 0..3 {
            scope.spawn(|| {
                while done.fetch_add(1, Ordering::SeqCst) < reads || !written.load(Ordering::SeqCst) {
                    let state = read(&project);
                    states.lock().unwrap().push(state);
                }
            });
        }
    });
    let states = states.into_inner().unwrap();
    let mut seen = states.clone();
    seen.sort();
    seen.dedup();
    println!(
        "{} reads during {runs} runs: {} states seen, none failed, none mixed",
        states.len(),
        seen.len()
    );
    assert!(seen.len() > 1, "the reads lie within the writes: {seen:?}");
    let last: Vec<u64> = vec![runs as u64, runs as u64 - 1];
    assert_eq!(read(&project), if runs % 2 == 0 { last } else { last.into_iter().rev().collect() });
}
