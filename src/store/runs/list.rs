use std::collections::HashSet;
use std::io;
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};
use rayon::prelude::*;

use super::Runs;
use super::index::{Ended, Index, Refreshed, Stamp};
use crate::domain::{Measured, Name, RunFigures, RunLayout, RunQuery, Token, align};
use crate::engine::StoreError;
use crate::store::driver::is_driven;
use crate::store::record::read_run;
use crate::store::{
    Outputs, Recorded, figures, is_damaged, is_fetched, is_imported, read_events, read_notes, recorded,
};

/// What `runs` shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Listing {
    /// Newest first.
    pub runs: Vec<Recorded>,
    pub older: Older,
    /// Directories that look like runs and cannot be read, whatever was asked of them but a name.
    pub broken: Vec<Broken>,
    /// Runs of whose figures some count for nothing.
    pub altered: Vec<Broken>,
    /// Of those that are listed, such as cannot say what they did: an event of theirs cannot be read.
    pub spoilt: HashSet<Utf8PathBuf>,
}

/// What `metrics` shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MeasuredListing {
    /// Newest first.
    pub runs: Vec<Measured>,
    /// There are more of them.
    pub older: bool,
    pub broken: Vec<Broken>,
    pub altered: Vec<Broken>,
}

/// Runs that were asked for, and not so many of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Older {
    Count(usize),
    /// Nobody has counted them.
    Some,
}

impl Default for Older {
    fn default() -> Self {
        Self::Count(0)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    pub path: Utf8PathBuf,
    pub why: String,
    /// It never became a run, or is not whole: nothing can be made of it, and it may go.
    pub no_record: bool,
}

impl Broken {
    /// A run whose outputs somebody changed.
    pub fn altered(path: Utf8PathBuf, outputs: &[String]) -> Self {
        let why = format!(
            "{} changed after the step had made it: its figures count for nothing",
            match outputs {
                [one] => format!("{one} was"),
                all => format!("{} were", all.join(", ")),
            }
        );
        Self { path, why, no_record: false }
    }
}

/// Runs whose records are read though the index has what they say, for a list that a person reads.
const LOOKED_AT: usize = 100;

/// What lies where an environment has its runs.
#[derive(Debug, Default)]
pub(in crate::store) struct AllRecorded {
    /// Newest first.
    pub runs: Vec<Recorded>,
    /// Directories that look like runs and cannot be read.
    pub broken: Vec<Broken>,
    /// Links in place of run directories, each with the run that lies behind it.
    pub linked: Vec<(Utf8PathBuf, Recorded)>,
    /// Runs in directories that are called otherwise than a run's is.
    pub misnamed: Vec<Recorded>,
    /// Folders that cannot be looked into: what is in them nobody knows.
    pub closed: Vec<Broken>,
}

/// A run that has no record for longer than this, and no supervisor, will get none.
const MAKING: Duration = Duration::from_secs(5);

const NOWHERE: &str = "it is a link that leads nowhere: bring back what it led to, or remove the link";

pub(super) const NO_RECORD: &str = "it has no run.json: its start was cut short, or it was not copied whole";

impl Runs {
    /// The newest runs, of one name or all.
    pub fn list(&self, name: Option<&Name>, most: usize) -> Listing {
        self.find_all(&RunQuery::of(name), most)
    }

    /// The newest runs that are meant.
    pub fn find_all(&self, query: &RunQuery, most: usize) -> Listing {
        let listed = self.with_index(|index| {
            let mut refreshed = index.refresh(self, query.name.as_ref())?;
            let (runs, older) = index.chosen(self, query, most, &mut refreshed)?;
            let runs = runs.into_iter().map(|(found, _)| found).collect();
            let Refreshed { broken, altered, spoilt, .. } = refreshed;
            Ok(Listing { runs, older, broken, altered, spoilt })
        });
        listed.unwrap_or_else(|error| Listing { broken: vec![self.no_index(&error)], ..Listing::default() })
    }

    /// The newest runs that are meant and have figures, with them.
    pub fn measured(&self, query: &RunQuery, most: usize) -> MeasuredListing {
        let query = &RunQuery { measured: true, ..query.clone() };
        let listed = self.with_index(|index| {
            let mut refreshed = index.refresh(self, query.name.as_ref())?;
            let (chosen, older) = index.chosen(self, query, most, &mut refreshed)?;
            let damaged: Vec<bool> = chosen
                .par_iter()
                .enumerate()
                .map(|(at, (found, _))| {
                    // As many as somebody reads are looked at for what they lack, too.
                    let look = || is_damaged(&RunLayout::at(&found.path), found.run.status);
                    refreshed.spoilt.contains(&found.path) || at < LOOKED_AT && look()
                })
                .collect();
            let measured = chosen.into_iter().zip(damaged).map(|((found, known), damaged)| {
                let figures = match known {
                    Known::Indexed(ended) => index.figures(&ended)?,
                    Known::Read(figures) => figures,
                    Known::Not => going_figures(&found),
                };
                let foreign = is_imported(&RunLayout::at(&found.path));
                Ok(Measured { foreign, damaged, ..Measured::new(found.run, figures) })
            });
            let mut runs = measured.collect::<rusqlite::Result<Vec<_>>>()?;
            align(&mut runs);
            let (older, altered) = (older != Older::Count(0), refreshed.altered);
            Ok(MeasuredListing { runs, older, broken: refreshed.broken, altered })
        });
        listed.unwrap_or_else(|error| MeasuredListing {
            broken: vec![self.no_index(&error)],
            ..MeasuredListing::default()
        })
    }

