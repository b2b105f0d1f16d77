use std::collections::HashMap;
use std::os::unix::fs::MetadataExt;
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};
use rusqlite::{Connection, params};

use crate::domain::{Run, RunLayout, Status, Token};
use crate::store::own_name;

/// Goes up whenever the table or what is in it changes; an index of another number is made anew.
const SCHEMA: i64 = 1;
/// Another process writes for some milliseconds; who waited longer does without the index.
const PATIENCE: Duration = Duration::from_millis(250);

/// What is known of runs that have finished: `<root>/.greenroom/<own name>.sqlite`, so that nobody can bring one along.
/// A cache, so no method can fail; what goes wrong makes it forget.
pub(super) struct Index {
    path: Utf8PathBuf,
    /// `$project/$env`
    base: String,
    connection: Option<Connection>,
}

/// A finished run as the index has it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entry {
    /// Of the run's events when it was read.
    pub stamp: Stamp,
    run: String,
}

/// Tells whether a run's events have changed: a resume adds to them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Stamp {
    length: i64,
    /// Nanoseconds since 1970.
    modified: i64,
}

impl Stamp {
    /// None where there are no events, or they cannot be looked at.
    pub fn of(layout: &RunLayout) -> Option<Self> {
        let facts = std::fs::metadata(layout.events()).ok()?;
        let modified = facts.mtime().checked_mul(1_000_000_000)?.checked_add(facts.mtime_nsec())?;
        Some(Self { length: i64::try_from(facts.len()).ok()?, modified })
    }
}

impl Entry {
    pub fn run(&self, token: Token) -> Option<Run> {
        let run: Run = serde_json::from_str(&self.run).ok()?;
        (run.token == token && run.finished_at.is_some()).then_some(run)
    }
}

impl Index {
    pub fn open(root: &Utf8Path, base: String) -> Self {
        let Ok(name) = own_name(root) else {
            return Self { path: Utf8PathBuf::new(), base, connection: None };
        };
        let path = root.join(".greenroom").join(format!("{name}.sqlite"));
        let connection = connect(&path).or_else(|error| match is_broken(&error) {
            true => {
                remove(&path);
                connect(&path)
            }
            false => Err(error),
        });
        Self { path, base, connection: connection.ok() }
    }

    /// Forgets all runs, those of other environments too.
    pub fn clear(&mut self) {
        let cleared = self.connection.as_ref().map(|index| index.execute("DELETE FROM runs", []));
        if !matches!(cleared, Some(Ok(_))) && !self.path.as_str().is_empty() {
            self.connection = None;
            remove(&self.path);
            self.connection = connect(&self.path).ok();
        }
    }

    /// What is known of the runs from `oldest` on, or of all.
    pub fn entries(&mut self, oldest: Option<Token>) -> HashMap<Token, Entry> {
        let Some(connection) = &self.connection else { return HashMap::new() };
        let oldest = oldest.map(|token| token.to_string()).unwrap_or_default();
        let read = || -> rusqlite::Result<HashMap<Token, Entry>> {
            let mut select = connection
                .prepare("SELECT token, length, modified, run FROM runs WHERE base = ?1 AND token >= ?2")?;
            let mut rows = select.query([&self.base, &oldest])?;
            let mut entries = HashMap::new();
            while let Some(row) = rows.next()? {
                let Ok(token) = row.get_ref(0)?.as_str()?.parse() else { continue };
                let stamp = Stamp { length: row.get(1)?, modified: row.get(2)? };
                entries.insert(token, Entry { stamp, run: row.get(3)? });
            }
            Ok(entries)
        };
        match read() {
            Ok(entries) => entries,
            Err(error) => {
                self.give_up(&error);
                HashMap::new()
            }
        }
    }

    /// Takes in finished runs and drops those that are gone.
    pub fn learn(&mut self, finished: &[(Stamp, &Run)], gone: &[Token]) {
        if finished.is_empty() && gone.is_empty() {
            return;
        }
        let Some(connection) = &mut self.connection else { return };
        let mut write = || -> rusqlite::Result<()> {
            let change = connection.transaction()?;
            {
                let mut insert = change.prepare(
                    "INSERT OR REPLACE INTO runs (base, token, length, modified, run) VALUES (?1, ?2, ?3, ?4, ?5)",
                )?;
                for (stamp, run) in finished {
                    let Ok(text) = serde_json::to_string(run) else { continue };
                    insert.execute(params![
                        self.base,
                        run.token.to_string(),
                        stamp.length,
                        stamp.modified,
                        text
                    ])?;
                }
                let mut delete = change.prepare("DELETE FROM runs WHERE base = ?1 AND token = ?2")?;
                for token in gone {
                    delete.execute(params![self.base, token.to_string()])?;
                }
            }
            change.commit()
        };
        if let Err(error) = write() {
            self.give_up(&error);
        }
    }

    /// Does without the index; a broken one is removed, so that the next one to look makes it anew.
    fn give_up(&mut self, error: &rusqlite::Error) {
        self.connection = None;
        if is_broken(error) {
            remove(&self.path);
        }
    }
}

fn connect(path: &Utf8Path) -> rusqlite::Result<Connection> {
    // A store that does not exist yet gets no index: looking makes nothing.
    if let Some(folder) = path.parent()
        && folder.parent().is_some_and(Utf8Path::is_dir)
    {
        fs_err::create_dir(folder).ok();
    }
    let mut connection = Connection::open(path)?;
    connection.busy_timeout(PATIENCE)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // What a power loss takes is read from the directories again.
    connection.pragma_update(None, "synchronous", "OFF")?;
    let version = |connection: &Connection| -> rusqlite::Result<i64> {
        connection.pragma_query_value(None, "user_version", |row| row.get(0))
    };
    if version(&connection)? != SCHEMA {
        let change = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        // Another process may have been faster.
        if version(&change)? != SCHEMA {
            change.execute_batch(
                "DROP TABLE IF EXISTS runs;
                 CREATE TABLE runs (
                     base TEXT NOT NULL,
                     token TEXT NOT NULL,
                     length INTEGER NOT NULL,
                     modified INTEGER NOT NULL,
                     run TEXT NOT NULL,
                     PRIMARY KEY (base, token)
                 ) STRICT, WITHOUT ROWID;",
            )?;
            change.pragma_update(None, "user_version", SCHEMA)?;
        }
        change.commit()?;
    }
    Ok(connection)
}

/// Not one that is busy, or that we may not write: one that is no database, or has not the table its number says.
fn is_broken(error: &rusqlite::Error) -> bool {
    use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase, Unknown};
    error.sqlite_error_code().is_none_or(|code| matches!(code, DatabaseCorrupt | NotADatabase | Unknown))
}

/// What cannot be removed is done without.
fn remove(path: &Utf8Path) {
    for end in ["", "-wal", "-shm", "-journal"] {
        fs_err::remove_file(format!("{path}{end}")).ok();
    }
}

/// May what was known of a run still be believed? One that succeeded never goes on; any other may have been resumed.
pub(super) fn is_final(status: Status) -> bool {
    status == Status::Succeeded
}
