use std::collections::{BTreeSet, HashSet};
use std::ops::ControlFlow;

use sqlparser::ast::{
    AccessExpr, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments, ObjectName, Query, Visit,
    Visitor,
};

use super::columns::Reading;
use super::from::table_name;
use super::lookup::Found;
use super::scope::{Named, Scope};
use super::select::own_name;
use super::types::type_of;

impl Reading<'_> {
    /// All columns that an expression is made of, those in its subqueries too.
    pub(super) fn expr(&mut self, expr: &Expr, scope: &Scope<'_>) -> Found {
        if let Expr::Subquery(query) = expr {
            return self.value(query, scope);
        }
        let mut walk = Walk { reading: self, scope, below: 0, skip: HashSet::new(), found: Found::default() };
        let _ = expr.visit(&mut walk);
        let mut found = walk.found;
        found.kind = type_of(expr, &mut |name: &[&str]| self.kind(name, scope));
        found.fields = self.fields(expr, scope);
        found
    }

    /// Of a struct that is written there, or of a column that is one.
    fn fields(&mut self, expr: &Expr, scope: &Scope<'_>) -> Vec<String> {
        match expr {
            Expr::Nested(inner) => self.fields(inner, scope),
            Expr::Struct { values, fields } if fields.is_empty() => {
                let names = values
                    .iter()
                    .map(|value| Some(own_name(value).to_owned()).filter(|name| !name.is_empty()));
                names.collect::<Option<_>>().unwrap_or_default()
            }
            Expr::Struct { fields, .. } => {
                let names = fields.iter().map(|field| Some(field.field_name.as_ref()?.value.clone()));
                names.collect::<Option<_>>().unwrap_or_default()
            }
            Expr::Identifier(name) => self.plain(&name.value, scope).fields,
            Expr::CompoundIdentifier(names) => {
                let names: Vec<&str> = names.iter().map(|name| name.value.as_str()).collect();
                self.compound(&names, scope).fields
            }
            _ => Vec::new(),
        }
    }

    /// The one value that a query gives.
    fn value(&mut self, query: &Query, scope: &Scope<'_>) -> Found {
        let columns = self.query(query, scope);
        let mut found = Found::default();
        columns.known.iter().for_each(|column| found.add(Found::of(column)));
        if let [column] = columns.known.as_slice() {
            found.kind = column.kind;
        }
        found.unknown = found.unknown.or(columns.rest);
        found
    }

    fn kind(&mut self, name: &[&str], scope: &Scope<'_>) -> Option<crate::domain::ColumnType> {
        match name {
            [name] => self.plain(name, scope).kind,
            parts => self.compound(parts, scope).kind,
        }
    }
}

struct Walk<'w, 'r, 's> {
    reading: &'w mut Reading<'r>,
    scope: &'w Scope<'s>,
    /// How many queries we are in.
    below: usize,
    /// Words that are no columns, by where they are: `MONTH` in `DATE_TRUNC(day, MONTH)`.
    skip: HashSet<*const Expr>,
    found: Found,
}

impl Visitor for Walk<'_, '_, '_> {
    type Break = ();

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<()> {
        if self.below == 0 {
            let found = self.reading.value(query, self.scope);
            self.found.add(found);
        }
        self.below += 1;
        ControlFlow::Continue(())
    }

    fn post_visit_query(&mut self, _: &Query) -> ControlFlow<()> {
        self.below -= 1;
        ControlFlow::Continue(())
    }

    fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<()> {
        if self.below > 0 {
            return ControlFlow::Continue(());
        }
        if self.skip.contains(&std::ptr::from_ref(expr)) {
            if let Expr::Function(function) = expr {
                self.skip.extend(date_part(function));
            }
            return ControlFlow::Continue(());
        }
        match expr {
            Expr::Identifier(name) => {
                let found = self.reading.plain(&name.value, self.scope);
                self.found.add(found);
            }
            Expr::CompoundIdentifier(names) => {
                let names: Vec<&str> = names.iter().map(|name| name.value.as_str()).collect();
                let found = self.reading.compound(&names, self.scope);
                self.found.add(found);
            }
            Expr::CompoundFieldAccess { access_chain, .. } => {
                let fields = access_chain.iter().filter_map(|access| match access {
                    AccessExpr::Dot(field) => Some(std::ptr::from_ref(field)),
                    AccessExpr::Subscript(_) => None,
                });
                self.skip.extend(fields);
            }
            Expr::Function(function) => self.skip.extend(date_part(function)),
            _ => {}
        }
        ControlFlow::Continue(())
    }
}

/// The argument that is a word: `DATE_TRUNC(x, MONTH)`, `DATE_DIFF(x, y, WEEK(MONDAY))`, `NORMALIZE(x, NFC)`.
fn date_part(function: &Function) -> Vec<*const Expr> {
    let name = function.name.to_string().to_ascii_uppercase();
    let at = match name.strip_prefix("SAFE.").unwrap_or(&name) {
        "DATE_TRUNC" | "DATETIME_TRUNC" | "TIMESTAMP_TRUNC" | "TIME_TRUNC" | "LAST_DAY" => 1,
        "NORMALIZE" | "NORMALIZE_AND_CASEFOLD" => 1,
        "DATE_DIFF" | "DATETIME_DIFF" | "TIMESTAMP_DIFF" | "TIME_DIFF" => 2,
        "WEEK" => 0,
        _ => return Vec::new(),
    };
    let FunctionArguments::List(list) = &function.args else { return Vec::new() };
    let Some(FunctionArg::Unnamed(FunctionArgExpr::Expr(part))) = list.args.get(at) else {
        return Vec::new();
    };
    vec![std::ptr::from_ref(part)]
}

/// Every table below a part of a statement; names that a WITH gives are none.
pub(super) fn tables_in(part: &impl Visit, named: &Named) -> BTreeSet<String> {
    struct Tables(BTreeSet<String>, BTreeSet<String>);
    impl Visitor for Tables {
        type Break = ();
        fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<()> {
            let given = query.with.iter().flat_map(|with| &with.cte_tables);
            self.1.extend(given.map(|given| given.alias.name.value.to_ascii_lowercase()));
            ControlFlow::Continue(())
        }
        fn pre_visit_relation(&mut self, name: &ObjectName) -> ControlFlow<()> {
            self.0.insert(table_name(name));
            ControlFlow::Continue(())
        }
    }
    let mut tables = Tables(BTreeSet::new(), BTreeSet::new());
    let _ = part.visit(&mut tables);
    let Tables(all, given) = tables;
    let is_given = |table: &String| given.contains(&table.to_ascii_lowercase()) || named.get(table).is_some();
    all.into_iter().filter(|table| !is_given(table)).collect()
}
