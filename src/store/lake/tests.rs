use std::sync::atomic::{AtomicBool, Ordering};

use camino::Utf8Path;

use super::super::RunDir;
use super::super::testing::{Column, facts, node, parquet, run, table, temp};
use super::*;
use crate::domain::{ColumnType, Manifest, PlannedOutput};
use crate::engine::{RunStore, StoreError};

const COLUMNS: &str = "required int32 day (DATE); required int64 n;";

/// A run whose one step writes `files` (path below the output, rows' numbers) to `lake.flights`.
fn write(root: &Utf8Path, output: PlannedOutput, files: &[(&str, &[i64])]) -> Result<Manifest, StoreError> {
    write_as(&run(root), 1, output, files)
}

fn write_as(
    run: &RunDir,
    attempt: u32,
    output: PlannedOutput,
    files: &[(&str, &[i64])],
) -> Result<Manifest, StoreError> {
    let step = node("load", &[("flights", output)]);
    let dirs = run.begin(&step.id, attempt, false).unwrap();
    fs_err::create_dir(dirs.output.join("flights")).unwrap();
    for (path, numbers) in files {
        let days = vec![0; numbers.len()];
        let path = dirs.output.join("flights").join(path);
        parquet(path, COLUMNS, &[Column::Day(&days), Column::Int(numbers)]);
    }
    run.seal(&step, &dirs, &facts(attempt))
}

fn day(value: &str) -> PlannedOutput {
    table(Some(("day", value)))
}

fn refused(result: Result<Manifest, StoreError>) -> String {
    match result {
        Err(StoreError::BadOutput(why)) => why,
        other => panic!("{other:?}"),
    }
}

/// Partition → rows.
fn rows(root: &Utf8Path) -> Vec<(Option<String>, u64)> {
    let catalog = Lake::new(root.join("lake")).catalog().unwrap();
    let record = catalog.tables.values().next().unwrap();
    let rows = |files: &[crate::domain::LakeFile]| files.iter().map(|file| file.rows).sum();
    record.partitions.iter().map(|part| (part.value.clone(), rows(&part.files))).collect()
}

#[test]
fn exactly_one_partition_is_replaced() {
    let (_dir, root) = temp();
    let files: [(&str, &[i64]); 2] = [("day=a/0.parquet", &[1, 2]), ("day=b/0.parquet", &[3])];
    write(&root, table(None), &files).unwrap();
    write(&root, day("b"), &[("day=b/0.parquet", &[4, 5, 6])]).unwrap();
    write(&root, day("c d"), &[("day=c%20d/0.parquet", &[])]).unwrap();
    let part = |value: &str, rows| (Some(value.to_owned()), rows);
    assert_eq!(rows(&root), [part("a", 2), part("b", 3), part("c d", 0)]);
    let record = &Lake::new(root.join("lake")).catalog().unwrap().tables[0];
    assert_eq!(record.columns["day"], ColumnType::Date);
    assert_eq!(record.partition_by.as_ref().map(|by| by.kind), Some(ColumnType::Date));
    assert!(record.partitions[2].files[0].path.starts_with("day=c%20d/"));
    write(&root, table(None), &[("0.parquet", &[9])]).unwrap();
    assert_eq!(rows(&root), [(None, 1)]);
}

#[test]
fn what_does_not_fit_the_table_leaves_it_as_it_was() {
    let (_dir, root) = temp();
    write(&root, table(None), &[("day=a/0.parquet", &[1])]).unwrap();
    let before = fs_err::read(root.join("lake/lake/flights/_table.json")).unwrap();
    assert!(
        refused(write(&root, table(Some(("n", "1"))), &[("0.parquet", &[1])]))
            .contains("partitioned by `day`")
    );
    assert!(
        refused(write(&root, day("b"), &[("day=c/0.parquet", &[1])])).contains("day=b was to be written")
    );
    assert!(refused(write(&root, day("b"), &[])).contains("empty directory"));
    let mixed: [(&str, &[i64]); 2] = [("day=a/0.parquet", &[1]), ("1.parquet", &[1])];
    assert!(refused(write(&root, table(None), &mixed)).contains("some do not"));
    assert!(refused(write(&root, table(Some(("x", "1"))), &[("0.parquet", &[1])])).contains("column `x`"));

    let run = run(&root);
    let step = node("load", &[("flights", day("b"))]);
    let dirs = run.begin(&step.id, 1, false).unwrap();
    let columns = "required int32 day (DATE); optional binary n (STRING);";
    parquet(dirs.output.join("flights/0.parquet"), columns, &[Column::Day(&[0]), Column::Text(&[None])]);
    assert!(refused(run.seal(&step, &dirs, &facts(1))).contains("column `n` is STRING, but INT64"));
    assert_eq!(fs_err::read(root.join("lake/lake/flights/_table.json")).unwrap(), before);
}

