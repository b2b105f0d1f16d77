//! Runs, steps and Parquet files for this room's tests.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};
use indexmap::IndexMap;
use parquet::data_type::{
    ByteArray, ByteArrayType, DoubleType, FixedLenByteArray, FixedLenByteArrayType, FloatType, Int32Type,
    Int64Type,
};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;

use super::{EventLog, RunDir, write_plan, write_run};
use crate::domain::{
    Digest, EventKind, Expect, Io, Kind, Launch, Name, Node, NodeId, OutputType, Plan, PlannedOutput,
    Resources, Retry, Run, RunLayout, Status, TableWrite, Token, Value, Version,
};
use crate::engine::{AttemptFacts, Clock, Exit, Journal};

pub(super) fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

/// A run below `root/store`, its lake at `root/lake`.
pub(super) fn run(root: &Utf8Path) -> RunDir {
    let token = Token::generate();
    let project = name("flights");
    let layout =
        RunLayout::new(&root.join("store"), &project, &name("dev"), &name("daily"), Version::INITIAL, token);
    let run = RunDir::new(layout, token, Some(root.join("lake")));
    run.create().unwrap();
    run
}

pub(super) fn temp() -> (tempfile::TempDir, Utf8PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = Utf8PathBuf::from_path_buf(dir.path().to_owned()).unwrap();
    (dir, path)
}

/// Its record is there, and nothing in it.
pub(super) fn recorded_run(root: &Utf8Path) -> (RunLayout, Token) {
    let run = run(root);
    (run.layout().clone(), run.token)
}

/// `run.json` of a run that has just begun.
pub(super) fn a_run(token: Token) -> Run {
    Run {
        greenroom: 1,
        token,
        project: name("flights"),
        env: name("dev"),
        name: name("daily"),
        version: Version::INITIAL,
        kind: Kind::Workflow,
        use_case: None,
        status: Status::Running,
        params: IndexMap::from([(name("day"), "2013-01-01".into())]),
        started_at: Noon.now(),
        finished_at: None,
        commit: None,
        branch: None,
        dirty: false,
        user: "ana".to_owned(),
        inputs_from: Vec::new(),
        forked_from: None,
        only: None,
        taken_params: Vec::new(),
        tree: Digest::of(b""),
        greenroom_version: "0.1.0".to_owned(),
    }
}

/// A plan of no steps.
pub(super) fn plan_of(token: Token) -> Plan {
    Plan {
        greenroom: 1,
        token,
        project: name("flights"),
        env: name("dev"),
        name: name("daily"),
        version: Version::INITIAL,
        kind: Kind::Workflow,
        use_case: None,
        file: "workflows/daily.yaml".into(),
        params: IndexMap::from([(name("day"), Value::Date("2013-01-01".parse().unwrap()))]),
        tree: Digest::of(b""),
        warehouse: None,
        images: IndexMap::new(),
        services: IndexMap::new(),
        taken_params: Vec::new(),
        nodes: Vec::new(),
    }
}

/// A run that was recorded from its start to its end, or to where it was left.
pub(super) fn past_run(root: &Utf8Path, called: &str, status: Status) -> (RunLayout, Token) {
    past_run_of(root, called, status, Token::generate())
}

pub(super) fn past_run_of(root: &Utf8Path, called: &str, status: Status, token: Token) -> (RunLayout, Token) {
    let name = name(called);
    let layout =
        RunLayout::new(root, &self::name("flights"), &self::name("dev"), &name, Version::INITIAL, token);
    RunDir::new(layout.clone(), token, None).create().unwrap();
    write_plan(&layout, &Plan { name: name.clone(), ..plan_of(token) }).unwrap();
    let mut run = Run { name: name.clone(), ..a_run(token) };
    let log = journal(&layout, token);
    let path = layout.dir().to_string();
    log.append(EventKind::RunStarted { name, path, resumed: false }).unwrap();
    if !matches!(status, Status::Running | Status::Interrupted) {
        log.append(finished(status)).unwrap();
        (run.status, run.finished_at) = (status, Some(Noon.now()));
    }
    write_run(&layout, &run).unwrap();
    (layout, token)
}

