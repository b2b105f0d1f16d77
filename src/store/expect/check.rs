use std::collections::HashMap;
use std::sync::atomic::AtomicBool;

use sha2::{Digest as _, Sha256};

use super::data_file::{DataFile, Format};
use super::rule::Rule;
use crate::domain::{ColumnType, Expect};

/// Values longer than this are cut in a message.
const LONGEST: usize = 60;
/// Columns that a message names.
const NAMED: usize = 50;

/// The rows of an output's files, where their footers tell; None if one does not, or they claim too many.
pub(in crate::store) fn count_cheaply(data: &[DataFile], files: usize) -> Option<u64> {
    if data.is_empty() || data.len() != files {
        return None;
    }
    data.iter().try_fold(0u64, |rows, file| rows.checked_add(file.rows_in_footer()?))
}

/// Checks the rows of all files together; answers with their number. The error tells every rule that is broken, or
/// that it was given up.
pub(in crate::store) fn check(
    expect: &Expect,
    data: &[DataFile],
    given_up: &AtomicBool,
) -> Result<u64, String> {
    let mut rows = Rows::new(expect);
    for file in data {
        rows.file(file, given_up)?;
    }
    let count = rows.count;
    let mut broken: Vec<String> = Vec::new();
    let rules = rows.rules();
    broken.extend(rules.filter(|rule| rule.is_broken()).map(|rule| rule.to_string()));
    if expect.min_rows.is_some_and(|least| count < least) {
        broken.push(format!("it has {count} rows, min_rows is {}", expect.min_rows.unwrap_or_default()));
    }
    if expect.max_rows.is_some_and(|most| count > most) {
        broken.push(format!("it has {count} rows, max_rows is {}", expect.max_rows.unwrap_or_default()));
    }
    if broken.is_empty() { Ok(count) } else { Err(broken.join(" · ")) }
}

