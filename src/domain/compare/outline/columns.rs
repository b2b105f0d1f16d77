use super::{OutlineLine, OutlinePart, Tone};
use crate::domain::compare::{
    ArtifactDifference, ChangedRow, ColumnDifference, ColumnFacts, StepDifference, TableDifference,
};
use crate::domain::figures::{bars, count, number};
use crate::domain::text::{safe, truncate, width};

/// Letters of a value.
const LONGEST: usize = 20;
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
        lines.extend(keyed.examples.iter().map(|row| of_row(&keyed.key, row)));
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
    let sides = [("was", Tone::Gone, &column.old), ("is ", Tone::Come, &column.new)];
    let side = |(name, tone, facts): (&str, Tone, &Option<ColumnFacts>)| {
        let facts = facts.as_ref()?;
        Some(OutlineLine::of(tone, format!("  {name} ")).with(Tone::Plain, of_facts(facts)))
    };
    std::iter::once(head).chain(sides.into_iter().filter_map(side)).collect()
}

fn of_facts(facts: &ColumnFacts) -> String {
    let short = |text: &str| truncate(&safe(text), LONGEST).into_owned();
    let mut told = Vec::new();
    if facts.histogram.len() > 1 {
        told.push(bars(&facts.histogram));
    }
    told.push(format!("{} null", count(facts.nulls)));
    let odd = [(facts.nans, "NaN"), (facts.infinite, "infinite")];
    told.extend(odd.iter().filter(|(odd, _)| *odd > 0).map(|(odd, what)| format!("{} {what}", count(*odd))));
    told.extend(facts.mean.map(|mean| format!("mean {}", number(mean))));
    if facts.frequent.is_empty() {
        told.extend(facts.min.as_deref().map(|min| format!("min {}", short(min))));
        told.extend(facts.max.as_deref().map(|max| format!("max {}", short(max))));
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

fn of_row(key: &[String], row: &ChangedRow) -> OutlineLine {
    let shown = |value: &Option<String>| {
        value.as_deref().map_or_else(|| "null".to_owned(), |text| truncate(&safe(text), LONGEST).into_owned())
    };
    let (old, new) = match (&row.old, &row.new) {
        (Some(old), Some(new)) => {
            let (old, new) = (safe(old), safe(new));
            (apart(&old, &new), apart(&new, &old))
        }
        (old, new) => (shown(old), shown(new)),
    };
    let key = key.iter().zip(&row.key).map(|(name, value)| format!("{name} {}", shown(value)));
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
