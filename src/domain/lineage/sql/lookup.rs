use std::collections::BTreeSet;

use super::columns::Reading;
use super::scope::{Relation, Scope};
use super::types::common;
use crate::domain::ColumnType;
use crate::domain::lineage::{Column, ColumnRef};

/// What a name stands for.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Found {
    pub from: BTreeSet<ColumnRef>,
    pub kind: Option<ColumnType>,
    pub unknown: Option<String>,
}

impl Found {
    pub fn unknown(why: String) -> Self {
        Self { unknown: Some(why), ..Self::default() }
    }

    pub fn of(column: &Column) -> Self {
        Self { from: column.from.clone(), kind: column.kind, unknown: column.unknown.clone() }
    }

    pub fn column(self, name: &str) -> Column {
        Column { name: name.to_owned(), kind: self.kind, from: self.from, unknown: self.unknown }
    }

    /// What stands in the same column of other rows.
    pub fn beside(&mut self, other: Self) {
        self.kind = self.kind.zip(other.kind).and_then(|(one, two)| common(one, two));
        self.add(other);
    }

    pub fn add(&mut self, other: Self) {
        self.from.extend(other.from);
        self.unknown = self.unknown.take().or(other.unknown);
    }
}

impl Reading<'_> {
    /// `x`
    pub(super) fn plain(&mut self, name: &str, scope: &Scope<'_>) -> Found {
        // A parameter, or a variable of the system.
        if name.starts_with('@') {
            return Found::default();
        }
        if let Some(variable) = self.variable(name, scope) {
            return variable;
        }
        let found = self.among(name, scope, true);
        self.needs(&found);
        found
    }

    /// `is_alone`: nothing that is read within could have it.
    fn among(&mut self, name: &str, scope: &Scope<'_>, is_alone: bool) -> Found {
        // Of a column that USING joins, both sides have it.
        let mut hits = scope.relations.iter().filter_map(|relation| relation.columns.get(name));
        if let Some(first) = hits.next() {
            let mut found = Found::of(first);
            hits.for_each(|hit| found.add(Found::of(hit)));
            return found;
        }
        if let Some(own) = scope.own.get(name) {
            return Found::of(own);
        }
        if let Some(relation) = scope.relations.iter().find(|relation| relation.is(name)) {
            return self.whole(relation);
        }
        if let Some(kind) = of_every_table(name) {
            return Found { kind: Some(kind), ..Found::default() };
        }
        let open: Vec<&Relation> =
            scope.relations.iter().filter(|relation| !relation.columns.is_complete()).collect();
        let is_alone = is_alone && scope.relations.len() < 2;
        let is_first = is_alone && scope.relations.is_empty();
        let outside = scope.outer.map(|outer| self.among(name, outer, is_first));
        let outside = outside.filter(|found| *found != Found::unknown(nowhere(name)));
        match (open.as_slice(), outside) {
            ([], Some(found)) => found,
            ([one], None) => Self::of_open(one, name),
            ([], None) => {
                // Of one table alone it could have been.
                if let [Relation { table: Some(table), .. }] = &*scope.relations
                    && is_alone
                    && scope.outer.is_none_or(Scope::is_bare)
                {
                    self.lacks(table, name);
                }
                Found::unknown(nowhere(name))
            }
            (several, outside) => {
                let why = format!("`{name}` may be a column of it");
                let outside = outside.into_iter().flat_map(|found| found.from);
                outside.for_each(|column| self.needs_more(&column.table, &why));
                for table in several.iter().filter_map(|relation| relation.table.as_ref()) {
                    self.needs_more(table, &why);
                }
                let names = several.iter().take(MANY).map(|relation| relation.name.as_str());
                let names = names.chain((several.len() > MANY).then_some("others"));
                Found::unknown(format!(
                    "whose column `{name}` is cannot be known: the columns of {} are not",
                    names.collect::<Vec<_>>().join(", ")
                ))
            }
        }
    }

    /// `t.x`, `dataset.table.x`, or a field of a column.
    pub(super) fn compound(&mut self, parts: &[&str], scope: &Scope<'_>) -> Found {
        let mut at = Some(scope);
        while let Some(scope) = at {
            for relation in &scope.relations {
                let Some(column) = column_of(relation, parts) else { continue };
                let found = match relation.columns.get(column) {
                    Some(column) => Found::of(column),
                    None if of_every_table(column).is_some() => {
                        Found { kind: of_every_table(column), ..Found::default() }
                    }
                    None if !relation.columns.is_complete() => Self::of_open(relation, column),
                    None => {
                        if let Some(table) = &relation.table {
                            self.lacks(table, column);
                        }
                        let whose = relation.table.as_deref().unwrap_or(&relation.name);
                        Found::unknown(format!("{whose} has no column `{column}`"))
                    }
                };
                self.needs(&found);
                return found;
            }
            at = scope.outer;
        }
        let mut found = parts.first().map(|first| self.plain(first, scope)).unwrap_or_default();
        // A field has a type of its own; that of JSON is JSON.
        found.kind = found.kind.filter(|kind| *kind == ColumnType::Json);
        found
    }

    /// A column that a relation must have, since no other can.
    fn of_open(relation: &Relation, column: &str) -> Found {
        match &relation.table {
            Some(table) => {
                let from = ColumnRef { table: table.clone(), column: column.to_owned() };
                Found { from: BTreeSet::from([from]), ..Found::default() }
            }
            None => {
                let why = relation.columns.rest.clone().unwrap_or_default();
                Found::unknown(format!("of {}: {why}", relation.name))
            }
        }
    }

    /// A row as one value.
    fn whole(&mut self, relation: &Relation) -> Found {
        let mut found = Found::default();
        for column in &relation.columns.known {
            found.add(Found::of(column));
        }
        if let Some(rest) = &relation.columns.rest {
            found.unknown = Some(rest.clone());
            if let Some(table) = &relation.table {
                self.needs_more(table, "a whole row of it is taken");
            }
        }
        found
    }

    /// A column that USING compares: each side has it.
    pub(super) fn used(&mut self, name: &str, sides: [&[Relation]; 2]) {
        for side in sides {
            let has = side.iter().filter_map(|relation| relation.columns.get(name));
            let mut found = Found::default();
            has.for_each(|column| found.add(Found::of(column)));
            self.needs(&found);
            let is_there = side.iter().any(|relation| relation.columns.get(name).is_some());
            let open = side.iter().filter(|relation| !relation.columns.is_complete());
            match (is_there, open.collect::<Vec<_>>().as_slice(), side) {
                (false, [one], _) => self.needs(&Self::of_open(one, name)),
                (false, [], [Relation { table: Some(table), .. }]) => self.lacks(table, name),
                (false, several, _) => {
                    for table in several.iter().filter_map(|relation| relation.table.as_ref()) {
                        self.needs_more(table, &format!("`{name}` may be a column of it"));
                    }
                }
                (true, ..) => {}
            }
        }
    }
}

/// Tables that a message names.
const MANY: usize = 4;

/// What BigQuery gives besides a table's own columns, and a function that needs no parentheses.
fn of_every_table(name: &str) -> Option<ColumnType> {
    match name.to_ascii_uppercase().as_str() {
        "_PARTITIONTIME" => Some(ColumnType::Timestamp),
        "_PARTITIONDATE" => Some(ColumnType::Date),
        "_TABLE_SUFFIX" | "_FILE_NAME" => Some(ColumnType::String),
        "CURRENT_DATETIME" => Some(ColumnType::Datetime),
        _ => None,
    }
}

fn nowhere(name: &str) -> String {
    format!("there is no column `{name}` in what is read")
}

/// The part that is a column's name, if those before it name the relation.
fn column_of<'p>(relation: &Relation, parts: &[&'p str]) -> Option<&'p str> {
    if parts.len() > 1 && relation.is(parts[0]) {
        return Some(parts[1]);
    }
    let table = relation.table.as_ref()?;
    (2..parts.len()).rev().find_map(|end| {
        let named = parts[..end].join(".");
        (*table == named || table.ends_with(&format!(".{named}"))).then(|| parts[end])
    })
}
