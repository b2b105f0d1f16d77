use sqlparser::ast::{OrderByKind, Query, SetExpr, SetQuantifier, With};

use super::columns::Reading;
use super::lookup::Found;
use super::scope::{Named, Scope};
use crate::domain::figures::counted;
use crate::domain::lineage::{Column, Columns};

impl Reading<'_> {
    /// The columns that a query gives. `around`: what it may name besides what it reads itself.
    pub(super) fn query(&mut self, query: &Query, around: &Scope<'_>) -> Columns {
        let named = match &query.with {
            Some(with) => self.with(with, around),
            None => around.named.clone(),
        };
        if self.is_spent() {
            return Columns::unknown("the query is too large to be followed");
        }
        let order = query.order_by.as_ref().map(|order| &order.kind);
        let mut scope = Scope { named, outer: Some(around), ..Scope::default() };
        let mut columns = match &*query.body {
            SetExpr::Select(select) => self.select(select, &mut scope),
            body => self.body(body, &scope.named, around),
        };
        // Of a SELECT, an ORDER BY may name what is read as well as what is given.
        if let Some(OrderByKind::Expressions(all)) = order {
            scope.own = columns.clone();
            self.expressions(all.iter().map(|by| &by.expr), &scope);
        }
        if !query.pipe_operators.is_empty() {
            self.all_of(query, &scope, "what stands behind a pipe is not followed");
            columns = Columns::unknown("what stands behind a pipe is not followed");
        }
        columns
    }

    fn with(&mut self, with: &With, around: &Scope<'_>) -> Named {
        let mut named = around.named.clone();
        for given in &with.cte_tables {
            let name = &given.alias.name.value;
            // A recursive one names itself: of which columns, its first part says, which is a part of it.
            let inside = match with.recursive {
                true => named.with(name, self.first_part(&given.query, &named)),
                false => named.clone(),
            };
            let scope = Scope { named: inside, ..Scope::default() };
            let mut columns = self.query(&given.query, &scope);
            for (column, renamed) in columns.known.iter_mut().zip(&given.alias.columns) {
                column.name.clone_from(&renamed.name.value);
            }
            named = named.with(name, columns);
        }
        named
    }

    fn first_part(&mut self, query: &Query, named: &Named) -> Columns {
        let mut body = &*query.body;
        while let SetExpr::SetOperation { left, .. } = body {
            body = left;
        }
        let around = Scope { named: named.clone(), ..Scope::default() };
        self.body(body, named, &around)
    }

    fn body(&mut self, body: &SetExpr, named: &Named, around: &Scope<'_>) -> Columns {
        match body {
            SetExpr::Select(select) => {
                let mut scope = Scope { named: named.clone(), outer: Some(around), ..Scope::default() };
                self.select(select, &mut scope)
            }
            SetExpr::Query(query) => {
                let scope = Scope { named: named.clone(), outer: around.outer, ..around.clone() };
                self.query(query, &scope)
            }
            SetExpr::SetOperation { left, right, set_quantifier, op } => {
                let left = self.body(left, named, around);
                let right = self.body(right, named, around);
                use SetQuantifier as Quantifier;
                match set_quantifier {
                    Quantifier::ByName | Quantifier::AllByName | Quantifier::DistinctByName => {
                        Columns::unknown("queries joined by name are not followed")
                    }
                    _ => self.joined(&format!("{op} {set_quantifier}"), left, right),
                }
            }
            SetExpr::Values(values) => {
                let scope = Scope { named: named.clone(), outer: Some(around), ..Scope::default() };
                let mut given: Option<Vec<Found>> = None;
                for row in &values.rows {
                    let row: Vec<Found> = row.iter().map(|value| self.expr(value, &scope)).collect();
                    match &mut given {
                        Some(given) => given.iter_mut().zip(row).for_each(|(one, two)| one.beside(two)),
                        None => given = Some(row),
                    }
                }
                Columns::all(given.unwrap_or_default().into_iter().map(|found| found.column("")).collect())
            }
            other => {
                let scope = Scope { named: named.clone(), ..Scope::default() };
                self.all_of(other, &scope, "a kind of query that is not followed");
                Columns::unknown("a kind of query that is not followed")
            }
        }
    }

    /// Rows of both, column by column; the names are those of the first.
    fn joined(&mut self, how: &str, left: Columns, right: Columns) -> Columns {
        let (width, other) = (left.known.len(), right.known.len());
        // What is known of a side may be less than it has, but never more.
        let (is_whole, is_other_whole) = (left.is_complete(), right.is_complete());
        if (is_whole && other > width) || (is_other_whole && width > other) {
            let more = |is_whole: bool| if is_whole { "" } else { " or more" };
            let (one, two) = (counted(width as u64, "column"), counted(other as u64, "column"));
            let why =
                format!("{} of {one}{} with {two}{}", how.trim_end(), more(is_whole), more(is_other_whole));
            self.refused.insert(why.clone());
            return Columns::unknown(why);
        }
        if !is_whole {
            // Which stands beside which cannot be known.
            return Columns { known: Vec::new(), rest: left.rest };
        }
        let mut right = right;
        let rest = right.rest.take();
        let mut right = right.known.iter().filter(|_| rest.is_none()).map(Found::of);
        let beside = |column: &Column| {
            let mut found = Found::of(column);
            found.beside(right.next().unwrap_or_else(|| Found::unknown(rest.clone().unwrap_or_default())));
            found.column(&column.name)
        };
        Columns::all(left.known.iter().map(beside).collect())
    }
}
