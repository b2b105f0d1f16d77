//! A made-up run for tests.

use camino::Utf8PathBuf;
use indexmap::IndexMap;
use jiff::Timestamp;

use super::{
    AttemptStatus, Digest, EventKind, Expect, InputBinding, InputSource, Io, Kind, Launch, Name, Need, Node,
    NodeId, OutputType, Plan, PlannedImage, PlannedOutput, Poll, Produced, Resources, Retry, Run, RunEvent,
    Status, Token, Value, Version, Warehouse,
};

pub fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

pub fn id(step: &str) -> NodeId {
    step.parse().unwrap()
}

pub fn token() -> Token {
    "01900000-0000-7000-8000-000000003f2a".parse().unwrap()
}

/// Seconds after the run began.
pub fn at(seconds: f64) -> Timestamp {
    let start: Timestamp = "2026-03-01T06:00:00Z".parse().unwrap();
    start + jiff::SignedDuration::from_secs_f64(seconds)
}

fn node(step: &str, needs: &[&str], operator: Option<&str>) -> Node {
    let output =
        |path: &str, kind| PlannedOutput { path: path.into(), kind, expect: Expect::default(), table: None };
    let outputs = match step {
        "delays" => IndexMap::from([(name("delays"), output("delays.parquet", OutputType::File))]),
        "report" => IndexMap::from([(name("page"), output("report.html", OutputType::File))]),
        _ => IndexMap::new(),
    };
    Node {
        id: id(step),
        needs: needs.iter().map(|need| Need { node: id(need), by_input: true }).collect(),
        when: None,
        when_status_of: Vec::new(),
        matrix: IndexMap::new(),
        operator: operator.map(name),
        launch: Launch::Script("python3 report.py".into()),
        image: name("default"),
        env: IndexMap::new(),
        with: IndexMap::new(),
        sql: None,
        inputs: match step {
            "report" => IndexMap::from([(
                name("delays"),
                InputBinding {
                    value: format!("/store/flights/dev/daily_delays/1.0.0/{}/delays/delays.parquet", token()),
                    source: InputSource::Step { step: name("delays"), output: name("delays") },
                },
            )]),
            _ => IndexMap::new(),
        },
        outputs,
        tables: Vec::new(),
        storage: false,
        files: None,
        resources: Resources::default(),
        retry: Retry { limit: 2, delay: std::time::Duration::from_secs(10), backoff: 2 },
        timeout: Some(std::time::Duration::from_secs(1800)),
        poll: (step == "flights_ready").then(|| Poll {
            every: std::time::Duration::from_secs(5),
            limit: std::time::Duration::from_secs(600),
        }),
        secrets: Vec::new(),
        cache: Vec::new(),
        io: Io::Path,
        taken: None,
        closure: Digest::of(step.as_bytes()),
    }
}

pub fn plan() -> Plan {
    Plan {
        greenroom: 1,
        token: token(),
        project: name("flights"),
        env: name("dev"),
        name: name("daily_delays"),
        version: Version { major: 1, minor: 0, patch: 0 },
        kind: Kind::Workflow,
        use_case: None,
        file: "workflows/daily_delays.yaml".into(),
        params: IndexMap::from([(name("day"), Value::Date("2013-01-01".parse().unwrap()))]),
        tree: Digest::of(b"tree"),
        warehouse: Some(Warehouse::Duckdb { path: Utf8PathBuf::from(".greenroom/lake") }),
        images: IndexMap::from([(
            name("default"),
            PlannedImage {
                id: "sha256:1".into(),
                tag: "greenroom/flights-default:latest".into(),
                bash: true,
            },
        )]),
        services: IndexMap::new(),
        taken_params: Vec::new(),
        nodes: vec![
            node("flights_ready", &[], Some("data_available")),
            node("delays", &["flights_ready"], Some("sql_export")),
            node("report", &["delays"], None),
            node("publish", &["report"], None),
        ],
    }
}

fn numbered(kinds: Vec<(f64, EventKind)>) -> Vec<RunEvent> {
    let event = |(seq, (seconds, kind))| RunEvent { kind, seq: seq as u64, ts: at(seconds), token: token() };
    kinds.into_iter().enumerate().map(event).collect()
}

fn run_started() -> (f64, EventKind) {
    let path = "/data/store/flights/dev/daily_delays/1.0.0/01900000-0000-7000-8000-000000003f2a".to_owned();
    (0.0, EventKind::RunStarted { name: name("daily_delays"), path, resumed: false })
}

fn started(seconds: f64, step: &str, attempt: u32) -> (f64, EventKind) {
    (seconds, EventKind::AttemptStarted { step: name(step), cell: None, attempt })
}

fn attempt_ended(at: f64, step: &str, attempt: u32, reason: &str, retry: Option<f64>) -> (f64, EventKind) {
    let status = if reason.is_empty() { AttemptStatus::Succeeded } else { AttemptStatus::Failed };
    let kind = EventKind::AttemptFinished {
        step: name(step),
        cell: None,
        attempt,
        status,
        exit_code: Some(i64::from(!reason.is_empty())),
        seconds: 1.25,
        peak_memory_bytes: Some(90 << 20),
        reason: reason.to_owned(),
        retry_in_seconds: retry,
    };
    (at, kind)
}