    fn no_index(&self, error: &rusqlite::Error) -> Broken {
        let why = format!("no index of the runs could be made: {error}");
        Broken { path: self.base(), why, no_record: false }
    }

    /// All runs as their directories tell, whatever the index says.
    pub(in crate::store) fn all_recorded(&self) -> AllRecorded {
        let (found, closed) = self.scan(None);
        let mut all = AllRecorded::default();
        for closed in closed {
            match behind_link(&closed.path) {
                Some(recorded) => all.linked.push((closed.path, recorded)),
                // What it was made of is on a disk that is not here.
                None if leads_nowhere(&closed.path) => {
                    all.closed.push(Broken { why: NOWHERE.to_owned(), ..closed });
                }
                None => all.closed.push(closed),
            }
        }
        for found in found {
            match look(&found.layout(self), found.token) {
                Ok(Some(recorded)) => all.runs.push(recorded),
                Ok(None) => {}
                Err(why) => all.broken.push(why),
            }
        }
        for path in self.strays(&mut all.closed) {
            let layout = RunLayout::at(&path);
            let read = read_run(&layout).map_err(|error| error.to_string());
            let found = read.and_then(|run| look(&layout, run.token).map_err(|broken| broken.why));
            match found {
                Ok(Some(recorded)) => all.misnamed.push(recorded),
                Ok(None) => {}
                Err(why) => all.broken.push(Broken { path, why, no_record: false }),
            }
        }
        all
    }

