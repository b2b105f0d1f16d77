//! Values with parts, and values that are parts of other rows.

use super::super::compare_tables;
use crate::domain::compare::TableDifference;
use crate::store::testing::{Column, parquet, temp};

const COLUMNS: &str = "required group emb (LIST) { repeated group list { required double element; } }
    required group s { optional double p; }
    required group m (MAP) { repeated group key_value { required binary key (STRING); required double value; } }";

type Row<'a> = (&'a [f64], f64, &'a [(&'a str, f64)]);

fn compared(old: &[Row], new: &[Row]) -> TableDifference {
    let (_dir, root) = temp();
    let [old, new] = [("old.parquet", old), ("new.parquet", new)].map(|(name, rows)| {
        let path = root.join(name);
        let lists: Vec<&[f64]> = rows.iter().map(|row| row.0).collect();
        let fields: Vec<Option<f64>> = rows.iter().map(|row| Some(row.1)).collect();
        let names: Vec<Vec<&str>> =
            rows.iter().map(|row| row.2.iter().map(|entry| entry.0).collect()).collect();
        let values: Vec<Vec<f64>> =
            rows.iter().map(|row| row.2.iter().map(|entry| entry.1).collect()).collect();
        let names: Vec<&[&str]> = names.iter().map(Vec::as_slice).collect();
        let values: Vec<&[f64]> = values.iter().map(Vec::as_slice).collect();
        let data =
            [Column::Floats(&lists), Column::Float(&fields), Column::Names(&names), Column::Floats(&values)];
        parquet(&path, COLUMNS, &data);
        path
    });
    compare_tables(old.as_std_path(), new.as_std_path(), &[]).unwrap()
}

#[test]
fn floats_within_values_are_told_apart_at_as_many_digits_as_elsewhere() {
    let old: Row = (&[0.25, 1.5, f64::NAN], 0.3, &[("a", 1.0), ("b", 0.1)]);
    let same: Row = (&[0.25 + 1e-16, 1.5 - 1e-15, f64::NAN], 0.1 + 0.2, &[("b", 0.1), ("a", 1.0 + 1e-15)]);
    let empty: Row = (&[], 0.0, &[]);
    let table = compared(&[old, empty], &[empty, same]);
    assert!(table.is_same() && table.first().is_none(), "{table:?}");
    assert!(table.columns.iter().all(|column| column.same && column.old.as_ref().unwrap().distinct == 2));
    let others: [(Row, usize, &str); 3] = [
        ((&[0.25, 1.5, 0.0], 0.3, old.2), 0, "[0.25, 1.5, 0]"),
        ((old.0, 0.300_000_000_01, old.2), 1, "{\"p\": 0.30000000001}"),
        ((old.0, 0.3, &[("a", 0.1), ("b", 1.0)]), 2, "{\"a\": 0.1, \"b\": 1}"),
    ];
    for (other, at, shown) in others {
        let table = compared(&[old, empty], &[other, empty]);
        assert_eq!((table.gone, table.come), (1, 1), "{shown}");
        let differing: Vec<usize> = (0..3).filter(|column| !table.columns[*column].same).collect();
        assert_eq!(differing, [at]);
        let frequent = &table.columns[at].new.as_ref().unwrap().frequent;
        assert!(frequent.iter().any(|value| value.value == shown), "{frequent:?}");
    }
}

fn texts(name: &str, was: &str, is: &str) -> TableDifference {
    let (_dir, root) = temp();
    let [old, new] = ["old", "new"].map(|side| root.join(format!("{side}.{name}")));
    fs_err::write(&old, was).unwrap();
    fs_err::write(&new, is).unwrap();
    compare_tables(old.as_std_path(), new.as_std_path(), &[]).unwrap()
}

#[test]
fn json_within_json_is_the_same_in_whatever_order_its_names_are() {
    let was = "{\"x\": [0.3], \"y\": {\"a\": 1, \"b\": [2.0]}}\n";
    assert!(texts("jsonl", was, "{\"y\": {\"b\":[2], \"a\":1}, \"x\":[0.30000000000000004]}\n").is_same());
    let table = texts("jsonl", was, "{\"x\": [0.3], \"y\": {\"a\": [2.0], \"b\": 1}}\n");
    assert_eq!((table.columns[0].same, table.columns[1].same), (true, false));
}

