use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use indexmap::IndexMap;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use crate::domain::{Kind, Name, Note, Notes, Run, RunLayout, Status, Token, Version};
use crate::store::{Recorded, is_imported};

/// A run as lists and `show` need it: its record, and what only a look at its lock tells.
#[derive(Clone, Debug, PartialEq)]
pub struct RunRow {
    pub run: Run,
    /// `running` while the lock is held; `interrupted` if it is free and the run has not finished.
    pub status: Status,
    /// The run's directory, absolute.
    pub path: Utf8PathBuf,
    /// While it runs.
    pub supervisor_pid: Option<u32>,
    /// The aliases that it has, where they are shown.
    pub called: Vec<Name>,
    /// What was said of it, where that is shown.
    pub notes: Notes,
    /// Where they are shown.
    pub figures: BTreeMap<String, f64>,
    /// It was not started here: it came as an archive, or as a copy where that is looked at.
    pub foreign: bool,
    /// Its record, or what it made, is not whole, where that was looked at.
    pub damaged: bool,
    /// Somebody changed figures of it since it made them, where that is known.
    pub altered: bool,
}

/// The documented keys, in their order.
#[derive(Debug, Serialize)]
pub struct RunDocument<'a> {
    token: Token,
    name: &'a Name,
    version: Version,
    kind: Kind,
    use_case: Option<&'a Name>,
    status: Status,
    params: &'a IndexMap<Name, Value>,
    started_at: Timestamp,
    finished_at: Option<Timestamp>,
    commit: Option<&'a str>,
    branch: Option<&'a str>,
    dirty: bool,
    user: &'a str,
    inputs_from: &'a [Token],
    forked_from: Option<Token>,
    only: Option<&'a Name>,
    foreign: bool,
    damaged: bool,
    altered: bool,
    pinned: bool,
    notes: &'a [Note],
    aliases: &'a [Name],
    path: &'a Utf8Path,
    supervisor_pid: Option<u32>,
}

impl From<Recorded> for RunRow {
    fn from(Recorded { run, path, supervisor_pid }: Recorded) -> Self {
        let foreign = is_imported(&RunLayout::at(&path));
        let (called, notes, figures) = Default::default();
        let (damaged, altered) = (false, false);
        Self {
            status: run.status,
            run,
            path,
            supervisor_pid,
            called,
            notes,
            figures,
            foreign,
            damaged,
            altered,
        }
    }
}

impl RunRow {
    /// One element of `runs --json`. There may be ten thousand, so no tree of values is made of each.
    pub fn document(&self) -> RunDocument<'_> {
        let run = &self.run;
        RunDocument {
            token: run.token,
            name: &run.name,
            version: run.version,
            kind: run.kind,
            use_case: run.use_case.as_ref(),
            status: self.status,
            params: &run.params,
            started_at: run.started_at,
            finished_at: run.finished_at,
            commit: run.commit.as_deref(),
            branch: run.branch.as_deref(),
            dirty: run.dirty,
            user: &run.user,
            inputs_from: &run.inputs_from,
            forked_from: run.forked_from,
            only: run.only.as_ref(),
            foreign: self.foreign,
            damaged: self.damaged,
            altered: self.altered,
            pinned: self.notes.is_pinned(),
            notes: &self.notes.0,
            aliases: &self.called,
            path: &self.path,
            supervisor_pid: self.supervisor_pid,
        }
    }

    /// `day=2013-01-01 top=10`; not yet safe.
    pub fn params(&self) -> String {
        let params: Vec<_> = self.run.typed_params().map(|(name, value)| format!("{name}={value}")).collect();
        params.join(" ")
    }

    /// Not yet safe.
    pub fn param(&self, name: &str) -> Option<String> {
        self.run.typed_params().find(|(known, _)| known.as_str() == name).map(|(_, value)| value.to_string())
    }

    /// `champion, pinned`
    pub fn marks(&self) -> String {
        let pinned = Some("pinned".to_owned()).filter(|_| self.notes.is_pinned());
        let marks: Vec<String> = self.called.iter().map(Name::to_string).chain(pinned).collect();
        marks.join(", ")
    }

    /// The last that was said; not yet safe.
    pub fn said(&self) -> &str {
        self.notes.texts().next_back().unwrap_or_default()
    }

    /// What was said first, where that is not all; not yet safe.
    pub fn said_first(&self) -> String {
        let mut texts = self.notes.texts();
        let first = texts.next().unwrap_or_default();
        if texts.next().is_some() { first.to_owned() } else { String::new() }
    }

    /// `3f2a91c04b77` with a star where the tree differed; empty without git.
    pub fn code(&self) -> String {
        let commit = self.run.commit.as_deref().unwrap_or_default();
        let short: String = commit.chars().take(8).collect();
        if self.run.dirty && !short.is_empty() { short + "*" } else { short }
    }
}
