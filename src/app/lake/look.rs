use jiff::Timestamp;

use crate::domain::{LakeFile, Name, TableName, TableRecord};

/// The tables of an environment's lake.
#[derive(Clone, Debug, Default)]
pub struct LakeLook {
    /// In order of name.
    pub tables: Vec<TableLook>,
    /// Those whose record cannot be read, and why.
    pub broken: Vec<(TableName, String)>,
}

#[derive(Clone, Debug)]
pub struct TableLook {
    pub record: TableRecord,
    /// The steps that make it, as the specs say.
    pub writers: Vec<TableUse>,
    /// The steps that read it, as far as their inputs and queries name it.
    pub readers: Vec<TableUse>,
}

/// A step that has to do with a table.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TableUse {
    pub workflow: Name,
    pub step: Name,
}

impl TableLook {
    fn files(&self) -> impl Iterator<Item = &LakeFile> {
        self.record.partitions.iter().flat_map(|partition| &partition.files)
    }

    /// As the files claim, which may be anything.
    pub fn rows(&self) -> u64 {
        self.files().fold(0, |rows, file| rows.saturating_add(file.rows))
    }

    pub fn bytes(&self) -> u64 {
        self.files().fold(0, |bytes, file| bytes.saturating_add(file.bytes))
    }

    /// The last time that any of it was written.
    pub fn written_at(&self) -> Option<Timestamp> {
        self.record.partitions.iter().map(|partition| partition.written_at).max()
    }
}
