//! Floats that are no numbers, and those that tell rows apart.

use std::sync::atomic::AtomicBool;

use camino::{Utf8Path, Utf8PathBuf};

use super::super::compare_tables;
use crate::domain::Expect;
use crate::domain::compare::{ColumnFacts, TableDifference};
use crate::store::expect::{DataFile, check};
use crate::store::testing::{Column, parquet, temp};

fn floats(root: &Utf8Path, name: &str, columns: [&[f64]; 2]) -> Utf8PathBuf {
    let path = root.join(name);
    let [a, b] = columns.map(|values| values.iter().copied().map(Some).collect::<Vec<_>>());
    parquet(
        &path,
        "optional double dep_delay; optional double noise;",
        &[Column::Float(&a), Column::Float(&b)],
    );
    path
}

fn facts(table: &TableDifference, column: usize) -> [ColumnFacts; 2] {
    let column = &table.columns[column];
    [column.old.clone().unwrap(), column.new.clone().unwrap()]
}

fn told(old: &Utf8Path, new: &Utf8Path) -> (TableDifference, Vec<String>, String) {
    let table = compare_tables(old.as_std_path(), new.as_std_path(), &[]).unwrap();
    let first = table.first().map(|(column, told)| format!("{}: {told}", column.unwrap_or("rows")));
    let told = table.told_of(&table.columns[0]);
    (table, told, first.unwrap_or_default())
}

#[test]
fn what_became_no_number_is_where_two_tables_parted() {
    let (_dir, root) = temp();
    let delays: Vec<f64> = (0..1_000).map(|at| f64::from(at % 40) - 20.0).collect();
    let noise: Vec<f64> = (0..1_000).map(|at| f64::from(at % 17) / 17.0).collect();
    let moved: Vec<f64> =
        noise.iter().enumerate().map(|(at, value)| value + f64::from(u8::from(at < 50))).collect();
    let old = floats(&root, "old.parquet", [&delays, &noise]);
    let odd = |odd: f64| -> Vec<f64> {
        delays.iter().enumerate().map(|(at, value)| if at % 10 < 3 { odd } else { *value }).collect()
    };
    let new = floats(&root, "new.parquet", [&odd(f64::NAN), &moved]);
    let (table, told_of, first) = told(&old, &new);
    assert_eq!(first, "dep_delay: NaN 0 % → 30 %");
    assert_eq!(told_of[0], "NaN 0 % → 30 %");
    let [was, is] = facts(&table, 0);
    assert_eq!((was.nans, is.nans, is.nulls, is.max.as_deref()), (0, 300, 0, Some("19")));
    assert!(is.mean.is_some_and(f64::is_finite) && is.histogram.iter().sum::<u64>() == 700);
    let new = floats(&root, "new.parquet", [&odd(f64::INFINITY), &moved]);
    let (table, _, first) = told(&old, &new);
    assert_eq!(first, "dep_delay: infinite 0 % → 30 %");
    let [_, is] = facts(&table, 0);
    assert_eq!((is.infinite, is.min.as_deref(), is.max.as_deref()), (300, Some("-17"), Some("inf")));
    // From one side of all numbers to the other.
    let below = floats(&root, "below.parquet", [&odd(f64::NEG_INFINITY), &moved]);
    assert_eq!(told(&new, &below).2, "dep_delay: other values: `inf` before, `-inf` now");
    assert!(told(&new, &new).0.is_same());
    // All of them, and the only one.
    let all = floats(&root, "all.parquet", [&[f64::NAN; 1_000], &noise]);
    assert_eq!(told(&old, &all).2, "dep_delay: NaN 0 % → 100 %");
    assert!(told(&all, &all).0.is_same());
    let one = floats(&root, "one.parquet", [&[2.5], &[0.0]]);
    let none = floats(&root, "none.parquet", [&[f64::NAN], &[0.0]]);
    assert_eq!(told(&one, &none).2, "dep_delay: 2.5 → NaN");
}