/// What changes from now on changes at another time than what has changed.
pub(super) fn until_the_disk_ticks(dir: &Utf8Path) {
    use std::os::unix::fs::MetadataExt;
    let probe = dir.join("tick");
    let time = || {
        fs_err::write(&probe, "").unwrap();
        let facts = fs_err::metadata(&probe).unwrap();
        (facts.ctime(), facts.ctime_nsec())
    };
    let before = time();
    while time() == before {
        std::thread::yield_now();
    }
    fs_err::remove_file(probe).unwrap();
}

/// A clock that stands still.
pub(super) struct Noon;

impl Clock for Noon {
    fn now(&self) -> jiff::Timestamp {
        "2026-03-01T12:00:00Z".parse().unwrap()
    }
}

pub(super) fn journal(layout: &RunLayout, token: Token) -> EventLog {
    EventLog::open(&layout.events(), token, Arc::new(Noon)).unwrap()
}

pub(super) fn started(resumed: bool) -> EventKind {
    EventKind::RunStarted { name: name("daily"), path: "/store/of/the/run".to_owned(), resumed }
}

pub(super) fn finished(status: Status) -> EventKind {
    EventKind::RunFinished { status, seconds: 1.5, reason: String::new() }
}

pub(super) fn output(path: &str, kind: OutputType) -> PlannedOutput {
    PlannedOutput { path: path.to_owned(), kind, expect: Expect::default(), table: None }
}

/// An output that becomes `lake.flights`, or one partition of it.
pub(super) fn table(partition: Option<(&str, &str)>) -> PlannedOutput {
    let partition = partition.map(|(column, value)| (column.to_owned(), value.to_owned()));
    let table = Some(TableWrite { table: "lake.flights".parse().unwrap(), partition });
    PlannedOutput { table, ..output("flights", OutputType::Table) }
}

pub(super) fn node(id: &str, outputs: &[(&str, PlannedOutput)]) -> Node {
    Node {
        id: id.parse::<NodeId>().unwrap(),
        needs: Vec::new(),
        when: None,
        when_status_of: Vec::new(),
        matrix: IndexMap::new(),
        operator: None,
        launch: Launch::Argv(Vec::new()),
        image: name("default"),
        env: IndexMap::new(),
        with: IndexMap::new(),
        sql: None,
        inputs: IndexMap::new(),
        outputs: outputs.iter().map(|(id, output)| (name(id), output.clone())).collect(),
        tables: Vec::new(),
        storage: false,
        files: None,
        resources: Resources::default(),
        retry: Retry { limit: 0, delay: Duration::ZERO, backoff: 1 },
        timeout: None,
        poll: None,
        secrets: Vec::new(),
        cache: Vec::new(),
        io: Io::Path,
        taken: None,
        closure: Digest::of(b""),
    }
}

pub(super) fn facts(attempt: u32) -> AttemptFacts {
    let at = jiff::Timestamp::UNIX_EPOCH;
    AttemptFacts {
        attempt,
        exit: Exit { code: 0, oom_killed: false, started_at: at, finished_at: at },
        peak_memory_bytes: None,
        image: "sha256:0".to_owned(),
        reads: Vec::new(),
        log_complete: true,
    }
}

