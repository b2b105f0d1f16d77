use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use camino::Utf8PathBuf;

use crate::domain::{Name, Run, Status, Token};

/// A recorded run.
#[derive(Clone, Debug, PartialEq)]
pub struct PastRun {
    pub run: Arc<Run>,
    /// The run's directory, absolute.
    pub path: Utf8PathBuf,
    /// Why it is foreign, where it says itself that it came from elsewhere.
    pub foreign: Option<&'static str>,
}

impl PastRun {
    pub fn status(&self) -> Status {
        self.run.status
    }
}

/// What people and specs say of a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RunMarks {
    pub pinned: bool,
    /// Its record, or what it made, is not whole, as far as a look at the newest runs tells.
    pub damaged: bool,
    pub aliases: Vec<Name>,
    /// What was said, the oldest first.
    pub notes: Vec<String>,
    /// By which it is judged or watched: what `accept` or a monitor of its workflow names first, and its value as it is
    /// shown.
    pub figure: Option<(String, String)>,
    /// What of its figures is not as its workflow asks, a sentence each.
    pub unmet: Vec<String>,
}

impl RunMarks {
    /// The last that was said.
    pub fn note(&self) -> Option<&str> {
        self.notes.last().map(String::as_str)
    }
}

static NONE: RunMarks = RunMarks {
    pinned: false,
    damaged: false,
    aliases: Vec::new(),
    notes: Vec::new(),
    figure: None,
    unmet: Vec::new(),
};

/// The runs of an environment.
#[derive(Clone, Debug, Default)]
pub struct RunsLook {
    /// Newest first.
    pub runs: Vec<PastRun>,
    /// Directories that cannot be read as runs, and why.
    pub broken: Vec<(Utf8PathBuf, String)>,
    /// Runs that are there besides: more than these nobody looks through by hand.
    pub older: usize,
    /// Of those of which something is said.
    pub marks: HashMap<Token, RunMarks>,
}

impl RunsLook {
    pub fn marks(&self, run: Token) -> &RunMarks {
        self.marks.get(&run).unwrap_or(&NONE)
    }

    /// Those of one name, newest first.
    pub fn of<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a PastRun> {
        self.runs.iter().filter(move |past| past.run.name.as_str() == name)
    }

    /// The same without those that came from elsewhere: what ran elsewhere says nothing of what is here.
    pub fn own_of<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a PastRun> {
        self.of(name).filter(|past| past.foreign.is_none())
    }

    /// The one that tells what is next with a workflow. One that was resumed and goes on may be older than the newest, and a
    /// fork ran the files of an old run, whatever is here now.
    pub fn judged_of<'a>(&'a self, name: &'a str) -> Option<&'a PastRun> {
        let going = self.running().find(|past| past.foreign.is_none() && past.run.name.as_str() == name);
        let whole = || self.own_of(name).find(|past| past.run.forked_from.is_none());
        going.or_else(whole).or_else(|| self.own_of(name).next())
    }

    /// One that goes on here is over, or gone, there.
    pub fn any_ended(&self, now: &Self) -> bool {
        let running: HashSet<Token> = now.running().map(|past| past.run.token).collect();
        self.running().any(|past| !running.contains(&past.run.token))
    }

    pub fn running(&self) -> impl Iterator<Item = &PastRun> {
        self.runs.iter().filter(|past| past.status() == Status::Running)
    }
}