    fn is_meant(&self, query: &RunQuery, found: &Recorded) -> bool {
        let figures = match query.criteria.is_empty() && !query.measured {
            true => Default::default(),
            false => going_figures(found),
        };
        query.matches(&found.run, &figures)
    }
}

/// Of one that goes on; what cannot be read is none.
fn going_figures(found: &Recorded) -> RunFigures {
    figures(&RunLayout::at(&found.path), found.run.token, Outputs::OwnUnderway).unwrap_or_default()
}

/// What is known of a run that is listed.
enum Known {
    /// It goes on.
    Not,
    Indexed(Ended),
    /// Its files have changed since the index read them: these are its figures.
    Read(RunFigures),
}

type Chosen = (Recorded, Known);

impl Index {
    /// Of those that go on and those that have finished, the newest whose notes are asked for too.
    fn chosen(
        &self,
        runs: &Runs,
        query: &RunQuery,
        most: usize,
        refreshed: &mut Refreshed,
    ) -> rusqlite::Result<(Vec<Chosen>, Older)> {
        let going = std::mem::take(&mut refreshed.going);
        let going: Vec<_> = going.into_iter().filter(|found| runs.is_meant(query, found)).collect();
        let of_figures = query.measured || !query.criteria.is_empty();
        let noted = |layout: &RunLayout| {
            !query.asks_for_notes() || read_notes(layout).is_ok_and(|notes| query.matches_notes(&notes))
        };
        // One more tells whether there are more.
        let enough = if query.asks_for_notes() { usize::MAX } else { most.saturating_add(1) };
        let mut ended = self.ended(query, enough)?.into_iter().peekable();
        let all_going = going.len();
        let mut going = going.into_iter().peekable();
        let mut chosen = Vec::new();
        let mut looked = 0;
        loop {
            let newest = going.peek().map(|found| found.run.token);
            let next = match (newest, ended.peek().map(|ended: &Ended| ended.token)) {
                (None, None) => return Ok((chosen, Older::Count(0))),
                (Some(open), Some(ended)) if open < ended => None,
                (None, Some(_)) => None,
                _ => going.next(),
            };
            let found = match next {
                Some(found) => {
                    let layout = RunLayout::at(&found.path);
                    if found.run.status.is_over() {
                        if let Some(why) = lacks(&layout) {
                            refreshed.broken.push(Broken { path: found.path, why, no_record: false });
                            continue;
                        }
                        if is_spoilt(&layout, found.run.token) {
                            refreshed.spoilt.insert(found.path.clone());
                        }
                    }
                    (found, Known::Not)
                }
                None => {
                    let Some(next) = ended.next() else { continue };
                    let (run, files, stamp) = self.run(&next)?;
                    let layout = runs.layout(&next.name, next.version, next.token);
                    let path = layout.dir().to_owned();
                    // As many as somebody reads are looked at: a record that is broken since is told of.
                    if looked < LOOKED_AT {
                        looked += 1;
                        let torn = read_run(&layout).err().map(|error| error.to_string());
                        if let Some(why) = torn.or_else(|| lacks(&layout)) {
                            refreshed.broken.push(Broken { path, why, no_record: false });
                            continue;
                        }
                    }
                    // Its events were whole as they were then.
                    if Stamp::of(&layout) != Some(stamp) {
                        self.doubt(&next);
                        if is_spoilt(&layout, next.token) {
                            refreshed.spoilt.insert(path.clone());
                        }
                    }
                    let asked = of_figures || looked < LOOKED_AT;
                    let known = match asked && !files.iter().all(|file| file.is_as_it_was(&path)) {
                        false => Known::Indexed(next),
                        true => {
                            self.doubt(&next);
                            let read = figures(&layout, next.token, Outputs::Own).unwrap_or_default();
                            if !read.altered.is_empty() {
                                refreshed.altered.push(Broken::altered(path.clone(), &read.altered));
                            }
                            if !query.matches(&run, &read) {
                                continue;
                            }
                            Known::Read(read)
                        }
                    };
                    (Recorded { run, path, supervisor_pid: None }, known)
                }
            };
            if !noted(&RunLayout::at(&found.0.path)) {
                continue;
            }
            if chosen.len() < most {
                chosen.push(found);
                continue;
            }
            let older = match query.is_narrow() {
                true => Older::Some,
                false => Older::Count(self.count(query.name.as_ref())? + all_going - chosen.len()),
            };
            return Ok((chosen, older));
        }
    }
}

/// It has ended, and what it did cannot be read to the end.
pub(super) fn is_spoilt(layout: &RunLayout, token: Token) -> bool {
    !is_fetched(layout) && read_events(layout, token).is_err()
}

/// What every run's record has from its beginning, and this one's has not any more. Of one from a bucket not all is fetched.
pub fn lacks(layout: &RunLayout) -> Option<String> {
    let record = layout.record();
    // An archive has no folder for nothing.
    let steps = (!is_imported(layout)).then_some("steps");
    let parts = ["plan.json", "events.jsonl"].into_iter().chain(steps);
    let gone = |part: &&str| {
        let there = record.join(part).as_std_path().symlink_metadata();
        there.is_err_and(|error| error.kind() == io::ErrorKind::NotFound)
    };
    let gone: Vec<&str> = parts.filter(gone).collect();
    (!gone.is_empty() && !is_fetched(layout)).then(|| {
        format!("its record lacks {}: it was not copied whole, or somebody removed that", gone.join(" and "))
    })
}

/// What a directory holds that a run may be in; None: one that is being made at this moment.
pub(super) fn look(layout: &RunLayout, token: Token) -> Result<Option<Recorded>, Broken> {
    let broken = |why: String| Broken { path: layout.dir().to_owned(), why, no_record: false };
    // Asked first: it may be written at any moment. One that may not be looked at is there.
    if layout.run_json().symlink_metadata().is_err_and(|error| error.kind() == io::ErrorKind::NotFound) {
        let broken = Broken { no_record: true, ..broken(NO_RECORD.to_owned()) };
        return if is_being_made(layout) { Ok(None) } else { Err(broken) };
    }
    match recorded(layout) {
        Ok(recorded) if recorded.run.token != token => {
            Err(broken(format!("its run.json is that of another run, {}", recorded.run.token)))
        }
        Ok(recorded) => Ok(Some(recorded)),
        Err(StoreError::Io { what, source }) => Err(broken(format!("{what}: {source}"))),
        Err(error) => Err(broken(error.to_string())),
    }
}

/// The run that somebody has put elsewhere, with a link in its place.
fn behind_link(path: &Utf8Path) -> Option<Recorded> {
    let token = path.file_name()?.parse().ok()?;
    let is_link = path.as_std_path().symlink_metadata().is_ok_and(|facts| facts.is_symlink());
    let target = path.canonicalize_utf8().ok().filter(|_| is_link)?;
    look(&RunLayout::at(&target), token).ok().flatten()
}

/// A link of a run's name with nothing behind it.
fn leads_nowhere(path: &Utf8Path) -> bool {
    let is_gone = || path.metadata().is_err_and(|error| error.kind() == io::ErrorKind::NotFound);
    path.file_name().is_some_and(|name| name.parse::<Token>().is_ok()) && path.is_symlink() && is_gone()
}

fn is_being_made(layout: &RunLayout) -> bool {
    let made = std::fs::metadata(layout.dir()).and_then(|facts| facts.modified());
    let young = made.is_ok_and(|made| made.elapsed().is_ok_and(|age| age < MAKING));
    young || is_driven(&layout.lock()).unwrap_or(false)
}
