use std::io;
use std::path::Path;

use camino::{Utf8Path, Utf8PathBuf};
use indexmap::IndexMap;

use super::super::error::failed;
use super::super::preview::preview;
use super::record;
use crate::disk::{Access, open_plain};
use crate::domain::{Content, Digest, Name, PreviewTable, TableName, TableRead, TableRecord};
use crate::engine::StoreError;

/// `<lake>/<dataset>/<table>/`.
pub struct Lake {
    root: Utf8PathBuf,
}

/// Every table's record, each read once: what a step's reads are resolved against.
#[derive(Default)]
pub struct Catalog {
    pub tables: IndexMap<TableName, TableRecord>,
    /// Those whose record cannot be read, and why.
    pub broken: IndexMap<TableName, StoreError>,
}

impl Lake {
    pub fn new(root: Utf8PathBuf) -> Self {
        Self { root }
    }

    pub(super) fn folder(&self, table: &TableName) -> Utf8PathBuf {
        self.root.join(table.dataset.as_str()).join(table.table.as_str())
    }

    /// In order of name. Folders that are no table's are passed over; a broken record keeps nobody from other tables.
    pub fn catalog(&self) -> Result<Catalog, StoreError> {
        let mut catalog = Catalog::default();
        for dataset in names(&self.root)? {
            for table in names(&self.root.join(dataset.as_str()))? {
                let name = TableName { dataset: dataset.clone(), table };
                match record::read(&self.folder(&name), &name) {
                    Ok(Some(record)) => drop(catalog.tables.insert(name, record)),
                    Ok(None) => {}
                    Err(error) => drop(catalog.broken.insert(name, error)),
                }
            }
        }
        Ok(catalog)
    }
}

impl Lake {
    /// The first rows of a table, of the partition that was written last; None where it has none.
    pub fn first_rows(&self, record: &TableRecord) -> io::Result<Option<PreviewTable>> {
        let newest = record.partitions.iter().max_by_key(|partition| partition.written_at);
        let Some(file) = newest.and_then(|partition| partition.files.first()) else { return Ok(None) };
        let folder = self.folder(&record.table);
        let opened = open_plain(folder.as_std_path(), Path::new(&file.path), Access::Read)?;
        match preview(opened, &file.path, 0)?.content {
            Content::Table(table) => Ok(Some(table)),
            _ => Err(io::Error::new(io::ErrorKind::InvalidData, format!("{} is no Parquet file", file.path))),
        }
    }
}

impl Catalog {
    /// The state of each table: what lineage records of one that was read.
    pub fn reads(&self) -> Vec<TableRead> {
        self.tables.iter().map(|(table, record)| state(table, record)).collect()
    }
}

fn state(table: &TableName, record: &TableRecord) -> TableRead {
    let files = || record.partitions.iter().flat_map(|partition| &partition.files);
    let list: String = files().map(|file| format!("{}\0{}\n", file.path, file.sha256)).collect();
    TableRead {
        table: table.clone(),
        files: files().count() as u64,
        // As files and records claim, which may be anything.
        rows: files().fold(0, |rows, file| rows.saturating_add(file.rows)),
        sha256: Digest::of(list.as_bytes()),
        content: Some(content(record)),
    }
}

fn content(record: &TableRecord) -> Digest {
    let mut held: Vec<String> = record
        .partitions
        .iter()
        .flat_map(|partition| {
            partition.files.iter().map(move |file| format!("{:?}\0{}\n", partition.value, file.sha256))
        })
        .collect();
    held.sort_unstable();
    Digest::of(held.concat().as_bytes())
}

fn names(dir: &Utf8Path) -> Result<Vec<Name>, StoreError> {
    let entries = match fs_err::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) if [io::ErrorKind::NotFound, io::ErrorKind::NotADirectory].contains(&error.kind()) => {
            return Ok(Vec::new());
        }
        Err(error) => return Err(failed("cannot read the lake")(error)),
    };
    let mut names = Vec::new();
    for entry in entries {
        let name = entry.map_err(failed("cannot read the lake"))?.file_name();
        names.extend(name.to_str().and_then(|name| Name::new(name).ok()));
    }
    names.sort();
    Ok(names)
}
