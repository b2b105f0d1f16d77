use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Amounts, ColumnReport, OutputReport, RunReport};
use crate::domain::compare::percent;
use crate::domain::figures::count;

/// Types that keys have.
const KEYS: [&str; 2] = ["INT64", "STRING"];
/// Rows of which many columns tell each apart by chance.
const FEW: u64 = 50;
/// As many times as many different values are of a reviewer's business.
const MANY_TIMES: f64 = 2.0;
/// Of all rows; what changes less is none of a reviewer's business.
const TOO_FEW: f64 = 0.01;

/// How much an output holds now against what it held on the target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutputChange {
    /// `step.output`
    pub output: String,
    pub rows: Amounts,
    pub bytes: Amounts,
    /// Its contents are the same, byte for byte.
    pub same: bool,
    /// Of a table of which both runs tell, by its columns.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<ColumnShift>,
}

/// What is different of a column, without a value of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnShift {
    pub column: String,
    pub what: Shift,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shift {
    Gone,
    /// With its type.
    New(String),
    Retyped {
        from: String,
        to: String,
    },
    Nulls {
        from: Nulls,
        to: Nulls,
    },
    /// Each value stood in one row, as a key's do.
    Repeated,
    /// How many different values there are, where rows do not account for it.
    Distinct {
        from: u64,
        to: u64,
    },
}

impl Shift {
    /// It may hurt whoever reads it.
    pub fn is_risk(&self) -> bool {
        !matches!(self, Self::New(_) | Self::Distinct { .. })
    }

    /// What hurts most comes first.
    pub fn rank(&self) -> u8 {
        match self {
            Self::Gone => 0,
            Self::Retyped { .. } => 1,
            Self::Repeated => 2,
            Self::Nulls { .. } => 3,
            Self::Distinct { .. } => 4,
            Self::New(_) => 5,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Nulls {
    pub nulls: u64,
    pub rows: u64,
}

impl Nulls {
    /// Of all rows, from 0 to 1.
    pub fn share(self) -> f64 {
        self.nulls as f64 / self.rows.max(1) as f64
    }
}

/// `dep_delay: nulls 2 % → 11 %`
impl fmt::Display for ColumnShift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let between =
            if matches!(self.what, Shift::Nulls { .. } | Shift::Distinct { .. }) { ":" } else { "" };
        write!(f, "{}{between} {}", self.column, self.what)
    }
}

impl fmt::Display for Shift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gone => write!(f, "is gone"),
            Self::New(kind) => write!(f, "is new ({kind})"),
            Self::Retyped { from, to } => write!(f, "turns from {from} to {to}"),
            Self::Nulls { from, to } => {
                write!(f, "nulls {} → {}", percent(from.share()), percent(to.share()))
            }
            Self::Repeated => write!(f, "no longer tells rows apart"),
            Self::Distinct { from, to } => write!(f, "{} → {} different values", count(*from), count(*to)),
        }
    }
}

/// Of each output of either.
pub fn outputs(before: Option<&RunReport>, after: &RunReport) -> Vec<OutputChange> {
    let of = |run: Option<&'_ RunReport>| -> Vec<(String, OutputReport)> {
        let steps = run.into_iter().flat_map(|run| &run.steps);
        let named = steps.flat_map(|step| {
            step.outputs.iter().map(|(name, output)| (format!("{}.{name}", step.step), output.clone()))
        });
        named.collect()
    };
    let (old, new) = (of(before), of(Some(after)));
    let find = |all: &[(String, OutputReport)], name: &str| {
        all.iter().find(|(of, _)| of == name).map(|(_, output)| output.clone())
    };
    let mut names: Vec<&String> = new.iter().map(|(name, _)| name).collect();
    names.extend(old.iter().map(|(name, _)| name).filter(|name| find(&new, name).is_none()));
    names
        .into_iter()
        .map(|name| {
            let (before, after) = (find(&old, name), find(&new, name));
            OutputChange {
                output: name.clone(),
                rows: Amounts {
                    before: before.as_ref().and_then(|output| output.rows),
                    after: after.as_ref().and_then(|output| output.rows),
                },
                bytes: Amounts {
                    before: before.as_ref().map(|output| output.bytes),
                    after: after.as_ref().map(|output| output.bytes),
                },
                columns: before.iter().zip(&after).flat_map(|(old, new)| columns(old, new)).collect(),
                same: before.is_some()
                    && before.map(|output| output.sha256) == after.map(|output| output.sha256),
            }
        })
        .collect()
}