#[test]
fn a_csv_column_of_numbers_has_what_is_none_by_its_names() {
    let (_dir, root) = temp();
    let written = |name: &str, value: &dyn Fn(i32) -> String| {
        let path = root.join(name);
        let rows: String = (-500..500).map(|at| value(at) + "\n").collect();
        fs_err::write(&path, format!("x\n{rows}")).unwrap();
        path
    };
    let odd =
        |odd: &'static str| move |at: i32| if at % 4 == 0 { odd.to_owned() } else { format!("{at}.0000") };
    let old = written("old.csv", &|at| format!("{at}.0000"));
    for (name, nans, infinite, ends) in [
        ("nan", 250, 0, ["-499", "499"]),
        ("NaN", 250, 0, ["-499", "499"]),
        ("inf", 0, 250, ["-499", "inf"]),
        ("-inf", 0, 250, ["-inf", "499"]),
        ("Infinity", 0, 250, ["-499", "inf"]),
        ("-Infinity", 0, 250, ["-inf", "499"]),
    ] {
        let new = written("new.csv", &odd(name));
        let (table, told_of, _) = told(&old, &new);
        let [_, is] = facts(&table, 0);
        assert_eq!((is.kind.as_str(), is.nans, is.infinite), ("FLOAT64", nans, infinite), "{name}");
        assert_eq!([is.min.as_deref(), is.max.as_deref()], ends.map(Some), "{name}");
        assert!(is.mean.is_some() && is.histogram.iter().sum::<u64>() == 750, "{name}");
        let what = if nans > 0 { "NaN" } else { "infinite" };
        assert_eq!(told_of[0], format!("{what} 0 % → 25 %"), "{name}");
    }
    // However it is spelled.
    let [one, other] = ["nan", "NaN"].map(|name| written(&format!("{name}.csv"), &odd(name)));
    assert!(told(&one, &other).0.is_same());
    // In a column of texts, by its letters.
    let names =
        |odd: &'static str| move |at: i32| if at % 4 == 0 { odd.to_owned() } else { format!("name {at}") };
    let [one, other] = ["nan", "NaN"].map(|name| written(&format!("{name}.csv"), &names(name)));
    let (table, _, first) = told(&one, &other);
    assert_eq!((table.gone, table.come), (250, 250));
    assert_eq!(first, "x: 25 % of the values are others");
    assert_eq!(
        facts(&table, 0).map(|facts| (facts.nans, facts.kind)),
        [(0, "STRING".into()), (0, "STRING".into())]
    );
}

/// What an output's `unique` lets pass tells its rows apart.
#[test]
fn floats_tell_rows_apart_for_whoever_asks() {
    let (_dir, root) = temp();
    let path = root.join("old.parquet");
    let millis: Vec<Option<f64>> = (0..1_000).map(|at| Some(1_700_000_000_000.0 + f64::from(at))).collect();
    let seconds: Vec<Option<f64>> =
        (0..1_000).map(|at| Some(1_700_000_000.0 + f64::from(at) / 1_000_000.0)).collect();
    let mut twice = millis.clone();
    (twice[1], twice[2]) = (twice[0], twice[0]);
    for (values, shared) in [(&millis, 0), (&seconds, 0), (&twice, 3)] {
        parquet(&path, "optional double id;", &[Column::Float(values)]);
        let expect = Expect { unique: vec!["id".to_owned()], ..Expect::default() };
        let data = [DataFile::at(path.as_std_path()).unwrap()];
        let passes = check(&expect, &data, &AtomicBool::new(false));
        assert_eq!(passes.is_ok(), shared == 0, "{passes:?}");
        let table = compare_tables(path.as_std_path(), path.as_std_path(), &["id".to_owned()]).unwrap();
        assert_eq!(table.keyed.as_ref().map(|keyed| keyed.matched), passes.ok());
        let note = format!("rows are not told apart by id: {shared} of them share theirs with another");
        assert_eq!(table.notes, if shared > 0 { vec![note] } else { Vec::new() });
    }
    // Also where they are asked for nothing but their number.
    parquet(&path, "optional double id;", &[Column::Float(&millis)]);
    let table = compare_tables(path.as_std_path(), path.as_std_path(), &[]).unwrap();
    assert_eq!(facts(&table, 0)[0].distinct, 1_000);
}

