use sqlparser::ast::{FromTable, Statement, TableFactor, TableWithJoins};

use super::columns::Reading;
use super::from::table_name;
use super::scope::Scope;
use super::written::{Fit, Written};
use crate::domain::lineage::Columns;

impl Reading<'_> {
    /// The columns of the rows that a statement gives or writes; None where it does neither.
    pub(super) fn statement(&mut self, statement: &Statement) -> Option<Columns> {
        let scope = Scope::default();
        match statement {
            Statement::Query(query) => Some(self.query(query, &scope)),
            Statement::CreateTable(create) => Some(self.create_table(create)),
            Statement::CreateView(create) => Some(self.create_view(create)),
            Statement::Insert(insert) => Some(self.insert(insert)),
            Statement::Merge(merge) => Some(self.changed(of(&merge.table), "a MERGE", statement)),
            Statement::Update(update) => {
                Some(self.changed(of(&update.table.relation), "an UPDATE", statement))
            }
            Statement::AlterTable(alter) => {
                let why = "an ALTER TABLE is not followed column by column";
                let written = Written::new(Columns::unknown(why), Fit::Alters);
                Some(self.unfollowed(Some(table_name(&alter.name)), why, statement, written))
            }
            Statement::Delete(delete) => {
                let (FromTable::WithFromKeyword(all) | FromTable::WithoutKeyword(all)) = &delete.from;
                let first = |all: &[TableWithJoins]| all.first().and_then(|table| of(&table.relation));
                Some(self.emptied(first(all), "a DELETE", statement))
            }
            Statement::Truncate(truncate) => {
                let table = truncate.table_names.first().map(|table| table_name(&table.name));
                Some(self.emptied(table, "a TRUNCATE", statement))
            }
            Statement::Declare { stmts } => {
                self.declare(stmts);
                None
            }
            Statement::Set(set) => {
                self.set(set);
                None
            }
            Statement::If(_) | Statement::Case(_) | Statement::While(_) => self.block(statement),
            Statement::StartTransaction { .. } => self.block(statement),
            Statement::Assert { condition, message } => {
                self.expressions(std::iter::once(condition).chain(message), &scope);
                None
            }
            Statement::Commit { .. } | Statement::Rollback { .. } | Statement::Raise(_) => None,
            Statement::Drop { .. } | Statement::DropFunction(_) | Statement::DropProcedure { .. } => None,
            Statement::CreateSchema { .. } => None,
            Statement::CreateFunction(_) | Statement::CreateProcedure { .. } => {
                self.all_of(statement, &scope, "a function is not followed");
                None
            }
            Statement::Execute { .. } | Statement::Call(_) => {
                let what = if matches!(statement, Statement::Call(_)) { "CALL" } else { "EXECUTE IMMEDIATE" };
                self.all_of(statement, &scope, "what it is handed to is not known");
                self.unknown.insert(format!("what its {what} reads and writes"));
                Some(Columns::unknown(format!("what {what} runs, only a run knows")))
            }
            other => {
                self.all_of(other, &scope, "a kind of statement that is not followed");
                self.unknown.insert("what a kind of statement that is not followed writes".to_owned());
                Some(Columns::unknown("a kind of statement that is not followed"))
            }
        }
    }

    /// The rows of a table become others: it has the columns that it had.
    fn changed(&mut self, table: Option<String>, what: &str, statement: &Statement) -> Columns {
        let why = format!("{what} is not followed column by column");
        self.unfollowed(table, &why, statement, Written::unknown(why.clone()))
    }

    /// It has fewer rows, and nothing new in them.
    fn emptied(&mut self, table: Option<String>, what: &str, statement: &Statement) -> Columns {
        let why = format!("{what} is not followed column by column");
        self.unfollowed(table, &why, statement, Written::new(Columns::default(), Fit::ByName));
        Columns::unknown(format!("{what} gives no rows"))
    }

    fn unfollowed(
        &mut self,
        table: Option<String>,
        why: &str,
        statement: &Statement,
        written: Written,
    ) -> Columns {
        let was_read = table.as_ref().is_some_and(|table| self.reads.contains_key(table));
        self.all_of(statement, &Scope::default(), why);
        if let Some(table) = table {
            // That its own rows are looked at makes it no reader of itself.
            if !was_read {
                self.reads.remove(&table);
            }
            self.put(table, written);
        }
        Columns::unknown(why)
    }
}

fn of(factor: &TableFactor) -> Option<String> {
    match factor {
        TableFactor::Table { name, .. } => Some(table_name(name)),
        _ => None,
    }
}
