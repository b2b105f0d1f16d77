use std::time::Duration;

use camino::Utf8Path;
use rusqlite::{Connection, Transaction, TransactionBehavior};

/// Goes up whenever the tables or what is in them change; an index of another number is made anew.
const SCHEMA: i64 = 10;
/// Another process writes for some milliseconds; who waited longer does without the index.
const PATIENCE: Duration = Duration::from_millis(250);

/// `folders`: those of versions, how many runs are in each, and when its entries last changed (nanoseconds since 1970;
/// null: they are to be read again).
/// `runs`: `life` 0 has not finished or cannot be read, 1 has finished and may go on, 2 has succeeded; `length` and
/// `modified` (nanoseconds) of its events when it was read; `started` in microseconds since 1970; `directory` its inode.
/// `runs_in_doubt` holds all that is asked of those each time, so that their rows are left alone.
/// `records`: `files` that its figures are of, as they were when they were read.
/// `facts`: `kind` 0 parameters, 1 figures that the run made itself, 2 that it took something over; `number` where it is one; `output` of a figure,
/// and the `cell` of its step where that has such.
const TABLES: &str = "
    DROP TABLE IF EXISTS facts;
    DROP TABLE IF EXISTS records;
    DROP TABLE IF EXISTS runs;
    DROP TABLE IF EXISTS folders;
    CREATE TABLE folders (
        base TEXT NOT NULL,
        name TEXT NOT NULL,
        version TEXT NOT NULL,
        runs INTEGER NOT NULL,
        changed INTEGER,
        PRIMARY KEY (base, name, version)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE runs (
        id INTEGER PRIMARY KEY,
        base TEXT NOT NULL,
        token BLOB NOT NULL,
        name TEXT NOT NULL,
        version TEXT NOT NULL,
        directory INTEGER NOT NULL,
        life INTEGER NOT NULL DEFAULT 0,
        length INTEGER NOT NULL DEFAULT 0,
        modified INTEGER NOT NULL DEFAULT 0,
        status TEXT NOT NULL DEFAULT '',
        started INTEGER NOT NULL DEFAULT 0,
        branch TEXT,
        UNIQUE (base, token, name, version)
    ) STRICT;
    CREATE INDEX runs_of_name ON runs (base, name, token);
    CREATE INDEX runs_in_doubt ON runs (base, name, token, version, life, length, modified) WHERE life < 2;
    CREATE TABLE records (id INTEGER PRIMARY KEY, run TEXT NOT NULL, files TEXT NOT NULL) STRICT;
    CREATE TABLE facts (
        id INTEGER NOT NULL,
        kind INTEGER NOT NULL,
        name TEXT NOT NULL,
        text TEXT NOT NULL,
        number REAL,
        output TEXT,
        cell TEXT,
        PRIMARY KEY (id, kind, name)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX facts_by_number ON facts (name, number);
";

pub(super) fn on_disk(path: &Utf8Path) -> rusqlite::Result<Connection> {
    // A store that does not exist yet gets no index: looking makes nothing.
    if let Some(folder) = path.parent()
        && folder.parent().is_some_and(Utf8Path::is_dir)
    {
        fs_err::create_dir(folder).ok();
    }
    let connection = Connection::open(path)?;
    connection.busy_timeout(PATIENCE)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // What a power loss takes is read from the directories again.
    connection.pragma_update(None, "synchronous", "OFF")?;
    with_tables(connection)
}

pub(super) fn in_memory() -> rusqlite::Result<Connection> {
    with_tables(Connection::open_in_memory()?)
}

pub(super) fn clear(connection: &Connection) -> rusqlite::Result<()> {
    let change = Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
    change.execute_batch("DELETE FROM facts; DELETE FROM records; DELETE FROM runs; DELETE FROM folders")?;
    change.pragma_update(None, CLEARED, cleared(&change)?.wrapping_add(1))?;
    change.commit()
}

/// How often it was cleared, in a number of the file's head that SQLite leaves to who uses it.
const CLEARED: &str = "application_id";

pub(super) fn cleared(connection: &Connection) -> rusqlite::Result<i32> {
    connection.pragma_query_value(None, CLEARED, |row| row.get(0))
}

fn with_tables(mut connection: Connection) -> rusqlite::Result<Connection> {
    let version = |connection: &Connection| -> rusqlite::Result<i64> {
        connection.pragma_query_value(None, "user_version", |row| row.get(0))
    };
    if version(&connection)? != SCHEMA {
        let change = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        // Another process may have been faster.
        if version(&change)? != SCHEMA {
            change.execute_batch(TABLES)?;
            change.pragma_update(None, "user_version", SCHEMA)?;
        }
        change.commit()?;
    }
    Ok(connection)
}
