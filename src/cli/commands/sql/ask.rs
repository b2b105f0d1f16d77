use std::fs::File;
use std::io::{self, Read};

use camino::{Utf8Path, Utf8PathBuf};
use indexmap::IndexMap;
use rustix::fs::{Mode, OFlags};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use tokio::signal::unix::{SignalKind, signal};

use crate::cli::report::{Patience, Rows};
use crate::cli::{Exit, Machine, Place, UserError};
use crate::docker::{Mount, OnceSpec};
use crate::domain::{Diagnostic, Name, Severity, Span, Value};
use crate::operators;
use crate::store::Lake;

/// More than any first rows are.
const MOST: u64 = 64 * 1024 * 1024;

pub(super) struct Question<'a> {
    /// As it is called where something is told of it.
    pub file: &'a str,
    pub query: &'a str,
    pub params: &'a IndexMap<Name, Value>,
    pub limit: usize,
}

/// What the container says went wrong.
#[derive(Deserialize)]
struct Report {
    error: Option<Wrong>,
}

#[derive(Deserialize)]
struct Wrong {
    message: String,
    file: Option<String>,
    #[serde(default)]
    line: usize,
    #[serde(default)]
    column: usize,
    #[serde(default = "one")]
    length: usize,
    #[serde(default)]
    help: String,
}

fn one() -> usize {
    1
}

/// Asks the lake, which the container cannot change; it reaches no network.
pub(super) async fn ask(
    place: &Place,
    machine: &Machine,
    lake: &Utf8Path,
    image: String,
    question: &Question<'_>,
) -> Result<Rows, UserError> {
    let unready = |error: io::Error| UserError::from_error(Exit::NotReady, "the query cannot be run", &error);
    let state = place.root.join(".greenroom");
    fs_err::create_dir_all(&state).map_err(unready)?;
    let kept = tempfile::Builder::new().prefix(".sql-").tempdir_in(&state).map_err(unready)?;
    let dir = Utf8PathBuf::from_path_buf(kept.path().to_owned())
        .map_err(|path| UserError::not_ready(format!("{} is not UTF-8", path.display())))?;
    lay_out(&dir, lake, question)?;
    let mount =
        |source: Utf8PathBuf, target: &str, writable| Mount { source, target: target.into(), writable };
    let spec = OnceSpec {
        image,
        argv: argv(question.file),
        user: machine.identity.pair(),
        mounts: vec![
            mount(dir.join("launch"), "/greenroom", false),
            mount(lake.to_owned(), "/lake", false),
            mount(dir.join("out"), "/out", true),
            mount(dir.join("tmp"), "/tmp", true),
        ],
        memory_limit: None,
        network: None,
    };
    let _patience = Patience::start("asking the lake");
    machine.engine.remove_abandoned().await;
    // Listened to from here on: an interrupt that comes while the container is made is not lost.
    let mut interrupts = signal(SignalKind::interrupt()).map_err(unready)?;
    let interrupted = async {
        if interrupts.recv().await.is_none() {
            std::future::pending::<()>().await;
        }
    };
    let ended = machine
        .engine
        .once_until(&spec, interrupted)
        .await
        .map_err(|error| UserError::from_error(Exit::NotReady, "the query cannot be run", &error))?
        .ok_or_else(|| UserError::new(Exit::Cancelled, "the query was stopped"))?;
    if ended.code == 0 {
        return left(&dir.join("out/rows.json")).map_err(|error| {
            UserError::from_error(Exit::NotReady, "the query's answer cannot be read", &error)
        });
    }
    match left::<Report>(&dir.join("tmp/greenroom-report.json")).ok().and_then(|report| report.error) {
        Some(wrong) => Err(told(wrong, question)),
        None => Err(UserError::not_ready(format!("the query ended with exit code {}", ended.code))
            .because(ended.output.trim_end().lines().last().unwrap_or_default())),
    }
}

/// What a step finds at `/greenroom`.
fn lay_out(dir: &Utf8Path, lake: &Utf8Path, question: &Question<'_>) -> Result<(), UserError> {
    let catalog = Lake::new(lake.to_owned())
        .catalog()
        .map_err(|error| UserError::from_error(Exit::NotReady, "the lake cannot be read", &error))?;
    // One that the query does not name is nobody's trouble here.
    let named = catalog.broken.iter().find(|(table, _)| question.query.contains(table.table.as_str()));
    if let Some((_, error)) = named {
        return Err(UserError::from_error(Exit::NotReady, "the lake cannot be read", error));
    }
    let launch = dir.join("launch");
    let write = || -> io::Result<()> {
        for empty in ["out", "tmp"] {
            fs_err::create_dir_all(dir.join(empty))?;
        }
        operators::write_files(&launch.join("lib"))?;
        let with = json!({"query": question.query, "limit": question.limit});
        fs_err::write(launch.join("with.json"), with.to_string())?;
        fs_err::write(launch.join("params.json"), serde_json::to_vec(question.params)?)?;
        fs_err::write(launch.join("catalog.json"), serde_json::to_vec(&catalog.tables)?)
    };
    write().map_err(|error| UserError::from_error(Exit::NotReady, "the query cannot be run", &error))
}

fn argv(file: &str) -> Vec<String> {
    let origin = format!("GREENROOM_QUERY_ORIGIN={file}:1:0");
    let words = [
        "env",
        "HOME=/tmp",
        "TMPDIR=/tmp",
        "PYTHONPATH=/greenroom/lib",
        "PYTHONDONTWRITEBYTECODE=1",
        "GREENROOM_STEP=sql",
        "GREENROOM_WITH=/greenroom/with.json",
        "GREENROOM_OUTPUT_DIR=/out",
        "GREENROOM_WAREHOUSE=/lake",
        "GREENROOM_WAREHOUSE_ENGINE=duckdb",
        &origin,
        "python3",
        "/greenroom/lib",
        "sql_show",
    ];
    words.map(str::to_owned).to_vec()
}

/// A document that the container left; nothing but a plain file is opened.
fn left<T: DeserializeOwned>(path: &Utf8Path) -> io::Result<T> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = File::from(rustix::fs::open(path.as_std_path(), flags, Mode::empty())?);
    if !file.metadata()?.is_file() {
        return Err(io::Error::other(format!("{path} is no file")));
    }
    let mut text = Vec::new();
    file.take(MOST + 1).read_to_end(&mut text)?;
    if text.len() as u64 > MOST {
        return Err(io::Error::other(format!(
            "its first rows are over {} MiB; ask for fewer columns, or export the rows with sql_export",
            MOST >> 20
        )));
    }
    Ok(serde_json::from_slice(&text)?)
}

/// At its place in the query; what has none is about the image.
fn told(wrong: Wrong, question: &Question<'_>) -> UserError {
    if wrong.file.is_none() {
        let error = UserError::not_ready(wrong.message);
        return if wrong.help.is_empty() { error } else { error.to_do(wrong.help) };
    }
    let problem = Diagnostic {
        file: question.file.into(),
        span: Span { line: wrong.line, column: wrong.column, length: wrong.length },
        severity: Severity::Error,
        code: "sql".to_owned(),
        message: wrong.message,
        help: wrong.help,
    };
    UserError::wrong("the query was not run").at(problem, Some(question.query.to_owned()))
}