#[test]
fn a_name_in_the_lake_is_never_used_for_other_content() {
    let (_dir, root) = temp();
    let run = run(&root);
    let first = write_as(&run, 1, day("a"), &[("0.parquet", &[1])]).unwrap();
    fs_err::remove_file(run.layout().manifest(&first.node)).unwrap();
    let second = write_as(&run, 2, day("a"), &[("0.parquet", &[2])]).unwrap();
    let table = "lake.flights".parse().unwrap();
    assert_ne!(first.writes[&table], second.writes[&table]);
    assert!(
        root.join("lake/lake/flights").join(&first.writes[&table][0]).exists(),
        "a reader may still hold it"
    );
}

#[test]
fn a_record_that_names_a_file_elsewhere_is_refused() {
    let (_dir, root) = temp();
    write(&root, table(None), &[("0.parquet", &[1])]).unwrap();
    let path = root.join("lake/lake/flights/_table.json");
    let text = fs_err::read_to_string(&path).unwrap();
    let name = text.split('"').find(|part| part.ends_with(".parquet")).unwrap();
    fs_err::write(&path, text.replace(name, "../../../etc/passwd")).unwrap();
    let dirs = run(&root).begin(&"a".parse().unwrap(), 1, false).unwrap();
    let read = run(&root).freeze_catalog(&dirs).unwrap();
    assert!(read.tables.is_empty() && read.broken[0].contains("outside of its folder"), "{read:?}");
}

#[test]
fn readers_of_a_table_that_is_being_replaced_never_fail_and_never_mix() {
    let (_dir, root) = temp();
    let files: [(&str, &[i64]); 2] = [("day=a/0.parquet", &[0, 0]), ("day=a/1.parquet", &[0])];
    write(&root, table(None), &files).unwrap();
    let lake = Lake::new(root.join("lake"));
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..50 {
            scope.spawn(|| {
                let mut reads = 0;
                while !done.load(Ordering::Relaxed) || reads == 0 {
                    let record = lake.catalog().unwrap().tables.shift_remove_index(0).unwrap().1;
                    let part = &record.partitions[0];
                    for file in &part.files {
                        let bytes = fs_err::read(root.join("lake/lake/flights").join(&file.path)).unwrap();
                        assert_eq!(crate::domain::Digest::of(&bytes), file.sha256);
                        assert!(part.written_by.starts_with(file.path[6..].split('.').next().unwrap()));
                    }
                    assert_eq!(part.files.len(), 2);
                    reads += 1;
                }
            });
        }
        for round in 1..20 {
            let files: [(&str, &[i64]); 2] =
                [("day=a/0.parquet", &[round, 1]), ("day=a/1.parquet", &[round])];
            write(&root, day("a"), &files).unwrap();
        }
        done.store(true, Ordering::Relaxed);
    });
}

#[test]
fn a_file_that_is_listed_no_more_goes_once_its_readers_have_gone() {
    let (_dir, root) = temp();
    write(&root, table(None), &[("0.parquet", &[1])]).unwrap();
    write(&root, table(None), &[("0.parquet", &[2, 3])]).unwrap();
    let lake = Lake::new(root.join("lake"));
    assert_eq!(lake.unlisted().unwrap(), [], "somebody may read it yet");
    let unlisted = lake.unlisted_for(std::time::Duration::ZERO).unwrap();
    assert_eq!(unlisted.len(), 1);
    // A third one, that is listed: it must not go whatever was shown.
    write(&root, table(None), &[("0.parquet", &[4])]).unwrap();
    let third = lake.unlisted_for(std::time::Duration::ZERO).unwrap();
    assert_eq!(third.len(), 2);
    let listed = lake.catalog().unwrap().tables[0].partitions[0].files[0].path.clone();
    let listed = Unlisted { path: root.join("lake/lake/flights").join(listed), ..unlisted[0].clone() };
    lake.remove_unlisted(&[unlisted[0].clone(), listed.clone()]).unwrap();
    assert!(!unlisted[0].path.exists() && listed.path.exists());
    assert_eq!(rows(&root), [(None, 1)]);
}

#[test]
fn a_copy_goes_its_own_way() {
    let (_dir, root) = temp();
    let files: [(&str, &[i64]); 2] = [("day=a/0.parquet", &[1, 2]), ("day=b/0.parquet", &[3])];
    write(&root, table(None), &files).unwrap();
    let lake = Lake::new(root.join("lake"));
    let copy = root.join("scratch");
    lake.copy_to(&copy.join("lake")).unwrap();
    assert_eq!(rows(&copy), rows(&root));
    write(&copy, day("b"), &[("day=b/0.parquet", &[4, 5, 6])]).unwrap();
    assert_eq!(rows(&root), [(Some("a".to_owned()), 2), (Some("b".to_owned()), 1)]);
    assert_eq!(rows(&copy), [(Some("a".to_owned()), 2), (Some("b".to_owned()), 3)]);
    // What nobody wrote is not taken along as if it had been written.
    let table = lake.catalog().unwrap().tables.into_values().next().unwrap();
    let path = lake.folder(&table.table).join(&table.partitions[0].files[0].path);
    fs_err::remove_file(&path).unwrap();
    fs_err::write(&path, "no rows").unwrap();
    let refused = lake.copy_to(&root.join("again")).unwrap_err();
    assert!(refused.to_string().contains("was changed after it was written"), "{refused}");
}
