use proptest::prelude::*;

use super::super::compare_tables;
use crate::store::testing::{Column, parquet, temp};

fn table() -> Vec<u8> {
    let (_dir, root) = temp();
    let path = root.join("a.parquet");
    let columns = "required int64 id; optional binary carrier (STRING); optional double delay; required int32 day (DATE);";
    let ids: Vec<i64> = (0..50).collect();
    let carriers: Vec<Option<&str>> = (0..50).map(|at| (at % 7 > 0).then_some("UA")).collect();
    let delays: Vec<Option<f64>> = (0..50).map(|at| (at % 5 > 0).then_some(f64::from(at))).collect();
    let days: Vec<i32> = (15_000..15_050).collect();
    parquet(
        &path,
        columns,
        &[Column::Int(&ids), Column::Text(&carriers), Column::Float(&delays), Column::Day(&days)],
    );
    fs_err::read(path).unwrap()
}

/// What came of it against what is whole; whatever it is, it is an answer.
fn against_whole(name: &str, bytes: &[u8], whole: &[u8]) -> Result<bool, String> {
    let (_dir, root) = temp();
    let (old, new) = (root.join(format!("whole.{name}")), root.join(format!("torn.{name}")));
    fs_err::write(&old, whole).unwrap();
    fs_err::write(&new, bytes).unwrap();
    compare_tables(old.as_std_path(), new.as_std_path(), &["id".to_owned()]).map(|table| table.is_same())
}

#[test]
fn a_table_that_is_torn_is_told_of_by_its_name() {
    let whole = table();
    let why = against_whole("parquet", &whole[..whole.len() / 2], &whole).unwrap_err();
    assert!(why.starts_with("torn.parquet: it is not readable as Parquet"), "{why}");
    assert_eq!(against_whole("parquet", &whole, &whole), Ok(true));
    let why = against_whole("csv", b"id,a\n1,2\n3\n", b"id,a\n1,2\n").unwrap_err();
    assert_eq!(why, "torn.csv: row 2: it has 1 field, where 2 columns are named");
    let why = against_whole("json", b"[{\"id\": 1}, {", b"[]").unwrap_err();
    assert!(why.starts_with("torn.json: row 2: "), "{why}");
    assert_eq!(against_whole("json", b"[]", b""), Ok(true));
}

/// Groups of many rows in a few bytes, and a footer that says there are few.
#[test]
fn rows_that_the_footer_does_not_tell_of_are_not_read() {
    use parquet::file::metadata::{
        FileMetaData, ParquetMetaData, ParquetMetaDataReader, ParquetMetaDataWriter,
    };

    let (_dir, root) = temp();
    let path = root.join("torn.parquet");
    parquet(&path, "required int64 id;", &[Column::Int(&[7; 20_000])]);
    let bytes = fs_err::read(&path).unwrap();
    let footer = u32::from_le_bytes(bytes[bytes.len() - 8..bytes.len() - 4].try_into().unwrap());
    let told = ParquetMetaDataReader::new().parse_and_finish(&std::fs::File::open(&path).unwrap()).unwrap();
    let facts = told.file_metadata();
    let claimed = FileMetaData::new(facts.version(), 5, None, None, facts.schema_descr_ptr(), None);
    // The writer adds up what the groups claim.
    let group = |at: i64| {
        let rows = if at == 0 { 5 } else { 0 };
        told.row_groups()[0].clone().into_builder().set_num_rows(rows).build().unwrap()
    };
    let groups = (0..10).map(group).collect();
    let mut torn = bytes[..bytes.len() - 8 - footer as usize].to_vec();
    ParquetMetaDataWriter::new(&mut torn, &ParquetMetaData::new(claimed, groups)).finish().unwrap();
    let why = against_whole("parquet", &torn, &table()).unwrap_err();
    assert!(why.contains("it has more rows than its footer says"), "{why}");
}

#[test]
fn of_a_table_with_too_many_columns_none_is_compared() {
    let keys: Vec<String> = (0..2_001).map(|at| format!("\"k{at}\": 1")).collect();
    let why = against_whole("jsonl", format!("{{{}}}", keys.join(", ")).as_bytes(), b"").unwrap_err();
    assert!(why.contains("more than 2000 columns"), "{why}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn whatever_is_in_a_table_is_answered(edits in prop::collection::vec((0.0..1.0f64, any::<u8>()), 1..6)) {
        let whole = table();
        let mut bytes = whole.clone();
        for (at, byte) in edits {
            let at = (at * bytes.len() as f64) as usize;
            bytes[at] = byte;
        }
        if let Err(why) = against_whole("parquet", &bytes, &whole) {
            prop_assert!(why.contains("torn.parquet") || why.contains("column `"), "{}", why);
        }
    }

    #[test]
    fn whatever_is_in_a_text_is_answered(
        text in "([a-c\"\\[\\]{}:,0-9.e\n-]|\"id\": ?|null){0,60}", name in prop::sample::select(vec!["csv", "json"]),
    ) {
        if let Err(why) = against_whole(name, text.as_bytes(), b"") {
            prop_assert!(why.contains("torn.") || why.contains("column `"), "{}", why);
        }
    }
}