#[test]
fn of_a_json_document_it_is_told_what_in_it_is_another() {
    let was = r#"{"model": {"layers": [{"size": 8}, {"size": 16}], "name": "m"}, "seed": 3}"#;
    let is = r#"{"model": {"layers": [{"size": 8}, {"size": 32}], "name": "m"}, "seed": 3, "more": {}}"#;
    let table = texts("json", was, is);
    let told: Vec<String> = table
        .columns
        .iter()
        .filter(|column| !column.same)
        .map(|column| format!("{} {}", column.name, table.told_of(column).join("; ")))
        .collect();
    assert_eq!(told, ["model.layers[1].size 16 → 32", "more the column is new"]);
    assert_eq!(table.columns.len(), 5);
    assert!(texts("json", was, was).is_same());
    // Rows stay rows.
    let rows =
        texts("json", r#"[{"a": {"b": 1}}, {"a": {"b": 2}}]"#, r#"[{"a": {"b": 1}}, {"a": {"b": 3}}]"#);
    assert_eq!(rows.columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>(), ["a"]);
}

#[test]
fn values_that_stand_beside_others_are_other_rows() {
    let table = texts("csv", "a,b\n1,1\n2,2\n", "a,b\n2,1\n1,2\n");
    assert_eq!((table.gone, table.come, table.is_same()), (2, 2, false));
    assert!(table.columns.iter().all(|column| column.same && table.told_of(column).is_empty()));
    assert_eq!(table.first(), Some((None, "2 rows · 2 only before, 2 only now".to_owned())));
}

#[test]
fn a_column_that_would_tell_rows_apart_is_known() {
    let was = "p,id,day\n0.5,a,1\n0.25,b,1\n";
    let key = |is: &str| texts("csv", was, is).may_be_key().map(str::to_owned);
    assert_eq!(key("p,id,day\n0.75,b,1\n0.125,a,1\n").as_deref(), Some("id"));
    // Others, or one of them twice, or nothing to tell.
    for is in ["p,id,day\n0.75,c,1\n0.125,a,1\n", "p,id,day\n0.75,a,1\n0.125,a,1\n", was] {
        assert_eq!(key(is), None, "{is}");
    }
}

#[test]
fn a_table_is_told_by_its_name_in_any_case_and_may_be_parted_by_tabs() {
    for (name, part) in [("CSV", ","), ("tsv", "\t"), ("TSV", "\t"), ("Csv", ",")] {
        let [was, is] = [2, 3].map(|value| format!("id{part}a\n1{part}{value}\n"));
        let table = texts(name, &was, &is);
        assert_eq!(
            table.columns.iter().map(|column| column.same).collect::<Vec<_>>(),
            [true, false],
            "{name}"
        );
        assert_eq!(table.first().unwrap(), (Some("a"), "2 → 3".to_owned()), "{name}");
    }
}

/// Their values may be the same as far as anybody sees.
#[test]
fn another_type_of_a_part_is_another_type() {
    let (_dir, root) = temp();
    let [old, new] = ["old.parquet", "new.parquet"].map(|name| root.join(name));
    parquet(&old, "required group s { required int64 p; }", &[Column::Int(&[1, 2])]);
    parquet(&new, "required group s { optional double p; }", &[Column::Float(&[Some(1.0), Some(2.0)])]);
    let table = compare_tables(old.as_std_path(), new.as_std_path(), &[]).unwrap();
    assert_eq!((table.gone, table.come), (0, 0));
    assert_eq!(
        table.first(),
        Some((Some("s"), "STRUCT<p INT64> → STRUCT<p FLOAT64>".to_owned())),
        "{table:?}"
    );
}

/// In milliseconds or microseconds, with one digit after the point or two.
#[test]
fn moments_and_decimals_within_values_are_what_they_mean() {
    let (_dir, root) = temp();
    let [old, new] = ["old.parquet", "new.parquet"].map(|name| root.join(name));
    let columns = |unit: &str, scale: u32| {
        format!(
            "required group s {{ required int64 at (TIMESTAMP_{unit}); required int64 d (DECIMAL(18,{scale})); }}"
        )
    };
    let at = 1_357_016_400_000;
    parquet(&old, &columns("MILLIS", 1), &[Column::Int(&[at, at + 1]), Column::Int(&[15, 20])]);
    let same = |micros: i64, hundredths: i64| {
        let data = [Column::Int(&[at * 1_000, at * 1_000 + micros]), Column::Int(&[hundredths, 200])];
        parquet(&new, &columns("MICROS", 2), &data);
        let table = compare_tables(old.as_std_path(), new.as_std_path(), &[]).unwrap();
        (table.gone, table.come) == (0, 0)
    };
    assert!(same(1_000, 150));
    assert!(!same(1_001, 150) && !same(1_000, 151));
}
