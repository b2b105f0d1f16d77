use serde::Serialize;

use super::{ColumnDifference, ColumnFacts};
use crate::domain::figures::{count, counted};

/// Two tables, compared by content: rows as a multiset, floats at 12 significant digits, other numbers at all.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct TableDifference {
    pub old_rows: u64,
    pub new_rows: u64,
    /// In the order of the newer table; those that are gone come last.
    pub columns: Vec<ColumnDifference>,
    /// Rows that only the one, or only the other, has; compared by the columns that both have.
    pub gone: u64,
    pub come: u64,
    /// By a key; None where there is none, or the rows cannot be told apart by it.
    pub keyed: Option<KeyedRows>,
    /// What of it is not compared, and why.
    pub notes: Vec<String>,
}

/// Rows told apart by the values of some columns.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct KeyedRows {
    pub key: Vec<String>,
    pub removed: u64,
    pub added: u64,
    pub changed: u64,
    /// Rows that both tables have, changed or not.
    pub matched: u64,
    /// Some of the changed ones.
    pub examples: Vec<ChangedRow>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ChangedRow {
    /// In the order of the key's columns; None is null.
    pub key: Vec<Option<String>>,
    pub column: String,
    pub old: Option<String>,
    pub new: Option<String>,
}

impl TableDifference {
    pub fn is_same(&self) -> bool {
        self.gone == 0 && self.come == 0 && !self.columns.iter().any(ColumnDifference::is_of_schema)
    }

    /// Where rows have changed and no key told them apart: the first column that would, for each row of either table has a
    /// value of its own there, and both tables have the same ones.
    pub fn may_be_key(&self) -> Option<&str> {
        let (rows, is_asked) = (self.new_rows, self.keyed.is_none() && self.gone + self.come > 0);
        let is_own = |facts: &ColumnFacts| facts.distinct == rows && !facts.kind.contains("FLOAT");
        let tells = |column: &&ColumnDifference| {
            // A key's columns are parted by commas.
            column.same
                && [&column.old, &column.new].into_iter().flatten().all(is_own)
                && !column.name.contains(',')
        };
        self.columns.iter().find(tells).filter(|_| is_asked && rows > 1).map(|column| column.name.as_str())
    }

    fn matched(&self) -> u64 {
        self.keyed.as_ref().map_or(0, |keyed| keyed.matched)
    }

    /// What is told of a column; empty where it is the same.
    pub fn told_of(&self, column: &ColumnDifference) -> Vec<String> {
        column.told(self.matched())
    }

    /// `1,000 → 990 rows · 12 removed, 2 added, 30 changed by id`.
    pub fn told(&self) -> String {
        let rows = match self.old_rows == self.new_rows {
            true => counted(self.new_rows, "row"),
            false => format!("{} → {}", count(self.old_rows), counted(self.new_rows, "row")),
        };
        let of_rows = match &self.keyed {
            Some(keyed) => {
                let parts = [(keyed.removed, "removed"), (keyed.added, "added"), (keyed.changed, "changed")];
                let parts = parts.iter().filter(|(number, _)| *number > 0);
                let parts: Vec<_> =
                    parts.map(|(number, what)| format!("{} {what}", count(*number))).collect();
                (!parts.is_empty()).then(|| format!("{} by {}", parts.join(", "), keyed.key.join(", ")))
            }
            None if self.gone + self.come > 0 => {
                Some(format!("{} only before, {} only now", count(self.gone), count(self.come)))
            }
            None => None,
        };
        of_rows.map_or(rows.clone(), |of_rows| format!("{rows} · {of_rows}"))
    }

    /// The column that tells most of how they differ, or their rows where those do; None: they are the same.
    pub fn first(&self) -> Option<(Option<&str>, String)> {
        if self.is_same() {
            return None;
        }
        let matched = self.matched();
        let weight = |column: &&ColumnDifference| column.weight(matched);
        // Of equals the first is meant.
        let of_key = |name: &String| self.keyed.as_ref().is_some_and(|keyed| keyed.key.contains(name));
        let telling = self.columns.iter().filter(|column| column.is_of_schema() || !of_key(&column.name));
        let most = telling.rev().max_by(|a, b| weight(a).total_cmp(&weight(b)));
        let rows =
            self.old_rows.abs_diff(self.new_rows) as f64 / self.old_rows.max(self.new_rows).max(1) as f64;
        // Rows that only went, or only came, are why distributions have moved.
        let only_rows = self.old_rows != self.new_rows && (self.gone == 0 || self.come == 0);
        let column = most.filter(|column| match only_rows {
            true => column.is_of_schema(),
            false => weight(column) > rows + f64::EPSILON,
        });
        match column.and_then(|column| Some((column, column.told(matched).into_iter().next()?))) {
            Some((column, told)) => Some((Some(&column.name), told)),
            None if self.old_rows != self.new_rows => {
                Some((None, format!("rows {} → {}", count(self.old_rows), count(self.new_rows))))
            }
            None => Some((None, self.told())),
        }
    }
}
