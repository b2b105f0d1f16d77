use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use camino::{Utf8Path, Utf8PathBuf};
use indexmap::IndexMap;

use super::super::atomic_write::{atomic_write, sync_dir};
use super::super::error::{bad, failed};
use super::super::place::{hash_file, link_or_copy};
use super::{Lake, folder, record, schema};
use crate::domain::escape::unescape;
use crate::domain::{
    Artifact, ColumnType, LakeFile, NodeId, Partition, PartitionColumn, TableName, TableRecord, TableWrite,
    Token,
};
use crate::engine::StoreError;

/// Who writes, and when it was done.
pub(in crate::store) struct Author<'a> {
    pub token: Token,
    pub node: &'a NodeId,
    pub at: jiff::Timestamp,
}

/// What one output changes in one table: the files of some partitions, or of all.
pub(in crate::store) struct Change<'a> {
    folder: Utf8PathBuf,
    write: &'a TableWrite,
    columns: IndexMap<String, ColumnType>,
    partition_by: Option<PartitionColumn>,
    /// Partition → its files.
    partitions: BTreeMap<Option<String>, Vec<Source>>,
}

struct Source {
    /// Within the step's directory.
    path: PathBuf,
    rows: u64,
    artifact: Artifact,
}

impl Lake {
    /// Reads what a step left for a table and checks it against the table as it is now. Nothing is written.
    ///
    /// # Errors
    /// `BadOutput` for files that make no table, or that do not fit the partitions that stay.
    pub(in crate::store) fn prepare<'a>(
        &self,
        write: &'a TableWrite,
        at: &Utf8Path,
        files: &[Artifact],
    ) -> Result<Change<'a>, StoreError> {
        let table = &write.table;
        let mut columns: Option<IndexMap<String, ColumnType>> = None;
        let mut by: Option<String> = write.partition.as_ref().map(|(column, _)| column.clone());
        let mut partitions: BTreeMap<_, Vec<Source>> = BTreeMap::new();
        for artifact in files.iter().filter(|file| file.path.ends_with(".parquet")) {
            let Some(path) = unescape(&artifact.path) else { continue };
            let found = schema::read(&at.as_std_path().join(&path))
                .or_else(|why| bad(format!("table {table}: {}: {why}", artifact.path)))?;
            if let Err(why) = agree(columns.get_or_insert_with(|| found.columns.clone()), &found.columns) {
                return bad(format!("table {table}: {}: {why} in the step's other files", artifact.path));
            }
            let value = partition_of(&path, write, &mut by)
                .or_else(|why| bad(format!("table {table}: {}: {why}", artifact.path)))?;
            partitions.entry(value).or_default().push(Source {
                path,
                rows: found.rows,
                artifact: artifact.clone(),
            });
        }
        let Some(columns) = columns else {
            let advice = "a result without rows is still a file, with the table's columns";
            return bad(format!("table {table}: the step left no Parquet file; {advice}"));
        };
        if by.is_some() && partitions.contains_key(&None) {
            return bad(format!("table {table}: some files lie in partition folders and some do not"));
        }
        let partition_by = match by {
            None => None,
            Some(column) => match columns.get(&column) {
                Some(kind) => Some(PartitionColumn { kind: *kind, column }),
                None => return bad(format!("table {table}: its files lack the partition column `{column}`")),
            },
        };
        let change = Change { folder: self.folder(table), write, columns, partition_by, partitions };
        let current = record::read(&change.folder, table)?;
        change.merge(current, BTreeMap::new(), "", jiff::Timestamp::UNIX_EPOCH)?;
        Ok(change)
    }
}

/// The partition a file belongs to: told by the write, else by the file's folder.
fn partition_of(path: &Path, write: &TableWrite, by: &mut Option<String>) -> Result<Option<String>, String> {
    let folders = path.parent().into_iter().flat_map(Path::iter).filter_map(|name| name.to_str());
    let named: Vec<(&str, String)> = folders.filter_map(folder::parse).collect();
    let folder = match named.as_slice() {
        [] => None,
        [one] => Some(one),
        _ => return Err("a table has one partition column, not several".to_owned()),
    };
    match (&write.partition, folder) {
        (Some((column, value)), Some((named, other))) if column != named || value != other => {
            Err(format!("it lies in partition {named}={other}, but {column}={value} was to be written"))
        }
        (Some((_, value)), _) => Ok(Some(value.clone())),
        (None, None) => Ok(None),
        (None, Some((named, value))) => match by.get_or_insert_with(|| (*named).to_owned()) == named {
            true => Ok(Some(value.clone())),
            false => Err("its folder names another partition column than the other files'".to_owned()),
        },
    }
}

/// Do two schemas make one table? JSON may be stored as text. The error names the column.
fn agree(ours: &IndexMap<String, ColumnType>, theirs: &IndexMap<String, ColumnType>) -> Result<(), String> {
    use ColumnType::{Json, String as Text};
    for (column, kind) in ours {
        match theirs.get(column) {
            Some(other) if other == kind || matches!((kind, other), (Json, Text) | (Text, Json)) => {}
            Some(other) => return Err(format!("column `{column}` is {other}, but {kind}")),
            None => return Err(format!("column `{column}` is missing, though it is")),
        }
    }
    match theirs.keys().find(|column| !ours.contains_key(*column)) {
        Some(column) => Err(format!("column `{column}` is not")),
        None => Ok(()),
    }
}

