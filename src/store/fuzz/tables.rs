use std::ffi::CString;
use std::os::unix::ffi::OsStrExt;

use camino::Utf8Path;
use indexmap::IndexMap;
use proptest::prelude::*;

use super::super::testing::temp;
use super::super::{Catalog, Lake};
use super::{edited, edits, text, whole};
use crate::domain::escape::unescape;
use crate::domain::{ColumnType, Digest, LakeFile, Partition, PartitionColumn, TableName, TableRecord};
use crate::engine::StoreError;

fn flights() -> TableName {
    "lake.flights".parse().unwrap()
}

fn table() -> TableRecord {
    let file = |path: &str| LakeFile {
        path: path.to_owned(),
        rows: 3,
        bytes: 100,
        sha256: Digest::of(path.as_bytes()),
    };
    let part = |value: &str| Partition {
        value: Some(value.to_owned()),
        files: vec![file(&format!("day={value}/0.parquet")), file(r"\xff\\1.parquet")],
        written_by: "t.load".to_owned(),
        written_at: jiff::Timestamp::UNIX_EPOCH,
    };
    TableRecord {
        greenroom: 1,
        table: flights(),
        columns: IndexMap::from([("day".to_owned(), ColumnType::Date), ("n".to_owned(), ColumnType::Int64)]),
        partition_by: Some(PartitionColumn { column: "day".to_owned(), kind: ColumnType::Date }),
        partitions: vec![part("2013-01-01"), part("2013-01-02")],
    }
}

fn catalog(root: &Utf8Path, record: &[u8]) -> Result<Catalog, StoreError> {
    let folder = root.join("lake/flights");
    fs_err::create_dir_all(&folder).unwrap();
    fs_err::write(folder.join("_table.json"), record).unwrap();
    Lake::new(root.to_owned()).catalog()
}

#[test]
fn the_record_that_is_edited_is_right() {
    let (_dir, root) = temp();
    assert_eq!(catalog(&root, &text(&table())).unwrap().tables[&flights()], table());
}

#[test]
fn rows_that_no_disk_holds_are_not_counted_over_the_end() {
    let (_dir, root) = temp();
    let mut record = table();
    record.partitions[0].files[0].rows = u64::MAX;
    assert_eq!(catalog(&root, &text(&record)).unwrap().reads()[0].rows, u64::MAX);
}

proptest! {
    #[test]
    fn an_edited_table_names_only_its_own_files(edits in edits()) {
        let (_dir, root) = temp();
        match catalog(&root, &edited(text(&table()), &edits)) {
            Ok(catalog) => {
                prop_assert_eq!(catalog.reads().len(), catalog.tables.len());
                let parts = catalog.tables.values().flat_map(|table| &table.partitions);
                for file in parts.flat_map(|part| &part.files) {
                    let path = unescape(&file.path).unwrap();
                    prop_assert!(CString::new(path.as_os_str().as_bytes()).is_ok(), "{}", file.path);
                    let folder = root.join("lake/flights");
                    let joined = folder.as_std_path().join(&path);
                    prop_assert!(joined.strip_prefix(&folder).is_ok_and(|rest| rest.components().count() > 0));
                    prop_assert!(!joined.components().any(|part| part.as_os_str() == ".."));
                }
            }
            Err(error) => prop_assert!(whole(&error).contains("lake/flights/_table.json"), "{}", whole(&error)),
        }
    }
}
