use std::collections::{HashMap, HashSet};
use std::os::unix::fs::MetadataExt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use camino::{Utf8Path, Utf8PathBuf};
use jiff::Timestamp;
use rayon::prelude::*;
use rusqlite::types::Value;
use rusqlite::{Transaction, TransactionBehavior, params_from_iter};

use super::write::{self, Stamp};
use super::{Index, Row};
use crate::domain::{Name, RunFigures, Token, Version};
use crate::store::Recorded;
use crate::store::figures::{FigureFile, own_figures};
use crate::store::is_fetched;
use crate::store::runs::list::{is_spoilt, look};
use crate::store::runs::{Broken, Runs};

/// Runs that are read before what they say is written down: memory does not grow with their number.
const AT_ONCE: usize = 2_000;

/// A run that failed longer ago is not asked each time whether somebody has gone on with it.
const OF_LATE: Duration = Duration::from_secs(7 * 24 * 3600);

/// What the index itself does not know.
#[derive(Default)]
pub(in super::super) struct Refreshed {
    /// Runs that have not finished, newest first.
    pub going: Vec<Recorded>,
    pub broken: Vec<Broken>,
    /// Runs of whose figures some count for nothing.
    pub altered: Vec<Broken>,
    /// Runs that have ended and of which an event cannot be read.
    pub spoilt: HashSet<Utf8PathBuf>,
}

/// A folder of a version whose entries have changed, and when. None: it may have changed again since, and nobody could tell.
struct Stirred {
    name: Name,
    version: Version,
    changed: Option<i64>,
}

/// One that is looked at again, and how its events were when it was last.
struct Doubtful {
    row: Row,
    stamp: Option<Stamp>,
}

impl Index {
    /// Makes the index say what the directories do, of one name or all.
    pub fn refresh(&mut self, runs: &Runs, name: Option<&Name>) -> rusqlite::Result<Refreshed> {
        let mut refreshed = Refreshed::default();
        let stirred = self.find_runs(runs, name, &mut refreshed.broken)?;
        let doubtful = self.doubtful(name, &stirred)?;
        for some in doubtful.chunks(AT_ONCE) {
            self.look_again(runs, some, &mut refreshed)?;
        }
        self.settle(&stirred)?;
        refreshed.going.sort_unstable_by_key(|found| std::cmp::Reverse(found.run.token));
        Ok(refreshed)
    }

    /// Which runs there are: only folders whose entries have changed are read. Answers those.
    fn find_runs(
        &mut self,
        runs: &Runs,
        name: Option<&Name>,
        broken: &mut Vec<Broken>,
    ) -> rusqlite::Result<Vec<Stirred>> {
        let mut known = self.folders(name)?;
        let mut stirred = Vec::new();
        for (name, version) in runs.versions(name, broken) {
            let dir = runs.base().join(name.as_str()).join(version.to_string());
            let (changed, settled) = changed(&dir, runs.settled);
            let before = known.remove(&(name.to_string(), version.to_string()));
            if changed.is_some() && before == Some(changed) {
                continue;
            }
            let trouble = broken.len();
            let there = runs.directories(&name, version, broken);
            let troubles = &broken[trouble..];
            if troubles.iter().all(|broken| broken.path != dir) {
                // A link is told of each time.
                let settled = settled && troubles.is_empty();
                self.take_in(&name, version, &there)?;
                stirred.push(Stirred { name, version, changed: changed.filter(|_| settled) });
            }
        }
        for (name, version) in known.keys() {
            self.drop_folder(name, version)?;
        }
        Ok(stirred)
    }

    fn folders(&self, name: Option<&Name>) -> rusqlite::Result<HashMap<(String, String), Option<i64>>> {
        let (of_them, values) = self.those_of(name);
        let text = format!("SELECT name, version, changed FROM folders WHERE {of_them}");
        let mut select = self.connection.prepare_cached(&text)?;
        let rows = select
            .query_map(params_from_iter(values), |row| Ok(((row.get(0)?, row.get(1)?), row.get(2)?)))?;
        rows.collect()
    }

