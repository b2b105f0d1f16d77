use super::{OutlineLine, OutlinePart, Tone};
use crate::domain::compare::amounts::{fraction, shortened};
use crate::domain::compare::told_apart::told_apart;
use crate::domain::compare::{
    ArtifactDifference, ChangedRow, ColumnDifference, ColumnFacts, StepDifference, TableDifference,
};
use crate::domain::figures::{bars, beside, count, number};
use crate::domain::text::{safe, shell_word, truncate, width};

/// Letters of a value.
const LONGEST: usize = 20;
/// Of a number with a fraction in a key.
const SHORT: usize = 10;
/// Of the most frequent texts.
const NAMED: usize = 3;

/// What of an artifact differs: of a table, column by column.
pub(super) fn artifact(
    step: &StepDifference,
    artifact: &ArtifactDifference,
    all: bool,
) -> Option<OutlinePart> {
    let mut lines = Vec::new();
    if let Some(table) = &artifact.table {
        lines = of_table(table, all);
    }
    lines.extend(
        artifact
            .unread
            .iter()
            .map(|why| OutlineLine::of(Tone::Warn, format!("compared by its bytes alone: {why}"))),
    );
    if lines.is_empty() {
        let told = match (&artifact.old, &artifact.new) {
            (Some(old), Some(new)) if !artifact.same => {
                format!("sha256 {} → {}", old.sha256.short(), new.sha256.short())
            }
            (old, new) => old
                .iter()
                .chain(new)
                .next()
                .map(|facts| format!("sha256 {}", facts.sha256.short()))
                .unwrap_or_default(),
        };
        lines.push(OutlineLine::of(Tone::Dim, told));
    }
    OutlinePart::new(format!("{}, {}", step.title, artifact.path), artifact.told(), lines)
}

fn of_table(table: &TableDifference, all: bool) -> Vec<OutlineLine> {
    let notes = table.notes.iter().map(|note| OutlineLine::of(Tone::Warn, note));
    let columns = table.columns.iter().filter(|column| all || !table.told_of(column).is_empty());
    let mut lines: Vec<OutlineLine> =
        columns.flat_map(|column| of_column(table, column)).chain(notes).collect();
    let keyed = table.keyed.iter().filter(|keyed| !keyed.examples.is_empty());
    for keyed in keyed {
        lines.push(OutlineLine::of(Tone::Dim, "some of the changed rows"));
        lines.extend(keyed.examples.iter().map(|row| of_row(table, &keyed.key, row)));
    }
    if lines.is_empty() {
        lines.push(match table.is_same() {
            true => OutlineLine::of(Tone::Dim, "the same rows"),
            // Of rows without a key nobody can tell which became which.
            false => OutlineLine::of(
                Tone::Differs,
                "each column has the same values, beside others of the other columns",
            ),
        });
    }
    lines.extend(table.may_be_key().map(|column| {
        let key = shell_word(column);
        OutlineLine::of(Tone::Dim, format!("rows can be told apart by {column}: diff RUN RUN --key {key}"))
    }));
    lines
}

fn of_column(table: &TableDifference, column: &ColumnDifference) -> Vec<OutlineLine> {
    let told = table.told_of(column);
    let kind =
        column.new.as_ref().or(column.old.as_ref()).map(|facts| facts.kind.as_str()).unwrap_or_default();
    let tone = match (&column.old, &column.new) {
        (Some(_), None) => Tone::Gone,
        (None, Some(_)) => Tone::Come,
        _ if told.is_empty() => Tone::Dim,
        _ => Tone::Differs,
    };
    let told = if told.is_empty() { "the same".to_owned() } else { told.join("; ") };
    let head =
        OutlineLine::of(Tone::Name, &column.name).with(Tone::Dim, format!("  {kind}  ")).with(tone, told);
    let sides =
        [("was", Tone::Gone, &column.old, &column.new), ("is ", Tone::Come, &column.new, &column.old)];
    let side = |(name, tone, facts, other): (&str, Tone, &Option<ColumnFacts>, &Option<ColumnFacts>)| {
        let told = of_facts(facts.as_ref()?, other.as_ref());
        Some(OutlineLine::of(tone, format!("  {name} ")).with(Tone::Plain, told))
    };
    std::iter::once(head).chain(sides.into_iter().filter_map(side)).collect()
}

