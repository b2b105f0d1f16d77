use std::path::{Component, Path, PathBuf};
use std::sync::atomic::AtomicBool;

use camino::Utf8Path;
use indexmap::IndexMap;

use super::error::bad;
use super::expect::{self, DataFile};
use super::metrics;
use super::receipt::Receipt;
use crate::domain::escape::{escape, unescape};
use crate::domain::{Artifact, Digest, Name, Node, OutputType, PlannedOutput, Produced};
use crate::engine::StoreError;

/// Names shown where an output is missing.
const SHOWN: usize = 5;

/// Is everything there that the step promised, of its kind, and as expected? `at`: where its files lie now.
pub(super) fn check(
    node: &Node,
    at: &Utf8Path,
    files: &[Artifact],
    given_up: &AtomicBool,
) -> Result<IndexMap<Name, Produced>, StoreError> {
    let mut produced = IndexMap::new();
    for (name, output) in &node.outputs {
        let what = check_one(node, (name, output), at, files, given_up)?;
        produced.insert(name.clone(), what);
    }
    Ok(produced)
}

/// What of outputs that are as promised a person should know. `at`: where its files lie.
pub(super) fn doubts(node: &Node, at: &Utf8Path) -> Vec<String> {
    let figures = node.outputs.iter().filter(|(_, output)| output.kind == OutputType::Metrics);
    let told = figures.filter_map(|(name, output)| {
        let why = metrics::absent(&at.as_std_path().join(inside(&output.path)?))?;
        Some(format!("output `{name}` at {}: {why}", output.path))
    });
    told.collect()
}

fn check_one(
    node: &Node,
    (name, output): (&Name, &PlannedOutput),
    at: &Utf8Path,
    files: &[Artifact],
    given_up: &AtomicBool,
) -> Result<Produced, StoreError> {
    let Some(path) = inside(&output.path) else {
        return bad(format!("output `{name}` has a path that leaves the step's directory: {}", output.path));
    };
    let members = members(&output.path, files);
    let is_file = matches!(members, [one] if one.path == escape(&path));
    let is_dir = !is_file && at.as_std_path().join(&path).is_dir();
    if !is_file && !is_dir {
        return bad(missing(name, output, files));
    }
    let wrong = match output.kind {
        OutputType::File | OutputType::Metrics if is_dir => Some("a file is promised, but it is a directory"),
        OutputType::Dir if is_file => Some("a directory is promised, but it is a file"),
        OutputType::Model | OutputType::Table if members.is_empty() => Some("it is an empty directory"),
        _ => None,
    };
    if let Some(wrong) = wrong {
        return bad(format!("output `{name}` at {}: {wrong}", output.path));
    }
    if output.kind == OutputType::Metrics {
        metrics::check(&at.as_std_path().join(&path))
            .or_else(|why| bad(format!("output `{name}` at {}: {why}", output.path)))?;
    }
    let receipt = match output.table {
        Some(_) => Receipt::read(at, members).or_else(|why| bad(format!("output `{name}`: {why}")))?,
        None => None,
    };
    let data: Vec<DataFile> = members.iter().filter_map(|file| DataFile::of(at, file)).collect();
    let expects = !output.expect.is_empty();
    let rows = match (receipt, expects) {
        (Some(receipt), true) if receipt.expected.as_ref() != Some(&output.expect) => {
            return bad(format!("output `{name}`: the step did not say that its rows are as expected"));
        }
        (Some(receipt), _) => Some(receipt.rows),
        (None, false) => expect::count_cheaply(&data, members.len()),
        (None, true) if data.is_empty() => {
            let formats = "parquet, csv, json and jsonl (csv and json also as .gz)";
            return bad(format!("output `{name}`: `expect` can be checked of {formats} only"));
        }
        (None, true) => Some(
            expect::check(&output.expect, &data, given_up)
                .or_else(|broken| bad(format!("output `{name}` is not as expected: {broken}")))?,
        ),
    };
    let base = node.id.dir();
    let below = escape(&path);
    Ok(Produced {
        path: if below.is_empty() { base } else { format!("{base}/{below}") },
        bytes: members.iter().map(|file| file.bytes).sum(),
        sha256: match members {
            [one] if is_file => one.sha256.clone(),
            _ => sum(&below, members),
        },
        rows,
    })
}

/// A path as written, without `.`; None if it is absolute or goes up.
fn inside(path: &str) -> Option<PathBuf> {
    let parts = Path::new(path).components().filter(|part| *part != Component::CurDir);
    let plain: Option<PathBuf> =
        parts.map(|part| matches!(part, Component::Normal(_)).then_some(part)).collect();
    plain
}

/// The files at or below an output's path. They stand together, as `files` is in order of path.
pub(super) fn members<'a>(output: &str, files: &'a [Artifact]) -> &'a [Artifact] {
    let Some(path) = inside(output) else { return &[] };
    let path = escape(&path);
    if path.is_empty() {
        return files;
    }
    if let Ok(at) = files.binary_search_by(|file| file.path.as_str().cmp(&path)) {
        return &files[at..=at];
    }
    let folder = format!("{path}/");
    let start = files.partition_point(|file| file.path < folder);
    let count = files[start..].partition_point(|file| file.path.starts_with(&folder));
    &files[start..start + count]
}

/// Over paths within the directory and sums, so that equal directories have equal sums wherever they lie.
fn sum(below: &str, members: &[Artifact]) -> Digest {
    let mut text = String::new();
    for file in members {
        let path = file.path.strip_prefix(below).unwrap_or(&file.path).trim_start_matches('/');
        text.push_str(&format!("{path}\0{}\n", file.sha256));
    }
    Digest::of(text.as_bytes())
}

fn missing(name: &Name, output: &PlannedOutput, files: &[Artifact]) -> String {
    let shown = |file: &Artifact| match unescape(&file.path) {
        Some(path) => crate::domain::escape::shown(&path),
        None => file.path.clone(),
    };
    let found = match files {
        [] => "it left nothing".to_owned(),
        _ => {
            let names: Vec<String> = files.iter().take(SHOWN).map(shown).collect();
            let more = files.len().saturating_sub(SHOWN);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            format!("it left {}{more}", names.join(", "))
        }
    };
    format!("the step did not write output `{name}` to {}; {found}", output.path)
}