fn ended(
    at: f64,
    step: &str,
    status: Status,
    reason: &str,
    outputs: &[(&str, &str, u64)],
) -> (f64, EventKind) {
    let outputs = outputs.iter().map(|(output, path, rows)| {
        let bytes = 1200 + rows * 10;
        let rows = (*rows > 0).then_some(*rows);
        (name(output), Produced { path: (*path).to_owned(), bytes, sha256: Digest::of(b"x"), rows })
    });
    let outputs = outputs.collect();
    (at, EventKind::StepFinished { step: name(step), cell: None, status, reason: reason.to_owned(), outputs })
}

fn run_ended(at: f64, status: Status, reason: &str) -> (f64, EventKind) {
    (at, EventKind::RunFinished { status, seconds: at, reason: reason.to_owned() })
}

fn beginning() -> Vec<(f64, EventKind)> {
    vec![
        run_started(),
        started(0.1, "flights_ready", 1),
        (0.9, EventKind::Polled { step: name("flights_ready"), cell: None, attempt: 1, polls: 1 }),
    ]
}

fn up_to_report() -> Vec<(f64, EventKind)> {
    let mut events = beginning();
    events.extend([
        attempt_ended(1.35, "flights_ready", 1, "", None),
        ended(1.4, "flights_ready", Status::Succeeded, "", &[]),
        started(1.5, "delays", 1),
        attempt_ended(2.75, "delays", 1, "", None),
        ended(2.8, "delays", Status::Succeeded, "", &[("delays", "delays/delays.parquet", 1045)]),
        started(2.9, "report", 1),
    ]);
    events
}

pub fn good_run() -> Vec<RunEvent> {
    let mut events = up_to_report();
    events.extend([
        attempt_ended(4.15, "report", 1, "", None),
        ended(
            4.2,
            "report",
            Status::Succeeded,
            "",
            &[("page", "report/report.html", 0), ("figures", "report/figures.csv", 45)],
        ),
        ended(4.3, "publish", Status::Skipped, "when is false", &[]),
        run_ended(4.4, Status::Succeeded, ""),
    ]);
    numbered(events)
}

pub fn failed_run() -> Vec<RunEvent> {
    let mut events = up_to_report();
    events.extend([
        attempt_ended(4.15, "report", 1, "exit code 1", Some(10.0)),
        started(14.2, "report", 2),
        (
            14.3,
            EventKind::Warned {
                step: Some(name("report")),
                cell: None,
                message: "cpu capped to 2".into(),
                of_log: None,
            },
        ),
        attempt_ended(15.45, "report", 2, "exit code 1", None),
        ended(15.5, "report", Status::Failed, "exit code 1", &[]),
        ended(15.6, "publish", Status::Skipped, "report failed", &[]),
        run_ended(15.7, Status::Failed, "report failed"),
    ]);
    numbered(events)
}

pub fn sql_error_run() -> Vec<RunEvent> {
    let reason = "the query failed\nsql/delays.sql:1:8: no column `carier` in lake.flights\nhelp: did you mean `carrier`?";
    let mut events = beginning();
    events.extend([
        started(1.5, "delays", 1),
        attempt_ended(2.75, "delays", 1, reason, None),
        ended(2.8, "delays", Status::Failed, reason, &[]),
    ]);
    numbered(events)
}

pub fn hostile_run() -> Vec<RunEvent> {
    let hostile = "\x1b]52;c;cm0gLXJm\x07\u{202e}exe\u{9b}31m";
    let reason = format!("exit {hostile}\nmore {hostile}");
    let mut events = beginning();
    events.extend([
        (1.0, EventKind::Warned { step: None, cell: None, message: hostile.into(), of_log: None }),
        started(1.5, "delays", 1),
        attempt_ended(2.0, "delays", 1, &reason, Some(1.0)),
        started(3.0, "delays", 2),
        attempt_ended(4.0, "delays", 2, &reason, None),
        ended(4.1, "delays", Status::Failed, &reason, &[]),
        ended(4.2, "report", Status::Succeeded, "", &[("page", &format!("report/{hostile}"), 1)]),
        run_ended(4.3, Status::Failed, hostile),
    ]);
    numbered(events)
}

pub fn run(status: Status) -> Run {
    let plan = plan();
    Run {
        greenroom: 1,
        token: plan.token,
        project: plan.project,
        env: plan.env,
        name: plan.name,
        version: plan.version,
        kind: plan.kind,
        use_case: None,
        status,
        params: IndexMap::from([(name("day"), "2013-01-01".into())]),
        started_at: at(0.0),
        finished_at: Some(at(15.7)),
        commit: Some("99a3098d518cd9c0ffee99a3098d518cd9c0ffee".into()),
        branch: Some("main".into()),
        dirty: true,
        user: "ana".into(),
        inputs_from: Vec::new(),
        forked_from: None,
        only: None,
        taken_params: Vec::new(),
        tree: plan.tree,
        greenroom_version: "0.1.0".into(),
    }
}
