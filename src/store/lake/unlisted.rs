use std::collections::HashSet;
use std::os::unix::fs::MetadataExt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use camino::{Utf8Path, Utf8PathBuf};
use walkdir::WalkDir;

use super::super::error::failed;
use super::{Lake, record};
use crate::domain::TableName;
use crate::engine::StoreError;

/// Who took the list of a table's files before they left it has read them by then.
const READERS: Duration = Duration::from_secs(3600);

/// A file of a table that its record does not name any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unlisted {
    pub table: TableName,
    pub path: Utf8PathBuf,
    pub bytes: u64,
}

impl Lake {
    /// Files that no reader finds any more, of tables whose record can be read.
    pub fn unlisted(&self) -> Result<Vec<Unlisted>, StoreError> {
        self.unlisted_for(READERS)
    }

    pub(super) fn unlisted_for(&self, readers: Duration) -> Result<Vec<Unlisted>, StoreError> {
        let mut found = Vec::new();
        for (table, listed) in self.catalog()?.tables {
            let files = listed.partitions.iter().flat_map(|partition| &partition.files);
            let listed: HashSet<&str> = files.map(|file| file.path.as_str()).collect();
            let folder = self.folder(&table);
            // What it listed before it was last written may be read yet, however old the files are.
            if !is_old(&record::path(&folder), readers) {
                continue;
            }
            for (path, bytes) in old_files(&folder, readers) {
                if path.strip_prefix(&folder).is_ok_and(|below| !listed.contains(below.as_str())) {
                    found.push(Unlisted { table: table.clone(), path, bytes });
                }
            }
        }
        Ok(found)
    }

    /// Removes those of them that are unlisted still, while nobody writes to their table. Answers the bytes.
    pub fn remove_unlisted(&self, shown: &[Unlisted]) -> Result<u64, StoreError> {
        let mut freed = 0;
        for file in shown {
            let folder = self.folder(&file.table);
            let wrong = || failed(format!("cannot remove {}", file.path));
            let _lock = super::change::lock(&folder).map_err(wrong())?;
            let listed = record::read(&folder, &file.table)?.is_some_and(|record| {
                let mut files = record.partitions.iter().flat_map(|partition| &partition.files);
                files.any(|listed| folder.join(&listed.path) == file.path)
            });
            if !listed {
                fs_err::remove_file(&file.path).map_err(wrong())?;
                freed += file.bytes;
            }
        }
        Ok(freed)
    }
}

/// Has nothing of it changed for so long?
fn is_old(path: &Utf8Path, age: Duration) -> bool {
    let changed = std::fs::metadata(path).ok().and_then(|facts| u64::try_from(facts.ctime()).ok());
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    changed.and_then(|at| now.checked_sub(Duration::from_secs(at))).is_some_and(|past| past >= age)
}

/// Parquet files that have been as they are for so long. No link is followed.
fn old_files(folder: &Utf8Path, age: Duration) -> Vec<(Utf8PathBuf, u64)> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let old = |entry: walkdir::DirEntry| {
        let facts = entry.metadata().ok().filter(|facts| facts.is_file())?;
        let path = Utf8PathBuf::from_path_buf(entry.into_path()).ok()?;
        let changed = Duration::from_secs(u64::try_from(facts.ctime()).ok()?);
        let is_old = now.checked_sub(changed).is_some_and(|past| past >= age);
        // One that a run still has under its own name frees nothing, and is no less unlisted.
        let bytes = if facts.nlink() == 1 { facts.blocks() * 512 } else { 0 };
        (is_old && path.extension() == Some("parquet")).then_some((path, bytes))
    };
    WalkDir::new(folder).into_iter().flatten().filter_map(old).collect()
}