/// `other`: what the column is beside, from which it has to be told apart.
fn of_facts(facts: &ColumnFacts, other: Option<&ColumnFacts>) -> String {
    let short = |text: &str| truncate(&safe(text), LONGEST).into_owned();
    let end = |text: &str, other: Option<&String>| {
        let other = other.and_then(|other| fraction(&facts.kind, other));
        let told =
            fraction(&facts.kind, text).map(|value| beside(value, other.filter(|other| *other != value)));
        told.filter(|told| told.len() < text.len()).unwrap_or_else(|| short(text))
    };
    let mut told = Vec::new();
    if facts.histogram.len() > 1 {
        told.push(bars(&facts.histogram));
    }
    told.push(format!("{} null", count(facts.nulls)));
    let odd = [(facts.nans, "NaN"), (facts.infinite, "infinite")];
    told.extend(odd.iter().filter(|(odd, _)| *odd > 0).map(|(odd, what)| format!("{} {what}", count(*odd))));
    told.extend(facts.mean.map(|mean| format!("mean {}", number(mean))));
    if facts.frequent.is_empty() {
        let least = other.and_then(|other| other.min.as_ref());
        let most = other.and_then(|other| other.max.as_ref());
        told.extend(facts.min.as_deref().map(|min| format!("min {}", end(min, least))));
        told.extend(facts.max.as_deref().map(|max| format!("max {}", end(max, most))));
    }
    told.push(format!("{} distinct", count(facts.distinct)));
    let frequent = facts.frequent.iter().take(NAMED);
    told.extend(frequent.map(|value| format!("{} ×{}", short(&value.value), count(value.count))));
    told.join("  ")
}

/// A value beside another: where both begin alike for longer than is shown, from where they part.
fn apart(text: &str, other: &str) -> String {
    let same = text.chars().zip(other.chars()).take_while(|(a, b)| a == b).count();
    let short = width(text).max(width(other)) <= LONGEST;
    let from = if short || same + 1 < LONGEST { 0 } else { same - LONGEST / 2 };
    let rest: String = text.chars().skip(from).collect();
    let sign = if from > 0 { "…" } else { "" };
    truncate(&format!("{sign}{rest}"), LONGEST).into_owned()
}

