use std::io::{self, Read};
use std::path::Path;

use camino::{Utf8Path, Utf8PathBuf};

use super::super::error::{failed, invalid};
use crate::disk::{Access, open_plain};
use crate::domain::escape::unescape;
use crate::domain::{TableName, TableRecord};
use crate::engine::StoreError;

/// The format of `_table.json`.
pub(super) const FORMAT: u32 = 1;

const RECORD: &str = "_table.json";

pub(super) fn path(folder: &Utf8Path) -> Utf8PathBuf {
    folder.join(RECORD)
}

fn read_plain(folder: &Utf8Path) -> io::Result<Vec<u8>> {
    // Whether there is a folder is told apart from whether there is a record in it.
    if !folder.metadata()?.is_dir() {
        return Err(io::ErrorKind::NotADirectory.into());
    }
    let mut text = Vec::new();
    open_plain(folder.as_std_path(), Path::new(RECORD), Access::Read)?.read_to_end(&mut text)?;
    Ok(text)
}

/// A table as it is now; None where there is none.
pub(super) fn read(folder: &Utf8Path, table: &TableName) -> Result<Option<TableRecord>, StoreError> {
    let path = path(folder);
    let text = match read_plain(folder) {
        Ok(text) => text,
        // A file among the folders of tables is none.
        Err(error) if [io::ErrorKind::NotFound, io::ErrorKind::NotADirectory].contains(&error.kind()) => {
            return Ok(None);
        }
        Err(error) => return Err(failed(format!("cannot read table {table}"))(error)),
    };
    let broken = |why: String| {
        invalid(format!("{path} is not a table's record; remove its folder, then load {table} again"), why)
    };
    let record: TableRecord = serde_json::from_slice(&text).map_err(|error| broken(error.to_string()))?;
    if record.greenroom != FORMAT {
        return Err(broken(format!("format {} is not known here", record.greenroom)));
    }
    if record.table != *table {
        return Err(broken(format!("it tells of {}", record.table)));
    }
    let mut files = record.partitions.iter().flat_map(|partition| &partition.files);
    match files.find(|file| unescape(&file.path).is_none()) {
        Some(file) => Err(broken(format!("it names a file outside of its folder: {}", file.path))),
        None => Ok(Some(record)),
    }
}