/// Where one of them tells no columns, nothing is told of them.
fn columns(old: &OutputReport, new: &OutputReport) -> Vec<ColumnShift> {
    let (Some(was), Some(is)) = (&old.columns, &new.columns) else { return Vec::new() };
    let (rows_then, rows_now) = (old.rows.unwrap_or_default(), new.rows.unwrap_or_default());
    let mut found = Vec::new();
    for column in is {
        let before = was.iter().find(|other| other.name == column.name);
        let shifts = match before {
            None => vec![Shift::New(column.kind.clone())],
            Some(before) => shifts((before, rows_then), (column, rows_now)),
        };
        found.extend(shifts.into_iter().map(|what| ColumnShift { column: column.name.clone(), what }));
    }
    let gone = was.iter().filter(|column| !is.iter().any(|other| other.name == column.name));
    found.extend(gone.map(|column| ColumnShift { column: column.name.clone(), what: Shift::Gone }));
    // Stable: of one rank in the table's own order.
    found.sort_by_key(|shift| shift.what.rank());
    found
}

fn shifts((old, rows_then): (&ColumnReport, u64), (new, rows_now): (&ColumnReport, u64)) -> Vec<Shift> {
    let mut found = Vec::new();
    if old.kind != new.kind {
        found.push(Shift::Retyped { from: old.kind.clone(), to: new.kind.clone() });
    }
    // Without rows nothing is null, nor is anything different.
    if rows_then == 0 || rows_now == 0 {
        return found;
    }
    let from = Nulls { nulls: old.nulls, rows: rows_then };
    let to = Nulls { nulls: new.nulls, rows: rows_now };
    if (from.share() - to.share()).abs() >= TOO_FEW || (from.nulls == 0) != (to.nulls == 0) {
        found.push(Shift::Nulls { from, to });
    }
    // A figure may happen to differ in each row; a number or a text that stands for something does so for a reason.
    let is_key = KEYS.contains(&new.kind.as_str()) && old.nulls == 0 && new.nulls == 0;
    if is_key && rows_then > FEW && old.distinct == rows_then && new.distinct < rows_now {
        found.push(Shift::Repeated);
        return found;
    }
    // As many times more of them as there are rows is what more rows bring.
    let times = |now: u64, then: u64| now.max(1) as f64 / then.max(1) as f64;
    let (values, rows) = (times(new.distinct, old.distinct), times(rows_now, rows_then));
    let (least, most) = (rows.min(1.0), rows.max(1.0));
    if values >= most * MANY_TIMES || values * MANY_TIMES <= least {
        found.push(Shift::Distinct { from: old.distinct, to: new.distinct });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Digest;

    fn output(rows: u64, columns: &[(&str, &str, u64, u64)]) -> OutputReport {
        let columns = columns.iter().map(|(name, kind, nulls, distinct)| ColumnReport {
            name: (*name).to_owned(),
            kind: (*kind).to_owned(),
            nulls: *nulls,
            distinct: *distinct,
        });
        OutputReport {
            bytes: rows,
            rows: Some(rows),
            sha256: Digest::zero(),
            columns: Some(columns.collect()),
        }
    }

    #[test]
    fn a_column_is_told_of_by_what_is_different_and_by_no_value() {
        let old =
            output(100, &[("id", "INT64", 0, 100), ("delay", "INT64", 2, 50), ("gust", "FLOAT64", 0, 9)]);
        let new = output(200, &[("id", "INT64", 0, 150), ("delay", "STRING", 22, 50), ("day", "DATE", 0, 1)]);
        let told: Vec<String> = columns(&old, &new).iter().map(ToString::to_string).collect();
        let expected = [
            "gust is gone",
            "delay turns from INT64 to STRING",
            "id no longer tells rows apart",
            "delay: nulls 2 % → 11 %",
            "day is new (DATE)",
        ];
        assert_eq!(told, expected);
        assert_eq!(columns(&old, &old), []);
        let untold = OutputReport { columns: None, ..new.clone() };
        assert!(columns(&untold, &new).is_empty() && columns(&old, &untold).is_empty());
        // Of no rows, the schema alone.
        let none = output(0, &[("id", "INT64", 0, 0), ("delay", "INT64", 0, 0), ("gust", "FLOAT64", 0, 0)]);
        assert_eq!(columns(&old, &none), []);
    }

    #[test]
    fn how_many_values_there_are_is_told_where_rows_do_not_account_for_it() {
        let told = |rows: (u64, u64), distinct: (u64, u64)| {
            let of = |rows, distinct| output(rows, &[("carrier", "STRING", 1, distinct)]);
            columns(&of(rows.0, distinct.0), &of(rows.1, distinct.1)).first().map(ToString::to_string)
        };
        assert_eq!(told((100, 100), (16, 3)).as_deref(), Some("carrier: 16 → 3 different values"));
        assert_eq!(told((100, 100), (3, 6)).as_deref(), Some("carrier: 3 → 6 different values"));
        assert_eq!(told((100, 100), (16, 12)), None);
        assert_eq!(told((100, 300), (30, 90)), None, "as many times more as there are rows");
        assert_eq!(told((300, 100), (90, 30)), None);
    }
}