fn of_row(table: &TableDifference, key: &[String], row: &ChangedRow) -> OutlineLine {
    let kind = |name: &String| {
        let column = table.columns.iter().find(|column| column.name == *name);
        let facts = column.and_then(|column| column.new.as_ref().or(column.old.as_ref()));
        facts.map(|facts| facts.kind.as_str()).unwrap_or_default()
    };
    let shown = |value: &Option<String>| {
        value.as_deref().map_or_else(|| "null".to_owned(), |text| truncate(&safe(text), LONGEST).into_owned())
    };
    let (old, new) = match (&row.old, &row.new) {
        (Some(old), Some(new)) => shortened(kind(&row.column), old, new).unwrap_or_else(|| {
            let (old, new) = told_apart(old, new).unwrap_or_else(|| (old.clone(), new.clone()));
            let (old, new) = (safe(&old), safe(&new));
            (apart(&old, &new), apart(&new, &old))
        }),
        (old, new) => (shown(old), shown(new)),
    };
    // What changed is to be seen behind it.
    let of_key = |name: &String, value: &Option<String>| match value {
        Some(text) if fraction(kind(name), text).is_some() => truncate(text, SHORT).into_owned(),
        value => shown(value),
    };
    let key = key.iter().zip(&row.key).map(|(name, value)| format!("{name} {}", of_key(name, value)));
    OutlineLine::of(Tone::Dim, format!("  {}  ", key.collect::<Vec<_>>().join(", ")))
        .with(Tone::Name, &row.column)
        .with(Tone::Differs, format!("  {old} → {new}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_that_differ_are_not_the_same_where_no_column_does_alone() {
        let column = ColumnDifference {
            old: Some(ColumnFacts::default()),
            new: Some(ColumnFacts::default()),
            same: true,
            ..ColumnDifference::default()
        };
        let table = TableDifference { columns: vec![column], ..TableDifference::default() };
        let told = |table: &TableDifference| of_table(table, false)[0].0[0].1.clone();
        assert_eq!(told(&table), "the same rows");
        let paired = TableDifference { gone: 2, come: 2, ..table };
        assert_eq!(told(&paired), "each column has the same values, beside others of the other columns");
        // Of rows that have each a name of its own it can be told.
        let named = ColumnFacts { distinct: 2, ..ColumnFacts::default() };
        let id = ColumnDifference {
            name: "id".to_owned(),
            old: Some(named.clone()),
            new: Some(named),
            same: true,
            ..ColumnDifference::default()
        };
        let table = TableDifference { old_rows: 2, new_rows: 2, columns: vec![id], ..paired };
        let last = of_table(&table, false).pop().unwrap();
        assert_eq!(last.0[0].1, "rows can be told apart by id: diff RUN RUN --key id");
    }

    #[test]
    fn on_80_columns_the_name_of_what_changed_is_seen_before_any_digits_end() {
        let facts = |min: &str| ColumnFacts {
            kind: "FLOAT64".to_owned(),
            min: Some(min.to_owned()),
            max: Some("98.76543210987654".to_owned()),
            ..ColumnFacts::default()
        };
        let column = |name: &str| ColumnDifference {
            name: name.to_owned(),
            old: Some(facts("0.1234567890123456")),
            new: Some(facts("0.1234567990123456")),
            ..ColumnDifference::default()
        };
        let names = ["latitude", "longitude", "mean_delay"];
        let columns = names.map(column).to_vec();
        let table = TableDifference { columns, ..TableDifference::default() };
        let text = |value: &str| Some(value.to_owned());
        let row = ChangedRow {
            key: vec![text("48.856613123456789"), text("-122.33207212345678")],
            column: "mean_delay".to_owned(),
            old: text("17.123456789012345"),
            new: text("17.223456789012345"),
        };
        let line = |line: OutlineLine| line.0.into_iter().map(|(_, text)| text).collect::<String>();
        let key = names[..2].iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        assert_eq!(
            line(of_row(&table, &key, &row)),
            "  latitude 48.856613…, longitude -122.3320…  mean_delay  17.12 → 17.22"
        );
        let [_, was, is] = <[OutlineLine; 3]>::try_from(of_column(&table, &table.columns[0])).unwrap();
        assert_eq!(line(was), "  was 0 null  min 0.123  max 98.765  0 distinct");
        assert_eq!(line(is), "  is  0 null  min 0.1235  max 98.765  0 distinct");
    }

    #[test]
    fn values_that_look_the_same_are_quoted() {
        let text = |value: &str| Some(value.to_owned());
        let line = |old: &str, new: &str| {
            let (column, key) = ("name".to_owned(), vec![text("1")]);
            let row = ChangedRow { key, column, old: text(old), new: text(new) };
            let line = of_row(&TableDifference::default(), &["id".to_owned()], &row);
            line.0.into_iter().map(|(_, text)| text).collect::<String>()
        };
        assert_eq!(line("a", "a "), "  id 1  name  \"a\" → \"a \"");
        assert_eq!(line("\u{e9}", "e\u{301}"), "  id 1  name  \"\\u{e9}\" → \"e\\u{301}\"");
        assert_eq!(line("1", "\"1\""), "  id 1  name  1 → \"1\"");
    }

    #[test]
    fn values_that_part_late_are_shown_from_there() {
        for (old, new, told) in [
            ("7.25", "8.25", ["7.25", "8.25"]),
            ("12345678901234567890.12", "12345678901234567890.13", ["…34567890.12", "…34567890.13"]),
            (
                "a text that is far too long",
                "another text that is too long",
                ["a text that is far …", "another text that i…"],
            ),
            ("1234567890123456789012", "1234567890123456789", ["…0123456789012", "…0123456789"]),
        ] {
            assert_eq!([apart(old, new), apart(new, old)], told);
        }
    }
}
