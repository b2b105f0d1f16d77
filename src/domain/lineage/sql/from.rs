use sqlparser::ast::{
    Expr, Join, JoinConstraint, JoinOperator, ObjectName, TableAlias, TableFactor, TableWithJoins,
};

use super::columns::Reading;
use super::lookup::Found;
use super::scope::{Relation, Scope};
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
                for name in names.iter().filter_map(|name| parts(name).pop()) {
                    for relation in scope.relations.clone() {
                        let of_one = Scope { relations: vec![relation], ..Scope::default() };
                        self.plain(&name, &of_one);
                    }
                }
            }
            JoinConstraint::Natural | JoinConstraint::None => {}
        }
    }

    fn factor(&mut self, factor: &TableFactor, scope: &mut Scope<'_>) {
        match factor {
            TableFactor::Table { name, alias, args: None, .. } => self.named(name, alias.as_ref(), scope),
            TableFactor::Derived { subquery, alias, .. } => {
                let columns = self.query(subquery, scope);
                put(scope, alias.as_ref(), "", None, columns);
            }
            TableFactor::UNNEST { alias, array_exprs, with_offset, with_offset_alias, .. } => {
                let mut found = Found::default();
                array_exprs.iter().for_each(|array| found.add(self.expr(array, scope)));
                self.unnested(found, alias.as_ref(), scope);
                if *with_offset || with_offset_alias.is_some() {
                    let name = with_offset_alias.as_ref().map_or("offset", |alias| &alias.value);
                    let column = Column::new(name, Some(crate::domain::ColumnType::Int64));
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
        let whole = parts.join(".");
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
            return put(scope, None, &alias_name, None, items(&alias_name, found));
        }
        let columns = self.table(&whole);
        put(scope, alias, &last, Some(whole), columns);
    }

    fn unnested(&mut self, found: Found, alias: Option<&TableAlias>, scope: &mut Scope<'_>) {
        let name = alias.map_or("", |alias| alias.name.value.as_str());
        put(scope, None, name, None, items(name, found));
    }

    /// Of something that is not followed: every table in it is read, and any of its columns may be needed.
    pub(super) fn all_of(&mut self, part: &impl sqlparser::ast::Visit, scope: &Scope<'_>, why: &str) {
        for table in super::expr::tables_in(part, &scope.named) {
            self.needs_more(&table, why);
        }
    }

    pub(super) fn expressions<'e>(&mut self, all: impl IntoIterator<Item = &'e Expr>, scope: &Scope<'_>) {
        for expr in all {
            self.expr(expr, scope);
        }
    }
}

/// The items of an array: values, or structs whose fields count as columns.
fn items(name: &str, found: Found) -> Columns {
    let why = "the fields of an array's items are not known".to_owned();
    let unknown = found.unknown.clone();
    let value = Column { from: found.from, unknown, ..Column::new(name, None) };
    Columns { known: vec![value], rest: Some(why) }
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

/// A name's parts without quotes; BigQuery may quote several at once: `` `project.dataset.table` ``.
pub(super) fn parts(name: &ObjectName) -> Vec<String> {
    let idents = name.0.iter().filter_map(|part| part.as_ident());
    idents.flat_map(|ident| ident.value.split('.').map(str::to_owned).collect::<Vec<_>>()).collect()
}
