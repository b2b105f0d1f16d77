//! What is known of finished runs: `<root>/.greenroom/<own name>.sqlite`, so that nobody can bring one along.
//!
//! A cache: it may be missing, old, broken, busy or read-only, and then what is asked is answered from the run
//! directories, in memory.

mod connect;
mod refresh;
mod select;
mod write;

use camino::{Utf8Path, Utf8PathBuf};
use rusqlite::Connection;

pub(super) use refresh::Refreshed;
pub(super) use select::Ended;
pub(super) use write::Stamp;

use super::Runs;
use crate::domain::{Name, Token, Version};
use crate::store::own_name;

/// So often is asked again where somebody clears the index meanwhile.
const TRIES: u32 = 3;

pub(super) struct Index {
    connection: Connection,
    /// `$project/$env`
    base: String,
}

/// A run as the index knows it: an id of its own, and what names its directory.
struct Row {
    id: i64,
    token: Token,
    name: Name,
    version: Version,
}

impl Runs {
    /// Does something with the index: on disk, on a new one where that is broken, or on one in memory where there can be
    /// none. What is written to it is seen by `work` itself at least.
    pub(super) fn with_index<T>(
        &self,
        mut work: impl FnMut(&mut Index) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<T> {
        let base = format!("{}/{}", self.project, self.env);
        if let Some(path) = path(&self.root) {
            let mut on_disk = || {
                let mut index = Index { connection: connect::on_disk(&path)?, base: base.clone() };
                // Who clears it while somebody looks leaves them half of what there is, or none.
                for _ in 0..TRIES {
                    let before = connect::cleared(&index.connection)?;
                    let done = work(&mut index);
                    if connect::cleared(&index.connection)? == before {
                        return done.map(Some);
                    }
                }
                Ok(None)
            };
            match on_disk() {
                Ok(Some(done)) => return Ok(done),
                Err(error) if is_broken(&error) => {
                    remove(&path);
                    if let Ok(Some(done)) = on_disk() {
                        return Ok(done);
                    }
                }
                Ok(None) | Err(_) => {}
            }
        }
        work(&mut Index { connection: connect::in_memory()?, base })
    }

    /// Of a run that was put there just now: its directory may have the inode of one that went, of which the index knows.
    pub(in crate::store) fn forget_run(&self, name: &Name, version: Version, token: Token) {
        // What cannot be written to now is an index of what went before it, whose folder has changed since.
        self.with_index(|index| index.forget(name, version, token)).ok();
    }

    /// Forgets what the index knows, of other environments too, so that the next who looks reads every run.
    pub fn forget(&self) {
        if let Some(path) = path(&self.root) {
            let cleared = connect::on_disk(&path).and_then(|index| connect::clear(&index));
            if cleared.is_err() {
                remove(&path);
            }
        }
    }
}

impl Index {
    fn forget(&self, name: &Name, version: Version, token: Token) -> rusqlite::Result<()> {
        let change = self.connection.unchecked_transaction()?;
        let mut select = change
            .prepare("SELECT id FROM runs WHERE base = ?1 AND token = ?2 AND name = ?3 AND version = ?4")?;
        let key = (&self.base, token.as_bytes(), name.as_str(), version.to_string());
        let ids = select.query_map(key, |row| row.get(0))?.collect::<rusqlite::Result<Vec<i64>>>()?;
        ids.into_iter().try_for_each(|id| write::drop(&change, id))?;
        drop(select);
        change.commit()
    }
}

/// None: there is no store, and looking makes none; or this person has no home to keep a name in.
fn path(root: &Utf8Path) -> Option<Utf8PathBuf> {
    let name = own_name(root).ok()?;
    Some(root.join(".greenroom").join(format!("{name}.sqlite")))
}

/// Not one that is busy, or that we may not write: one that is no database, or has not what its number says.
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

/// A column that does not say what was written into it.
fn garbled(error: impl std::error::Error + Send + Sync + 'static) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, Box::new(error))
}