/// Of a table's folder: who has it alone may write there.
pub(super) fn lock(folder: &Utf8Path) -> std::io::Result<std::fs::File> {
    let path = folder.join(".lock");
    let lock = std::fs::File::options().create(true).write(true).truncate(false).open(path)?;
    lock.lock()?;
    Ok(lock)
}

impl Change<'_> {
    pub(in crate::store) fn table(&self) -> &TableName {
        &self.write.table
    }

    /// Links the files into the table and replaces its record, under the table's lock. `at`: where the step's files
    /// lie. Done twice, it finds its own files and changes nothing. Answers with the files' paths in the table.
    pub(in crate::store) fn commit(&self, at: &Utf8Path, author: &Author) -> Result<Vec<String>, StoreError> {
        let what = || failed(format!("cannot write table {}", self.write.table));
        fs_err::create_dir_all(&self.folder).map_err(what())?;
        let _lock = lock(&self.folder).map_err(what())?;
        let current = record::read(&self.folder, &self.write.table)?;
        let mut files = BTreeMap::new();
        for (value, sources) in &self.partitions {
            files.insert(value.clone(), self.link(value.as_deref(), sources, at, author).map_err(what())?);
        }
        let paths = files.values().flatten().map(|file: &LakeFile| file.path.clone()).collect();
        let record = self.merge(current, files, &format!("{}.{}", author.token, author.node), author.at)?;
        let text =
            serde_json::to_vec_pretty(&record).map_err(|error| what()(std::io::Error::other(error)))?;
        atomic_write(&record::path(&self.folder), &text).map_err(what())?;
        Ok(paths)
    }

    fn link(
        &self,
        value: Option<&str>,
        sources: &[Source],
        at: &Utf8Path,
        author: &Author,
    ) -> std::io::Result<Vec<LakeFile>> {
        let below = match (&self.partition_by, value) {
            (Some(by), Some(value)) => format!("{}/", folder::name(&by.column, value)),
            _ => String::new(),
        };
        let target = self.folder.join(&below);
        fs_err::create_dir_all(&target)?;
        let mut numbers = 0..;
        let mut files = Vec::new();
        for source in sources {
            let from = at.as_std_path().join(&source.path);
            // A name is never used for other content: one that is taken is passed over, unless it holds just this.
            for number in numbers.by_ref() {
                let name = format!("{}.{}.{number}.parquet", author.token, author.node);
                let to = target.join(&name);
                match link_or_copy(&from, to.as_std_path()) {
                    Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                        if !same(&from, to.as_std_path(), &source.artifact)? {
                            continue;
                        }
                    }
                    result => result?,
                }
                files.push(LakeFile {
                    path: format!("{below}{name}"),
                    rows: source.rows,
                    bytes: source.artifact.bytes,
                    sha256: source.artifact.sha256.clone(),
                });
                break;
            }
        }
        sync_dir(&target)?;
        Ok(files)
    }

    /// The table's record after the change.
    fn merge(
        &self,
        current: Option<TableRecord>,
        mut files: BTreeMap<Option<String>, Vec<LakeFile>>,
        written_by: &str,
        written_at: jiff::Timestamp,
    ) -> Result<TableRecord, StoreError> {
        let table = &self.write.table;
        let mut columns = self.columns.clone();
        let mut partitions: Vec<Partition> = Vec::new();
        if self.write.partition.is_some() {
            let stay = |partition: &Partition| !self.partitions.contains_key(&partition.value);
            let current = current.filter(|record| record.partitions.iter().any(stay));
            if let Some(current) = current {
                if current.partition_by != self.partition_by {
                    let how = |by: &Option<PartitionColumn>| match by {
                        Some(by) => format!("partitioned by `{}` ({})", by.column, by.kind),
                        None => "not partitioned".to_owned(),
                    };
                    let (is, wanted) = (how(&current.partition_by), how(&self.partition_by));
                    return bad(format!("table {table} is {is}, and the step's files are {wanted}"));
                }
                if let Err(why) = agree(&current.columns, &self.columns) {
                    let advice = "change the query, or write the whole table anew";
                    return bad(format!("table {table}: {why} in its other partitions; {advice}"));
                }
                columns = current.columns;
                partitions = current.partitions.into_iter().filter(stay).collect();
            }
        }
        partitions.extend(self.partitions.keys().map(|value| Partition {
            files: files.remove(value).unwrap_or_default(),
            value: value.clone(),
            written_by: written_by.to_owned(),
            written_at,
        }));
        partitions.sort_by(|a, b| a.value.cmp(&b.value));
        let partition_by = self.partition_by.clone();
        Ok(TableRecord { greenroom: record::FORMAT, table: table.clone(), columns, partition_by, partitions })
    }
}

fn same(from: &Path, to: &Path, artifact: &Artifact) -> std::io::Result<bool> {
    let (ours, theirs) = (fs_err::metadata(from)?, fs_err::metadata(to)?);
    if (ours.dev(), ours.ino()) == (theirs.dev(), theirs.ino()) {
        return Ok(true);
    }
    Ok(ours.len() == theirs.len() && hash_file(to)?.0 == artifact.sha256)
}