/// What was computed twice differs in its last digit, and is the same row.
#[test]
fn noise_in_a_key_parts_no_rows() {
    let (_dir, root) = temp();
    let keyed = |old: (&str, Column), new: (&str, Column)| {
        let [old, new] = [("old", old), ("new", new)].map(|(name, (columns, data))| {
            let path = root.join(format!("{name}.parquet"));
            parquet(&path, columns, &[data]);
            path
        });
        let table = compare_tables(old.as_std_path(), new.as_std_path(), &["id".to_owned()]).unwrap();
        let keyed = table.keyed.clone().unwrap();
        (keyed.matched, keyed.removed, keyed.added, table)
    };
    let (double, short) = ("optional double id;", "required float id;");
    let exact = [Some(0.3), Some(0.7), Some(1e9)];
    let noise = [Some(0.1 + 0.2), Some(0.1 + 0.6), Some(1e9)];
    let (matched, removed, added, table) =
        keyed((double, Column::Float(&exact)), (double, Column::Float(&noise)));
    assert_eq!((matched, removed, added), (3, 0, 0));
    assert!(table.is_same(), "{table:?}");
    // Half as long, 0.3 is another number than 0.3, and the same key.
    let (matched, removed, added, table) =
        keyed((short, Column::Short(&[0.3, 0.7, 1e9])), (double, Column::Float(&noise)));
    assert_eq!((matched, removed, added), (3, 0, 0));
    assert_eq!(table.first().unwrap().1, "FLOAT32 → FLOAT64");
    // What differs before the last digits is another row, however little that is.
    let later: Vec<Option<f64>> = (0..50).map(|at| Some(1_357_016_400.000_4 + f64::from(at))).collect();
    let whole: Vec<Option<f64>> = (0..50).map(|at| Some(1_357_016_400.0 + f64::from(at))).collect();
    let (matched, removed, added, table) =
        keyed((double, Column::Float(&whole)), (double, Column::Float(&later)));
    assert_eq!((matched, removed, added), (0, 50, 50));
    assert!(!table.columns[0].same && !table.is_same());
    // Where the last digits alone tell rows apart, they do.
    let moments = |first: i32| -> Vec<Option<f64>> {
        (first..first + 100).map(|at| Some(1_700_000_000.0 + f64::from(at) / 1e6)).collect()
    };
    let (old, new) = (moments(0), moments(10));
    let (matched, removed, added, _) = keyed((double, Column::Float(&old)), (double, Column::Float(&new)));
    assert_eq!((matched, removed, added), (90, 10, 10));
}

#[test]
fn numbers_of_types_that_few_have_are_numbers() {
    let (_dir, root) = temp();
    let written = |name: &str, byte: i32, large: i64, half: u16| {
        let path = root.join(name);
        let columns = "required int32 b (UINT_8); required int32 n (UINT_32); required int64 l (UINT_64);
                       required fixed_len_byte_array(2) h (FLOAT16);";
        let data = [
            Column::Day(&[byte, 7]),
            Column::Day(&[-1, byte]),
            Column::Int(&[large, 2]),
            Column::Half(&[half, 0x3c00]),
        ];
        parquet(&path, columns, &data);
        path
    };
    let old = written("old.parquet", 1, -1, 0x3800);
    let table = told(&old, &written("new.parquet", 3, -2, 0x4000)).0;
    let facts: Vec<_> = table.columns.iter().map(|column| column.old.clone().unwrap()).collect();
    let ends = |at: usize| (facts[at].kind.as_str(), facts[at].min.as_deref(), facts[at].max.as_deref());
    assert_eq!(ends(0), ("INT64", Some("1"), Some("7")));
    assert_eq!(ends(1), ("INT64", Some("1"), Some("4294967295")));
    assert_eq!(ends(2), ("INT64", Some("2"), Some("18446744073709551615")));
    assert_eq!(ends(3), ("FLOAT64", Some("0.5"), Some("1")));
    assert!(table.columns.iter().all(|column| !column.same), "{table:?}");
    assert_eq!(table.told_of(&table.columns[0]), ["mean 4 → 5"]);
    assert!(told(&old, &old).0.is_same());
}

