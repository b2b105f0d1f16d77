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
    /// Of a struct.
    pub fields: Vec<String>,
}

impl Found {
    pub fn unknown(why: String) -> Self {
        Self { unknown: Some(why), ..Self::default() }
    }

    pub fn of(column: &Column) -> Self {
        Self {
            from: column.from.clone(),
            kind: column.kind,
            unknown: column.unknown.clone(),
            fields: column.fields.clone(),
        }
    }

    pub fn column(self, name: &str) -> Column {
        Column {
            name: name.to_owned(),
            kind: self.kind,
            from: self.from,
            unknown: self.unknown,
            fields: self.fields,
        }
    }

    /// What stands in the same column of other rows.
    pub fn beside(&mut self, other: Self) {
        self.kind = self.kind.zip(other.kind).and_then(|(one, two)| common(one, two));
        self.fields.retain(|field| other.fields.contains(field));
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
                if let [relation] = &*scope.relations
                    && is_alone
                    && scope.outer.is_none_or(Scope::is_bare)
                {
                    self.without(relation, name);
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
        // Several may be quoted at once, and a project may stand before them.
        let parts: Vec<&str> = parts.iter().flat_map(|part| part.split('.')).collect();
        let parts = parts.as_slice();
        let mut at = Some(scope);
        while let Some(scope) = at {
            for relation in &scope.relations {
                let Some(at) = column_of(relation, parts) else { continue };
                let column = parts[at];
                let found = match relation.columns.get(column) {
                    Some(column) => Found::of(column),
                    None if of_every_table(column).is_some() => {
                        Found { kind: of_every_table(column), ..Found::default() }
                    }
                    None if !relation.columns.is_complete() => Self::of_open(relation, column),
                    None => {
                        self.without(relation, column);
                        let whose = relation.table.as_deref().unwrap_or(&relation.name);
                        Found::unknown(format!("{whose} has no column `{column}`"))
                    }
                };
                self.needs(&found);
                return match parts.get(at + 1) {
                    Some(field) => self.field(found, column, field),
                    None => found,
                };
            }
            at = scope.outer;
        }
        let found = parts.first().map(|first| self.plain(first, scope)).unwrap_or_default();
        match parts {
            [column, field, ..] => self.field(found, column, field),
            _ => found,
        }
    }

    /// A field of a column.
    pub(super) fn field(&mut self, mut found: Found, column: &str, name: &str) -> Found {
        // A field has a type of its own; that of JSON is JSON.
        found.kind = found.kind.filter(|kind| *kind == ColumnType::Json);
        let fields = std::mem::take(&mut found.fields);
        if fields.is_empty() {
            return found;
        }
        if !fields.iter().any(|field| field.eq_ignore_ascii_case(name)) {
            self.refused.insert(format!("the struct `{column}` has no field `{name}`"));
        }
        if let Some(of) = found.from.first().filter(|_| found.from.len() == 1) {
            let of = ColumnRef { column: format!("{}.{name}", of.column), ..of.clone() };
            self.needs(&Found { from: BTreeSet::from([of]), ..Found::default() });
        }
        found
    }

    /// A column that what is read does not have, be it a table or a query.
    fn without(&mut self, relation: &Relation, column: &str) {
        match &relation.table {
            Some(table) => self.lacks(table, column),
            None => {
                let of = if relation.name.is_empty() { "a subquery" } else { &relation.name };
                self.refused.insert(format!("{of} has no column `{column}`"));
            }
        }
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

/// The place of a column's name, if the parts before it name the relation.
fn column_of(relation: &Relation, parts: &[&str]) -> Option<usize> {
    if parts.len() > 1 && relation.is(parts[0]) {
        return Some(1);
    }
    let table = relation.table.as_ref()?;
    (2..parts.len()).rev().find(|end| {
        let end = *end;
        let named = parts[..end].join(".");
        let is_it = *table == named || table.ends_with(&format!(".{named}"));
        is_it || (end == 3 && named.ends_with(&format!(".{table}")))
    })
}
