use std::collections::{HashMap, HashSet};
use std::time::Duration;

use camino::Utf8PathBuf;

use super::Runs;
use super::index::{Entry, Index, Stamp, is_final};
use super::scan::Found;
use crate::domain::{Name, RunLayout, Token};
use crate::engine::StoreError;
use crate::store::driver::is_driven;
use crate::store::{Recorded, recorded};

/// What `runs` shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Listing {
    /// Newest first.
    pub runs: Vec<Recorded>,
    /// Runs that were not asked for.
    pub older: usize,
    /// Directories that look like runs and cannot be read; of those that were looked at.
    pub broken: Vec<Broken>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    pub path: Utf8PathBuf,
    pub why: String,
    /// It never became a run, or is not whole: nothing can be made of it, and it may go.
    pub no_record: bool,
}

/// A run that has no record for longer than this, and no supervisor, will get none.
const MAKING: Duration = Duration::from_secs(5);

pub(super) const NO_RECORD: &str = "it has no run.json: its start was cut short, or it was not copied whole";

impl Runs {
    /// The newest runs, of one name or all.
    pub fn list(&self, name: Option<&Name>, most: usize) -> Listing {
        let (found, mut broken) = self.scan(name);
        // Of thousands only those that are shown are looked up.
        let oldest = most.checked_sub(1).and_then(|last| found.get(last)).map(|found| found.token);
        let mut reader = Reader::open(self, oldest);
        let mut listing = Listing::default();
        let mut left = found.iter();
        while listing.runs.len() < most
            && let Some(found) = left.next()
        {
            match reader.read(found) {
                Ok(Some(recorded)) => listing.runs.push(recorded),
                Ok(None) => {}
                Err(why) => broken.push(why),
            }
        }
        listing.older = left.len();
        listing.broken = broken;
        let there = name.is_none().then(|| found.iter().map(|found| found.token).collect());
        reader.close(there);
        listing
    }

    /// Forgets what the index knows, so that the next list reads every run.
    pub fn forget(&self) {
        Index::open(&self.root, self.index_base()).clear();
    }

    fn index_base(&self) -> String {
        format!("{}/{}", self.project, self.env)
    }
}

/// Reads runs, by the index where that may be believed, and learns of those that have finished.
pub(super) struct Reader<'a> {
    runs: &'a Runs,
    index: Index,
    entries: HashMap<Token, Entry>,
    learnt: Vec<(Stamp, Recorded)>,
}

impl<'a> Reader<'a> {
    pub fn open(runs: &'a Runs, oldest: Option<Token>) -> Self {
        let mut index = Index::open(&runs.root, runs.index_base());
        let entries = index.entries(oldest);
        Self { runs, index, entries, learnt: Vec::new() }
    }

    /// None: a run that is being made at this moment.
    pub fn read(&mut self, found: &Found) -> Result<Option<Recorded>, Broken> {
        let layout = found.layout(self.runs);
        if let Some(known) = self.known(found.token, &layout) {
            return Ok(Some(known));
        }
        // Taken before the run is read: what changes meanwhile is then seen as a change.
        let stamp = Stamp::of(&layout);
        let broken = |why: String| Broken { path: layout.dir().to_owned(), why, no_record: false };
        // Asked first: it may be written at any moment.
        if !layout.run_json().exists() {
            let broken = Broken { no_record: true, ..broken(NO_RECORD.to_owned()) };
            return if is_being_made(&layout) { Ok(None) } else { Err(broken) };
        }
        match recorded(&layout) {
            Ok(recorded) if recorded.run.token != found.token => {
                Err(broken(format!("its run.json is that of another run, {}", recorded.run.token)))
            }
            Ok(recorded) => {
                if let (Some(stamp), Some(_)) = (stamp, recorded.run.finished_at) {
                    self.learnt.push((stamp, recorded.clone()));
                }
                Ok(Some(recorded))
            }
            Err(StoreError::Io { what, source }) => Err(broken(format!("{what}: {source}"))),
            Err(error) => Err(broken(error.to_string())),
        }
    }

    fn known(&mut self, token: Token, layout: &RunLayout) -> Option<Recorded> {
        // Nobody reads it twice, and the texts of ten thousand would stay beside what they became.
        let entry = self.entries.remove(&token)?;
        let run = entry.run(token)?;
        let still = is_final(run.status) || Stamp::of(layout) == Some(entry.stamp);
        still.then(|| Recorded { run, path: layout.dir().to_owned(), supervisor_pid: None })
    }

    /// Writes what was learnt. `there`: all runs there are, if all were looked for.
    pub fn close(mut self, there: Option<HashSet<Token>>) {
        let gone: Vec<Token> = match there {
            Some(there) => self.entries.keys().filter(|token| !there.contains(token)).copied().collect(),
            None => Vec::new(),
        };
        let learnt: Vec<_> = self.learnt.iter().map(|(stamp, recorded)| (*stamp, &recorded.run)).collect();
        self.index.learn(&learnt, &gone);
    }
}

fn is_being_made(layout: &RunLayout) -> bool {
    let made = std::fs::metadata(layout.dir()).and_then(|facts| facts.modified());
    let young = made.is_ok_and(|made| made.elapsed().is_ok_and(|age| age < MAKING));
    young || is_driven(&layout.lock()).unwrap_or(false)
}