pub(super) enum Column<'a> {
    Text(&'a [Option<&'a str>]),
    Int(&'a [i64]),
    Float(&'a [Option<f64>]),
    Short(&'a [f32]),
    Day(&'a [i32]),
    /// Of 16 bytes each.
    Wide(&'a [i128]),
    /// All of one length.
    Fixed(&'a [&'a [u8]]),
    /// Bits of floats of 16.
    Half(&'a [u16]),
    /// Of lists, or of what a map has behind its names.
    Floats(&'a [&'a [f64]]),
    /// The names of a map.
    Names(&'a [&'a [&'a str]]),
}

/// Of each value in lists whether its list has one at all, and whether one stands before it there.
fn levels<T>(lists: &[&[T]]) -> (Vec<i16>, Vec<i16>) {
    let of = |list: &&[T]| (0..list.len().max(1)).map(|at| i16::from(at > 0)).collect::<Vec<_>>();
    let there = |list: &&[T]| vec![i16::from(!list.is_empty()); list.len().max(1)];
    (lists.iter().flat_map(there).collect(), lists.iter().flat_map(of).collect())
}

/// `columns` as in a Parquet message: `optional binary carrier (STRING); required int64 rows;`
pub(super) fn parquet(path: impl AsRef<Path>, columns: &str, data: &[Column]) {
    let path = path.as_ref();
    fs_err::create_dir_all(path.parent().unwrap()).unwrap();
    let schema = Arc::new(parse_message_type(&format!("message table {{ {columns} }}")).unwrap());
    let file = std::fs::File::create(path).unwrap();
    let mut writer = SerializedFileWriter::new(file, schema, Arc::default()).unwrap();
    let mut group = writer.next_row_group().unwrap();
    for column in data {
        let mut out = group.next_column().unwrap().unwrap();
        match column {
            Column::Text(values) => {
                let levels: Vec<i16> = values.iter().map(|value| i16::from(value.is_some())).collect();
                let values: Vec<ByteArray> = values.iter().flatten().map(|text| (*text).into()).collect();
                out.typed::<ByteArrayType>().write_batch(&values, Some(&levels), None).unwrap();
            }
            Column::Int(values) => {
                out.typed::<Int64Type>().write_batch(values, None, None).unwrap();
            }
            Column::Float(values) => {
                let levels: Vec<i16> = values.iter().map(|value| i16::from(value.is_some())).collect();
                let values: Vec<f64> = values.iter().flatten().copied().collect();
                out.typed::<DoubleType>().write_batch(&values, Some(&levels), None).unwrap();
            }
            Column::Short(values) => {
                out.typed::<FloatType>().write_batch(values, None, None).unwrap();
            }
            Column::Wide(values) => {
                let values: Vec<FixedLenByteArray> =
                    values.iter().map(|value| ByteArray::from(value.to_be_bytes().to_vec()).into()).collect();
                out.typed::<FixedLenByteArrayType>().write_batch(&values, None, None).unwrap();
            }
            Column::Fixed(values) => {
                let values: Vec<FixedLenByteArray> =
                    values.iter().map(|value| ByteArray::from(value.to_vec()).into()).collect();
                out.typed::<FixedLenByteArrayType>().write_batch(&values, None, None).unwrap();
            }
            Column::Half(values) => {
                let values: Vec<FixedLenByteArray> =
                    values.iter().map(|bits| ByteArray::from(bits.to_le_bytes().to_vec()).into()).collect();
                out.typed::<FixedLenByteArrayType>().write_batch(&values, None, None).unwrap();
            }
            Column::Floats(lists) => {
                let (there, behind) = levels(lists);
                out.typed::<DoubleType>().write_batch(&lists.concat(), Some(&there), Some(&behind)).unwrap();
            }
            Column::Names(lists) => {
                let (there, behind) = levels(lists);
                let values: Vec<ByteArray> = lists.concat().iter().map(|text| (*text).into()).collect();
                out.typed::<ByteArrayType>().write_batch(&values, Some(&there), Some(&behind)).unwrap();
            }
            Column::Day(values) => {
                out.typed::<Int32Type>().write_batch(values, None, None).unwrap();
            }
        }
        out.close().unwrap();
    }
    group.close().unwrap();
    writer.close().unwrap();
}

/// Holds a run's lock, as its supervisor does.
pub(super) fn hold(layout: &RunLayout) -> std::fs::File {
    fs_err::write(layout.lock(), format!("{}\n", std::process::id())).unwrap();
    let lock = std::fs::File::open(layout.lock()).unwrap();
    lock.lock().unwrap();
    lock
}