    /// The runs of a folder, all there are.
    fn take_in(&mut self, name: &Name, version: Version, there: &[(Token, u64)]) -> rusqlite::Result<()> {
        let change = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        {
            let mut select = change.prepare_cached(
                "SELECT token, id, directory FROM runs WHERE base = ?1 AND name = ?2 AND version = ?3",
            )?;
            let rows = select.query_map((&self.base, name.as_str(), version.to_string()), |row| {
                Ok((Token::from_bytes(row.get(0)?), (row.get::<_, i64>(1)?, row.get::<_, i64>(2)?)))
            })?;
            let mut known = rows.collect::<rusqlite::Result<HashMap<_, _>>>()?;
            for (token, directory) in there {
                let directory = directory.cast_signed();
                match known.remove(token) {
                    Some((_, before)) if before == directory => continue,
                    // Somebody put another in its place: what is known was that one's.
                    Some((other, _)) => write::drop(&change, other)?,
                    None => {}
                }
                write::add(&change, &self.base, (name, version, *token), directory)?;
            }
            for (gone, _) in known.values() {
                write::drop(&change, *gone)?;
            }
            write::folder(&change, &self.base, name, version, there.len(), None)?;
        }
        change.commit()
    }

    /// The runs of these folders are as the index has them, as long as nothing changes there. Said last: who is stopped before
    /// looks again.
    fn settle(&mut self, stirred: &[Stirred]) -> rusqlite::Result<()> {
        if stirred.iter().all(|folder| folder.changed.is_none()) {
            return Ok(());
        }
        let change = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for Stirred { name, version, changed } in stirred {
            change.execute(
                "UPDATE folders SET changed = ?4 WHERE base = ?1 AND name = ?2 AND version = ?3",
                (&self.base, name.as_str(), version.to_string(), changed),
            )?;
        }
        change.commit()
    }

    fn drop_folder(&mut self, name: &str, version: &str) -> rusqlite::Result<()> {
        let change = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let of_it = "SELECT id FROM runs WHERE base = ?1 AND name = ?2 AND version = ?3";
        let key = (&self.base, name, version);
        for table in ["facts", "records"] {
            change.execute(&format!("DELETE FROM {table} WHERE id IN ({of_it})"), key)?;
        }
        for table in ["runs", "folders"] {
            change.execute(
                &format!("DELETE FROM {table} WHERE base = ?1 AND name = ?2 AND version = ?3"),
                key,
            )?;
        }
        change.commit()
    }

    /// Those that may say something else by now: that have not ended, or failed of late, or lie in a folder in which
    /// something has changed, as it does when a run is gone on with.
    fn doubtful(&self, name: Option<&Name>, stirred: &[Stirred]) -> rusqlite::Result<Vec<Doubtful>> {
        let (of_them, mut values) = self.those_of(name);
        let late = Timestamp::now().checked_sub(OF_LATE).unwrap_or(Timestamp::MIN);
        let late = Value::Blob(Token::first_at(late).as_bytes().to_vec());
        values.push(late.clone());
        let mut doubtful = self.those(&format!("{of_them} AND (life = 0 OR token >= ?)"), values)?;
        for Stirred { name, version, .. } in stirred {
            let of_it = vec![
                self.base.clone().into(),
                name.as_str().to_owned().into(),
                version.to_string().into(),
                late.clone(),
            ];
            let older = "base = ? AND name = ? AND version = ? AND life = 1 AND token < ?";
            doubtful.extend(self.those(older, of_it)?);
        }
        Ok(doubtful)
    }

    fn those(&self, meant: &str, values: Vec<Value>) -> rusqlite::Result<Vec<Doubtful>> {
        // Left to itself, the order would have it read every run there is.
        let text = format!(
            "SELECT id, token, name, version, life, length, modified FROM runs INDEXED BY runs_in_doubt
             WHERE {meant} AND life < 2 ORDER BY token DESC"
        );
        let mut select = self.connection.prepare_cached(&text)?;
        let rows = select.query_map(params_from_iter(values), |row| {
            let stamp = Stamp { length: row.get(5)?, modified: row.get(6)? };
            let ended = row.get::<_, i64>(4)? == write::Life::Ended as i64;
            Ok(Doubtful { row: Row::read(row)?, stamp: ended.then_some(stamp) })
        })?;
        rows.collect()
    }

