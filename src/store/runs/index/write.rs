use std::os::unix::fs::MetadataExt;

use rusqlite::{Connection, params};

use super::garbled;
use crate::domain::{Name, Run, RunFigures, RunLayout, Status, Token, Version, as_number};
use crate::store::figures::FigureFile;

/// Tells whether a run's events have changed: a resume adds to them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in super::super) struct Stamp {
    pub length: i64,
    /// Nanoseconds since 1970.
    pub modified: i64,
}

impl Stamp {
    /// None where there are no events, or they cannot be looked at.
    pub fn of(layout: &RunLayout) -> Option<Self> {
        let facts = std::fs::metadata(layout.events()).ok()?;
        let modified = facts.mtime().checked_mul(1_000_000_000)?.checked_add(facts.mtime_nsec())?;
        Some(Self { length: i64::try_from(facts.len()).ok()?, modified })
    }
}

/// How far what is known of a run may be believed.
pub(super) enum Life {
    /// Nothing is: it has not finished, or cannot be read.
    Open = 0,
    /// As long as its events are the same: it may be resumed.
    Ended = 1,
    /// For ever: one that succeeded never goes on.
    Final = 2,
}

/// A folder of a version, how many runs are in it, and when its entries last changed. None: it may have changed again since,
/// and nobody could tell.
pub(super) fn folder(
    change: &Connection,
    base: &str,
    name: &Name,
    version: Version,
    runs: usize,
    changed: Option<i64>,
) -> rusqlite::Result<()> {
    change
        .prepare_cached(
            "INSERT OR REPLACE INTO folders (base, name, version, runs, changed) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![
            base,
            name.as_str(),
            version.to_string(),
            i64::try_from(runs).unwrap_or(i64::MAX),
            changed
        ])?;
    Ok(())
}

/// A run that was not known, of which nothing is yet. `directory`: its inode.
pub(super) fn add(
    change: &Connection,
    base: &str,
    (name, version, token): (&Name, Version, Token),
    directory: i64,
) -> rusqlite::Result<()> {
    change
        .prepare_cached(
            "INSERT OR IGNORE INTO runs (base, token, name, version, directory) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![base, token.as_bytes(), name.as_str(), version.to_string(), directory])?;
    Ok(())
}

pub(super) fn drop(change: &Connection, id: i64) -> rusqlite::Result<()> {
    for table in ["facts", "records", "runs"] {
        change.prepare_cached(&format!("DELETE FROM {table} WHERE id = ?1"))?.execute([id])?;
    }
    Ok(())
}

/// It goes on, or cannot be read any more.
pub(super) fn reopen(change: &Connection, id: i64) -> rusqlite::Result<()> {
    change.prepare_cached("UPDATE runs SET life = ?2 WHERE id = ?1")?.execute([id, Life::Open as i64])?;
    Ok(())
}

/// It has finished, and this is what it says.
pub(super) fn learn(
    change: &Connection,
    id: i64,
    stamp: Stamp,
    run: &Run,
    (figures, files): &(RunFigures, Vec<FigureFile>),
) -> rusqlite::Result<()> {
    let life = if run.status == Status::Succeeded { Life::Final } else { Life::Ended };
    change
        .prepare_cached(
            "UPDATE runs SET life = ?2, length = ?3, modified = ?4, status = ?5, started = ?6, branch = ?7
             WHERE id = ?1",
        )?
        .execute(params![
            id,
            life as i64,
            stamp.length,
            stamp.modified,
            run.status.as_str(),
            run.started_at.as_microsecond(),
            run.branch,
        ])?;
    let text = serde_json::to_string(run).map_err(garbled)?;
    let files = serde_json::to_string(files).map_err(garbled)?;
    change
        .prepare_cached("INSERT OR REPLACE INTO records (id, run, files) VALUES (?1, ?2, ?3)")?
        .execute(params![id, text, files])?;
    change.prepare_cached("DELETE FROM facts WHERE id = ?1")?.execute([id])?;
    let mut insert = change.prepare_cached(
        "INSERT INTO facts (id, kind, name, text, number, output, cell) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?;
    for (name, text) in run.typed_params() {
        insert.execute(params![
            id,
            super::select::PARAM,
            name.as_str(),
            text,
            as_number(&text),
            None::<&str>,
            None::<&str>
        ])?;
    }
    if !run.inputs_from.is_empty() {
        insert.execute(params![id, super::select::TAKES, "", "", None::<f64>, None::<&str>, None::<&str>])?;
    }
    for (name, value) in &figures.values {
        let (output, cell) = (figures.outputs.get(name), figures.cells.get(name));
        insert.execute(params![id, super::select::FIGURE, name, value.to_string(), value, output, cell])?;
    }
    Ok(())
}
