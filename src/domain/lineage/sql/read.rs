use std::collections::BTreeSet;

use sqlparser::ast::{FromTable, Statement, TableFactor, TableObject, TableWithJoins};

use super::columns::Reading;
use super::expr::tables_in;
use super::from::parts;
use super::parse::with_statements;
use super::scope::{Named, Scope};
use super::{Sql, SqlError, Tables};
use crate::domain::lineage::Columns;

/// Understands a text in SQL, which may hold several statements.
pub fn read(text: &str, tables: Tables<'_>) -> Result<Sql, SqlError> {
    with_statements(text, |statements| {
        let mut reading = Reading::new(tables);
        let mut sql = Sql::default();
        for statement in statements {
            if let Some(columns) = reading.statement(statement, &mut sql.writes) {
                sql.columns = columns;
            }
        }
        (sql.reads, sql.missing) = (reading.reads, reading.missing);
        sql.normal = statements.iter().map(ToString::to_string).collect::<Vec<_>>().join(";\n");
        sql
    })
}

impl Reading<'_> {
    fn statement(&mut self, statement: &Statement, writes: &mut BTreeSet<String>) -> Option<Columns> {
        let scope = Scope::default();
        match statement {
            Statement::Query(query) => Some(self.query(query, &scope)),
            Statement::CreateTable(create) => {
                writes.insert(parts(&create.name).join("."));
                let query = create.query.as_ref().map(|query| self.query(query, &scope));
                if let Some(copied) = &create.clone {
                    self.needs_more(&parts(copied).join("."), "all of it is copied");
                }
                query
            }
            Statement::CreateView(create) => {
                writes.insert(parts(&create.name).join("."));
                Some(self.query(&create.query, &scope))
            }
            Statement::Insert(insert) => {
                if let TableObject::TableName(name) = &insert.table {
                    writes.insert(parts(name).join("."));
                }
                insert.source.as_ref().map(|query| self.query(query, &scope))
            }
            other => {
                let changed = changed(other);
                let named = Named::default();
                for table in
                    tables_in(other, &named).into_iter().filter(|table| Some(table) != changed.as_ref())
                {
                    self.needs_more(&table, "a kind of statement that is not followed");
                }
                writes.extend(changed);
                None
            }
        }
    }
}

/// The table that a statement changes row by row.
fn changed(statement: &Statement) -> Option<String> {
    let of = |factor: &TableFactor| match factor {
        TableFactor::Table { name, .. } => Some(parts(name).join(".")),
        _ => None,
    };
    let first = |all: &[TableWithJoins]| all.first().and_then(|table| of(&table.relation));
    match statement {
        Statement::Merge(merge) => of(&merge.table),
        Statement::Update(update) => of(&update.table.relation),
        Statement::Delete(delete) => match &delete.from {
            FromTable::WithFromKeyword(all) | FromTable::WithoutKeyword(all) => first(all),
        },
        _ => None,
    }
}
