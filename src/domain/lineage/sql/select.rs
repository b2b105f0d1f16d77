use std::collections::HashSet;

use sqlparser::ast::{
    Expr, GroupByExpr, Ident, Select, SelectItem, SelectItemQualifiedWildcardKind, ValueTableMode,
    WildcardAdditionalOptions,
};

use super::columns::Reading;
use super::from::table_name;
use super::lookup::Found;
use super::scope::{Relation, Scope};
use crate::domain::lineage::{Column, Columns};

impl Reading<'_> {
    /// The columns that a SELECT gives; the scope then has what it reads.
    pub(super) fn select(&mut self, select: &Select, scope: &mut Scope<'_>) -> Columns {
        self.from(&select.from, scope);
        self.expressions(&select.selection, scope);
        let mut columns = Columns::default();
        for item in &select.projection {
            self.item(item, scope, &mut columns);
        }
        if select.projection.is_empty() {
            // `FROM t` alone gives all of it.
            self.everything(&scope.relations, &WildcardAdditionalOptions::default(), scope, &mut columns);
        }
        let unnamed = columns.known.iter_mut().filter(|column| column.name.is_empty());
        unnamed.enumerate().for_each(|(at, column)| column.name = format!("f{at}_"));
        scope.own = columns.clone();
        if let GroupByExpr::Expressions(all, _) = &select.group_by {
            self.expressions(all, scope);
        }
        self.expressions(select.having.iter().chain(&select.qualify), scope);
        for window in &select.named_window {
            if let sqlparser::ast::NamedWindowExpr::WindowSpec(spec) = &window.1 {
                let order = spec.order_by.iter().map(|by| &by.expr);
                self.expressions(spec.partition_by.iter().chain(order), scope);
            }
        }
        match select.value_table_mode {
            Some(ValueTableMode::AsValue | ValueTableMode::DistinctAsValue) => {
                Columns::unknown("a table of values has no columns")
            }
            // The fields of a struct count as columns.
            Some(ValueTableMode::AsStruct | ValueTableMode::DistinctAsStruct) | None => columns,
        }
    }

    fn item(&mut self, item: &SelectItem, scope: &Scope<'_>, columns: &mut Columns) {
        match item {
            SelectItem::UnnamedExpr(expr) => {
                let found = self.expr(expr, scope);
                columns.known.push(found.column(own_name(expr)));
            }
            SelectItem::ExprWithAlias { expr, alias } => {
                let found = self.expr(expr, scope);
                columns.known.push(found.column(&alias.value));
            }
            SelectItem::ExprWithAliases { expr, aliases } => {
                let found = self.expr(expr, scope);
                columns.known.extend(aliases.iter().map(|alias| found.clone().column(&alias.value)));
            }
            SelectItem::Wildcard(options) => {
                self.everything(&scope.relations, options, scope, columns);
            }
            SelectItem::QualifiedWildcard(SelectItemQualifiedWildcardKind::ObjectName(name), options) => {
                let name = table_name(name);
                let is_it = |relation: &&Relation| {
                    relation.is(&name) || relation.table.as_deref() == Some(name.as_str())
                };
                match scope.relations.iter().find(is_it) {
                    Some(relation) => {
                        self.everything(std::slice::from_ref(relation), options, scope, columns)
                    }
                    None => {
                        let parts: Vec<&str> = name.split('.').collect();
                        let of =
                            |relation: &Relation| {
                                relation.columns.known.iter().any(|one| {
                                    !one.fields.is_empty() && parts.iter().any(|part| one.is(part))
                                })
                            };
                        let found = scope.relations.iter().any(of).then(|| self.compound(&parts, scope));
                        let column = parts.last().copied().unwrap_or_default();
                        self.all_fields(found.unwrap_or_default(), column, columns);
                    }
                }
            }
            SelectItem::QualifiedWildcard(SelectItemQualifiedWildcardKind::Expr(expr), _) => {
                let found = self.expr(expr, scope);
                self.all_fields(found, &expr.to_string(), columns);
            }
        }
    }

    /// The fields of a struct, as columns.
    fn all_fields(&mut self, found: Found, of: &str, columns: &mut Columns) {
        if found.fields.is_empty() {
            columns.rest = Some(format!("what `{of}.*` stands for is not known"));
        }
        for field in &found.fields {
            let column = self.field(found.clone(), of, field).column(field);
            columns.known.push(column);
        }
    }

    /// `*`, with EXCEPT and REPLACE.
    fn everything(
        &mut self,
        relations: &[Relation],
        options: &WildcardAdditionalOptions,
        scope: &Scope<'_>,
        columns: &mut Columns,
    ) {
        let except = options.opt_except.iter();
        let except: Vec<&Ident> = except
            .flat_map(|all| std::iter::once(&all.first_element).chain(&all.additional_elements))
            .collect();
        // A column that is left out or replaced must be there.
        let replaced = options.opt_replace.iter().flat_map(|all| &all.items);
        let must = except.iter().copied().chain(replaced.map(|replaced| &replaced.column_name));
        let must: Vec<&Ident> = must.collect();
        if !must.is_empty() {
            let here = Scope { relations: relations.to_vec(), ..Scope::default() };
            must.iter().for_each(|name| drop(self.plain(&name.value, &here)));
        }
        let is_left_out = |column: &Column| except.iter().any(|name| column.is(&name.value));
        let start = columns.known.len();
        let mut there = HashSet::new();
        for relation in relations {
            if let Some(rest) = &relation.columns.rest {
                columns.rest = Some(rest.clone());
                if let Some(table) = &relation.table {
                    self.needs_more(table, "all its columns, whichever those are");
                }
            }
            for known in relation.columns.known.iter().filter(|known| !is_left_out(known)) {
                let name = known.name.to_ascii_lowercase();
                if scope.using.contains(&name) && !there.insert(name) {
                    continue;
                }
                self.needs(&Found::of(known));
                columns.known.push(known.clone());
            }
        }
        for replaced in options.opt_replace.iter().flat_map(|all| &all.items) {
            let found = self.expr(&replaced.expr, scope);
            let new = found.column(&replaced.column_name.value);
            match columns.known[start..].iter_mut().find(|known| known.is(&new.name)) {
                Some(known) => *known = new,
                None => columns.known.push(new),
            }
        }
    }
}

/// How a column is called that is given no name; empty if it has none.
pub(super) fn own_name(expr: &Expr) -> &str {
    match expr {
        Expr::Named { name, .. } => &name.value,
        Expr::Identifier(name) => &name.value,
        Expr::CompoundIdentifier(names) => names.last().map_or("", |name| &name.value),
        Expr::CompoundFieldAccess { access_chain, .. } => match access_chain.last() {
            Some(sqlparser::ast::AccessExpr::Dot(Expr::Identifier(name))) => &name.value,
            _ => "",
        },
        _ => "",
    }
}