struct Rows<'a> {
    expect: &'a Expect,
    count: u64,
    /// Sum of the unique columns' values → the row they were first seen in.
    seen: HashMap<[u8; 16], u64>,
    unique: Rule,
    not_null: Vec<(&'a str, Rule)>,
    accepted: Vec<(&'a str, &'a [String], Rule)>,
    /// Where the format does not tell types, each value is tried.
    typed: Vec<(&'a str, ColumnType, Rule)>,
}

impl<'a> Rows<'a> {
    fn new(expect: &'a Expect) -> Self {
        let accepted = expect.accepted_values.iter();
        Self {
            expect,
            count: 0,
            seen: HashMap::new(),
            unique: Rule::new(format!("unique [{}]", expect.unique.join(", "))),
            not_null: expect
                .not_null
                .iter()
                .map(|column| (column.as_str(), Rule::new(format!("not_null [{column}]"))))
                .collect(),
            accepted: accepted
                .map(|(column, values)| {
                    let rule = Rule::new(format!("accepted_values of `{column}` ({})", values.join(", ")));
                    (column.as_str(), values.as_slice(), rule)
                })
                .collect(),
            typed: expect
                .columns
                .iter()
                .map(|(column, kind)| (column.as_str(), *kind, Rule::new(format!("`{column}` is {kind}"))))
                .collect(),
        }
    }

    fn rules(&self) -> impl Iterator<Item = &Rule> {
        std::iter::once(&self.unique)
            .chain(self.not_null.iter().map(|(_, rule)| rule))
            .chain(self.accepted.iter().map(|(_, _, rule)| rule))
            .chain(self.typed.iter().map(|(_, _, rule)| rule))
    }

    /// Columns whose values must be looked at.
    fn wanted(&self, with_types: bool) -> Vec<&'a str> {
        let unique = self.expect.unique.iter().map(String::as_str);
        let typed = self.typed.iter().filter(|_| with_types).map(|(column, ..)| *column);
        let mut wanted: Vec<&str> = unique
            .chain(self.not_null.iter().map(|(column, _)| *column))
            .chain(self.accepted.iter().map(|(column, ..)| *column))
            .chain(typed)
            .collect();
        wanted.sort_unstable();
        wanted.dedup();
        wanted
    }

    fn file(&mut self, file: &DataFile, given_up: &AtomicBool) -> Result<(), String> {
        let columns = file.columns(given_up)?;
        let types_known = file.format == Format::Parquet;
        if let Some(columns) = &columns {
            let wanted = self.wanted(true);
            if let Some(missing) = wanted.iter().find(|name| !columns.iter().any(|(has, _)| has == *name)) {
                let mut has: Vec<String> = columns.iter().take(NAMED).map(|(name, _)| cut(name)).collect();
                if columns.len() > NAMED {
                    has.push("…".to_owned());
                }
                return Err(format!("{} has no column `{missing}`; it has {}", file.name, has.join(", ")));
            }
            for (name, kind) in self.expect.columns.iter().filter(|_| types_known) {
                let found = columns.iter().find(|(has, _)| has == name).and_then(|(_, found)| *found);
                if !found.is_some_and(|found| found == *kind || is_text_for(found, *kind)) {
                    let found = found.map_or("nested", ColumnType::as_str);
                    return Err(format!("{}: column `{name}` is {found}, not {kind}", file.name));
                }
            }
        }
        let wanted = self.wanted(!types_known);
        let before = self.count;
        let mut row = |values: &[_]| self.row(&wanted, values, &file.name, before);
        let rows = file.each(&wanted, &mut row, given_up)?;
        self.count = before.saturating_add(rows);
        Ok(())
    }

    fn row(&mut self, wanted: &[&str], values: &[Option<String>], file: &str, before: u64) {
        self.count += 1;
        let number = self.count - before;
        let at = || format!("row {number} of {file}");
        let value = |column: &str| {
            wanted.binary_search(&column).ok().and_then(|place| values.get(place)).and_then(Option::as_deref)
        };
        for (column, rule) in &mut self.not_null {
            if value(column).is_none() {
                rule.breaks(at);
            }
        }
        for (column, accepted, rule) in &mut self.accepted {
            if let Some(text) = value(column).filter(|text| !accepted.iter().any(|one| one == text)) {
                rule.breaks(|| format!("{} in {}", cut(text), at()));
            }
        }
        for (column, kind, rule) in &mut self.typed {
            if let Some(text) = value(column).filter(|text| !kind.fits(text)) {
                rule.breaks(|| format!("{} in {}", cut(text), at()));
            }
        }
        // As in SQL, nulls are equal to nothing; that none is there is `not_null`'s business.
        let key: Option<Vec<&str>> = self.expect.unique.iter().map(|column| value(column)).collect();
        if let Some(key) = key.filter(|key| !key.is_empty()) {
            let first = *self.seen.entry(sum(&key)).or_insert(self.count);
            if first != self.count {
                self.unique.breaks(|| format!("{} in {}, as in row {first}", cut(&key.join(", ")), at()));
            }
        }
    }
}

/// JSON is stored as text where the writer cannot mark it.
fn is_text_for(found: ColumnType, wanted: ColumnType) -> bool {
    found == ColumnType::String && wanted == ColumnType::Json
}

/// 16 bytes in place of the values, so that memory does not grow with their length.
fn sum(key: &[&str]) -> [u8; 16] {
    let mut hash = Sha256::new();
    for text in key {
        hash.update((text.len() as u64).to_le_bytes());
        hash.update(text.as_bytes());
    }
    let mut sum = [0; 16];
    sum.copy_from_slice(&hash.finalize()[..16]);
    sum
}