    fn look_again(
        &mut self,
        runs: &Runs,
        doubtful: &[Doubtful],
        refreshed: &mut Refreshed,
    ) -> rusqlite::Result<()> {
        // Most of the time is the disk's.
        let looked: Vec<Option<Seen>> = doubtful.par_iter().map(|doubtful| doubtful.look(runs)).collect();
        if looked.iter().all(Option::is_none) {
            return Ok(());
        }
        let mut change = None;
        for (doubtful, looked) in doubtful.iter().zip(looked) {
            let (id, was_open) = (doubtful.row.id, doubtful.stamp.is_none());
            let learnt = match looked {
                None => continue,
                Some(Seen::Ended(recorded, stamp, figures)) => Some((recorded, stamp, figures)),
                Some(Seen::Going(recorded)) => {
                    refreshed.going.push(recorded);
                    None
                }
                Some(Seen::Altered(recorded, outputs)) => {
                    refreshed.altered.push(Broken::altered(recorded.path.clone(), &outputs));
                    refreshed.going.push(recorded);
                    None
                }
                Some(Seen::Broken(broken)) => {
                    refreshed.broken.push(broken);
                    None
                }
                Some(Seen::Making) => None,
            };
            if learnt.is_none() && was_open {
                continue;
            }
            let change = match &change {
                Some(change) => change,
                None => change
                    .insert(Transaction::new_unchecked(&self.connection, TransactionBehavior::Immediate)?),
            };
            match learnt {
                Some((recorded, stamp, figures)) => write::learn(change, id, stamp, &recorded.run, &figures)?,
                None => write::reopen(change, id)?,
            }
        }
        change.map_or(Ok(()), |change| change.commit())
    }
}

enum Seen {
    Ended(Recorded, Stamp, (RunFigures, Vec<FigureFile>)),
    Going(Recorded),
    /// It has ended, and somebody changed these outputs: it is looked at each time, so that it is told each time.
    Altered(Recorded, Vec<String>),
    Broken(Broken),
    /// Somebody makes it at this moment.
    Making,
}

impl Doubtful {
    /// None: as it was.
    fn look(&self, runs: &Runs) -> Option<Seen> {
        let Row { token, name, version, .. } = &self.row;
        let layout = runs.layout(name, *version, *token);
        // Taken before the run is read: what changes meanwhile is then seen as a change.
        let stamp = Stamp::of(&layout);
        if stamp.is_some() && stamp == self.stamp {
            return None;
        }
        Some(match look(&layout, *token) {
            Ok(None) => Seen::Making,
            // Of one that lies in a bucket more may be here the next time.
            Ok(Some(recorded)) if is_fetched(&layout) => Seen::Going(recorded),
            Ok(Some(recorded)) => {
                match (stamp, recorded.run.finished_at, own_figures(&layout, *token)) {
                    // Looked at each time, so that it is told each time, as is one of which somebody changed something.
                    (Some(_), Some(_), _) if is_spoilt(&layout, *token) => Seen::Going(recorded),
                    (Some(_), Some(_), Ok((figures, _))) if !figures.altered.is_empty() => {
                        Seen::Altered(recorded, figures.altered)
                    }
                    (Some(stamp), Some(_), Ok(figures)) => Seen::Ended(recorded, stamp, figures),
                    // What cannot be read now is read again.
                    _ => Seen::Going(recorded),
                }
            }
            Err(broken) => Seen::Broken(broken),
        })
    }
}

/// When the entries of a folder last changed, in nanoseconds since 1970, and whether that is long enough ago for the next
/// change to be told from it. By what nobody can set: a copy may give a folder any time of change but this.
fn changed(dir: &Utf8Path, settled: Duration) -> (Option<i64>, bool) {
    let Ok(facts) = std::fs::metadata(dir) else { return (None, false) };
    let at = facts.ctime().checked_mul(1_000_000_000).and_then(|at| at.checked_add(facts.ctime_nsec()));
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let age =
        at.and_then(|at| u64::try_from(at).ok()).map(Duration::from_nanos).and_then(|at| now.checked_sub(at));
    (at, age.is_some_and(|age| age >= settled))
}
