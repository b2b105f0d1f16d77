use sqlparser::ast::{
    Expr, Join, JoinConstraint, JoinOperator, ObjectName, TableAlias, TableFactor, TableWithJoins,
};

use super::columns::Reading;
use super::lookup::Found;
use super::scope::{Relation, Scope};
use super::types::item_type;
use crate::domain::ColumnType;
use crate::domain::lineage::{Column, Columns};

impl Reading<'_> {
    /// What stands in a FROM, from left to right: each may name those before it. What the joins compare counts as needed.
    pub(super) fn from(&mut self, from: &[TableWithJoins], scope: &mut Scope<'_>) {
        for table in from {
            self.factor(&table.relation, scope);
            table.joins.iter().for_each(|join| self.join(join, scope));
        }
    }

    fn join(&mut self, join: &Join, scope: &mut Scope<'_>) {
        let before = scope.relations.len();
        self.factor(&join.relation, scope);
        use JoinOperator as Op;
        let constraint = match &join.join_operator {
            Op::Join(on) | Op::Inner(on) | Op::Left(on) | Op::LeftOuter(on) | Op::Right(on) => on,
            Op::RightOuter(on) | Op::FullOuter(on) | Op::CrossJoin(on) => on,
            other => {
                // Others are no joins of BigQuery's.
                self.all_of(other, scope, "a kind of join that is not followed");
                return;
            }
        };
        match constraint {
            JoinConstraint::On(on) => drop(self.expr(on, scope)),
            JoinConstraint::Using(names) => {
                let (left, right) = scope.relations.split_at(before);
                for name in names.iter().filter_map(|name| parts(name).pop()) {
                    self.used(&name, [left, right]);
                    scope.using.insert(name.to_ascii_lowercase());
                }
            }
            JoinConstraint::Natural | JoinConstraint::None => {}
        }
    }

    fn factor(&mut self, factor: &TableFactor, scope: &mut Scope<'_>) {
        if scope.relations.len() >= RELATIONS {
            let why = "it is one of too many tables to be followed";
            self.all_of(factor, scope, why);
            if scope.relations.len() == RELATIONS {
                put(scope, None, "", None, Columns::unknown(why));
            }
            return;
        }
        match factor {
            TableFactor::Table { name, alias, args: None, .. } => self.named(name, alias.as_ref(), scope),
            TableFactor::Derived { subquery, alias, .. } => {
                let columns = self.query(subquery, scope);
                put(scope, alias.as_ref(), "", None, columns);
            }
            TableFactor::UNNEST { alias, array_exprs, with_offset, with_offset_alias, .. } => {
                let mut found = Found::default();
                array_exprs.iter().for_each(|array| found.add(self.expr(array, scope)));
                let name = alias.as_ref().map_or("", |alias| alias.name.value.as_str());
                let kind = match array_exprs.as_slice() {
                    [array] => item_type(array),
                    _ => None,
                };
                put(scope, None, name, None, items(name, found, kind));
                if *with_offset || with_offset_alias.is_some() {
                    let name = with_offset_alias.as_ref().map_or("offset", |alias| &alias.value);
                    let column = Column::new(name, Some(ColumnType::Int64));
                    put(scope, None, name, None, Columns::all(vec![column]));
                }
            }
            TableFactor::NestedJoin { table_with_joins, .. } => {
                self.from(std::slice::from_ref(table_with_joins), scope);
            }
            TableFactor::Pivot { alias, .. } | TableFactor::Unpivot { alias, .. } => {
                self.all_of(factor, scope, "a pivot is not followed");
                put(scope, alias.as_ref(), "", None, Columns::unknown("a pivot is not followed"));
            }
            other => {
                self.all_of(other, scope, "a table function is not followed");
                put(scope, None, "", None, Columns::unknown("a table function is not followed"));
            }
        }
    }

    fn named(&mut self, name: &ObjectName, alias: Option<&TableAlias>, scope: &mut Scope<'_>) {
        let parts = parts(name);
        let whole = table_name(name);
        let last = parts.last().cloned().unwrap_or_default();
        if let (1, Some(columns)) = (parts.len(), scope.named.get(&whole)) {
            let columns = columns.clone();
            return put(scope, alias, &last, None, columns);
        }
        // `FROM t, t.items`: an array of the row.
        let array = parts.len() > 1 && scope.relations.iter().any(|relation| relation.is(&parts[0]));
        if array {
            let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
            let found = self.compound(&parts, scope);
            let alias_name = alias.map_or(last.as_str(), |alias| &alias.name.value).to_owned();
            return put(scope, None, &alias_name, None, items(&alias_name, found, None));
        }
        let columns = self.table(&whole);
        let table = (!self.made.contains_key(&whole)).then_some(whole);
        put(scope, alias, &last, table, columns);
    }

    /// Of something that is not followed: every table in it is read, and any of its columns may be needed.
    pub(super) fn all_of(&mut self, part: &impl sqlparser::ast::Visit, scope: &Scope<'_>, why: &str) {
        for table in super::expr::tables_in(part, &scope.named) {
            if !self.made.contains_key(&table) {
                self.needs_more(&table, why);
            }
        }
    }

    pub(super) fn expressions<'e>(&mut self, all: impl IntoIterator<Item = &'e Expr>, scope: &Scope<'_>) {
        for expr in all {
            self.expr(expr, scope);
        }
    }
}

/// More than people write into one FROM: what is named is looked for in each.
const RELATIONS: usize = 200;

/// The items of an array: values of a type, or what may be structs whose fields count as columns.
fn items(name: &str, found: Found, kind: Option<ColumnType>) -> Columns {
    let why = kind.is_none().then(|| "the fields of an array's items are not known".to_owned());
    Columns { known: vec![Column { kind, ..found.column(name) }], rest: why }
}

fn put(
    scope: &mut Scope<'_>,
    alias: Option<&TableAlias>,
    name: &str,
    table: Option<String>,
    mut columns: Columns,
) {
    let name = alias.map_or(name, |alias| &alias.name.value).to_owned();
    for (column, renamed) in columns.known.iter_mut().zip(alias.map_or(&[][..], |alias| &alias.columns)) {
        column.name.clone_from(&renamed.name.value);
    }
    scope.relations.push(Relation { name, table, columns });
}

/// The name of a table. The environment says in which project it lies, so that one before it tells nothing: queries that
/// run have none.
pub(super) fn table_name(name: &ObjectName) -> String {
    let parts = parts(name);
    let of_schema = parts.iter().any(|part| part.eq_ignore_ascii_case("INFORMATION_SCHEMA"));
    match parts.as_slice() {
        [_, dataset, table] if !of_schema => format!("{dataset}.{table}"),
        parts => parts.join("."),
    }
}

/// A name's parts without quotes; BigQuery may quote several at once: `` `project.dataset.table` ``.
pub(super) fn parts(name: &ObjectName) -> Vec<String> {
    let idents = name.0.iter().filter_map(|part| part.as_ident());
    idents.flat_map(|ident| ident.value.split('.').map(str::to_owned).collect::<Vec<_>>()).collect()
}