fn cut(text: &str) -> String {
    let clean: String = text.chars().take(LONGEST).flat_map(char::escape_debug).collect();
    if text.chars().nth(LONGEST).is_some() { format!("{clean}…") } else { clean }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};

    use camino::Utf8Path;

    use super::super::super::testing::{Column, parquet, temp};
    use super::super::super::walk::{SecondNames, walk};
    use super::*;

    fn checked(root: &Utf8Path, expect: &Expect) -> Result<u64, String> {
        checked_until(root, expect, &AtomicBool::new(false))
    }

    fn checked_until(root: &Utf8Path, expect: &Expect, given_up: &AtomicBool) -> Result<u64, String> {
        let files = walk(root, SecondNames::Refused, &Default::default()).unwrap().files;
        let data: Vec<DataFile> = files.iter().filter_map(|file| DataFile::of(root, file)).collect();
        check(expect, &data, given_up)
    }

    fn texts(of: &[&str]) -> Vec<String> {
        of.iter().map(|text| (*text).to_owned()).collect()
    }

    fn everything() -> Expect {
        Expect {
            min_rows: Some(1),
            max_rows: Some(3),
            columns: [("carrier".to_owned(), ColumnType::String), ("n".to_owned(), ColumnType::Int64)].into(),
            unique: texts(&["carrier"]),
            not_null: texts(&["n"]),
            accepted_values: [("carrier".to_owned(), texts(&["UA", "AA"]))].into(),
        }
    }

    const COLUMNS: &str = "optional binary carrier (STRING); required int64 n;";

    #[test]
    fn rows_of_all_formats_are_held_to_the_same_rules() {
        let good: [(&str, &str); 4] = [
            ("a.csv", "carrier,n\nUA,1\nAA,2\n"),
            ("a.json", r#" [{"carrier": "UA", "n": 1}, {"n": 2, "carrier": "AA"}]"#),
            ("a.jsonl", "{\"carrier\": \"UA\", \"n\": 1}\n{\"carrier\": null, \"n\": 2}\n"),
            ("a.csv.gz", "carrier,n\nUA,1\n,2\n"),
        ];
        for (name, text) in good {
            let (_dir, root) = temp();
            let mut bytes = text.as_bytes().to_vec();
            if name.ends_with(".gz") {
                let mut zip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
                zip.write_all(&bytes).unwrap();
                bytes = zip.finish().unwrap();
            }
            fs_err::write(root.join(name), bytes).unwrap();
            assert_eq!(checked(&root, &everything()), Ok(2), "{name}");
            let given_up = checked_until(&root, &everything(), &AtomicBool::new(true)).unwrap_err();
            assert!(given_up.contains("given up"), "{name}: {given_up}");
        }
        let (_dir, root) = temp();
        parquet(root.join("a.parquet"), COLUMNS, &[Column::Text(&[Some("UA"), None]), Column::Int(&[1, 2])]);
        assert_eq!(checked(&root, &everything()), Ok(2));
        let given_up = checked_until(&root, &everything(), &AtomicBool::new(true)).unwrap_err();
        assert!(given_up.contains("given up"), "{given_up}");
    }

    #[test]
    fn a_broken_rule_names_its_column_and_shows_rows() {
        let (_dir, root) = temp();
        fs_err::write(root.join("a.csv"), "carrier,n\nUA,1\nZZ,\nUA,x\n").unwrap();
        let why = checked(&root, &Expect { max_rows: Some(2), ..everything() }).unwrap_err();
        for part in [
            "1 row breaks unique [carrier]: UA in row 3 of a.csv, as in row 1",
            "not_null [n]: row 2 of a.csv",
            "accepted_values of `carrier` (UA, AA): ZZ in row 2",
            "`n` is INT64: x in row 3",
            "it has 3 rows, max_rows is 2",
        ] {
            assert!(why.contains(part), "{part} in {why}");
        }
    }

    #[test]
    fn columns_that_are_missing_or_of_another_type_are_told() {
        let (_dir, root) = temp();
        parquet(root.join("a.parquet"), COLUMNS, &[Column::Text(&[]), Column::Int(&[])]);
        let expect =
            |column: &str, kind| Expect { columns: [(column.to_owned(), kind)].into(), ..Expect::default() };
        let why = |expect| checked(&root, &expect).unwrap_err();
        assert!(why(expect("origin", ColumnType::String)).contains("no column `origin`; it has carrier, n"));
        assert!(why(expect("n", ColumnType::Date)).contains("column `n` is INT64, not DATE"));
        assert!(why(Expect { min_rows: Some(1), ..Expect::default() }).contains("it has 0 rows"));
    }

    #[test]
    fn a_row_without_an_end_is_refused_before_it_fills_the_memory() {
        let starts = [
            ("a.csv.gz", "", "the row of its column names"),
            ("b.csv.gz", "a\n1\n", "row 2"),
            ("a.json.gz", "[{\"a\": 1}, {\"b\": \"", "row 2"),
            ("a.jsonl.gz", "{\"a\": \"", "row 1"),
        ];
        for (name, start, place) in starts {
            let (_dir, root) = temp();
            let file = std::fs::File::create(root.join(name)).unwrap();
            let mut zip = flate2::write::GzEncoder::new(file, flate2::Compression::fast());
            zip.write_all(start.as_bytes()).unwrap();
            std::io::copy(&mut std::io::repeat(b'x').take(20 << 20), &mut zip).unwrap();
            zip.finish().unwrap();
            let why = checked(&root, &Expect { min_rows: Some(1), ..Expect::default() }).unwrap_err();
            assert_eq!(
                why,
                format!("{name}: {place}: it is longer than 16 MiB, the most that a row may have")
            );
        }
    }

    #[test]
    fn in_csv_only_an_empty_field_without_quotes_is_null() {
        let (_dir, root) = temp();
        fs_err::write(root.join("a.csv"), "n,e\r\n1,\"\"\r\n2,\r\n\"3\",\"a \"\"b\"\"\"\r\n").unwrap();
        let expect = |accepted: &[&str]| Expect {
            not_null: texts(&["e"]),
            accepted_values: [("e".to_owned(), texts(accepted))].into(),
            ..Expect::default()
        };
        let why = checked(&root, &expect(&["", "a \"b\""])).unwrap_err();
        assert_eq!(why, "1 row breaks not_null [e]: row 2 of a.csv");
    }

    #[test]
    fn a_csv_row_has_as_many_fields_as_there_are_columns() {
        let (_dir, root) = temp();
        fs_err::write(root.join("a.csv"), "a,b\n1,2\n3\n").unwrap();
        let why = checked(&root, &Expect { min_rows: Some(1), ..Expect::default() }).unwrap_err();
        assert_eq!(why, "a.csv: row 2: it has 1 field, where 2 columns are named");
    }

    #[test]
    fn values_of_json_are_compared_as_texts() {
        let (_dir, root) = temp();
        fs_err::write(
            root.join("a.jsonl"),
            r#"{"a": [1, {"b": null}]} {"a": "x\u0041", "b": {}} {"a": true}"#,
        )
        .unwrap();
        let accepted = texts(&["[1, {\"b\": null}]", "xA", "true"]);
        let expect = Expect { accepted_values: [("a".to_owned(), accepted)].into(), ..Expect::default() };
        assert_eq!(checked(&root, &expect), Ok(3));
    }

    #[test]
    fn a_file_that_is_not_what_its_name_says_is_told() {
        for (name, text) in
            [("a.parquet", "PAR1 no"), ("a.json", "[{]"), ("a.jsonl", "{}\n3"), ("a.csv.gz", "x")]
        {
            let (_dir, root) = temp();
            fs_err::write(root.join(name), text).unwrap();
            let why = checked(&root, &Expect { not_null: texts(&["a"]), ..Expect::default() }).unwrap_err();
            assert!(why.starts_with(name), "{why}");
        }
    }
}