/// What lies beyond all numbers has a side, too.
#[test]
fn what_went_from_one_side_of_all_numbers_to_the_other_has_moved() {
    let (_dir, root) = temp();
    let noise: Vec<f64> = (0..1_000).map(|at| f64::from(at % 17)).collect();
    let odd = |odd: f64| -> Vec<f64> { (0..1_000).map(|at| if at % 10 < 3 { odd } else { 1.0 }).collect() };
    let moved: Vec<f64> = noise.iter().map(|value| value + 0.5).collect();
    let old = floats(&root, "old.parquet", [&odd(f64::INFINITY), &noise]);
    let new = floats(&root, "new.parquet", [&odd(f64::NEG_INFINITY), &moved]);
    let (table, _, first) = told(&old, &new);
    assert!((table.columns[0].shift - 0.3).abs() < 1e-9);
    assert_eq!(first, "dep_delay: other values: `inf` before, `-inf` now");
}

#[test]
fn whole_numbers_of_json_are_told_apart_however_large_they_are() {
    let (_dir, root) = temp();
    let written = |name: &str, number: &str| {
        let path = root.join(name);
        fs_err::write(&path, format!("[{{\"id\": {number}}}, {{\"id\": 1}}]")).unwrap();
        path
    };
    let is_same =
        |old: &str, new: &str| told(&written("old.json", old), &written("new.json", new)).0.is_same();
    assert!(!is_same("18446744073709551616", "18446744073709551619"));
    assert!(!is_same("-9223372036854775809", "-9223372036854775810"));
    assert!(is_same("18446744073709551616", "18446744073709551616"));
    // However they are written.
    assert!(is_same("100000000000000000000", "1e20") && is_same("-0", "0") && is_same("2.50", "2.5"));
}

#[test]
fn a_number_and_a_text_of_the_same_letters_are_not_shown_alike() {
    let (_dir, root) = temp();
    let written = |name: &str, value: &str| {
        let path = root.join(name);
        let rows = format!("{{\"id\": \"a\", \"n\": {value}}}\n{{\"id\": \"b\", \"n\": \"x\"}}\n");
        fs_err::write(&path, rows).unwrap();
        path
    };
    let (old, new) = (written("old.jsonl", "1"), written("new.jsonl", "\"1\""));
    let table = compare_tables(old.as_std_path(), new.as_std_path(), &["id".to_owned()]).unwrap();
    let rows: Vec<_> = table.keyed.iter().flat_map(|keyed| &keyed.examples).collect();
    let told: Vec<_> =
        rows.iter().map(|row| [&row.key[0], &row.old, &row.new].map(Option::as_deref)).collect();
    assert_eq!(told, [[Some("a"), Some("1"), Some("\"1\"")]]);
    // Beside others that are shown as they are.
    let other = written("other.jsonl", "2");
    let table = compare_tables(old.as_std_path(), other.as_std_path(), &["id".to_owned()]).unwrap();
    let row = &table.keyed.unwrap().examples[0];
    assert_eq!((row.old.as_deref(), row.new.as_deref()), (Some("1"), Some("2")));
}
