use std::collections::btree_map::Entry;

use sqlparser::ast::{CreateTable, CreateTableLikeKind, CreateView, Insert, ObjectName, TableObject};

use super::columns::Reading;
use super::from::{parts, table_name};
use super::scope::Scope;
use super::types::of_name;
use super::written::{Fit, Written};
use crate::domain::ColumnType;
use crate::domain::figures::counted;
use crate::domain::lineage::{Column, Columns};

impl Reading<'_> {
    pub(super) fn create_table(&mut self, create: &CreateTable) -> Columns {
        let table = table_name(&create.name);
        let like = create.like.as_ref().map(|like| match like {
            CreateTableLikeKind::Parenthesized(like) | CreateTableLikeKind::Plain(like) => &like.name,
        });
        let given = match (&create.query, &create.clone, like) {
            (Some(query), ..) => Some(self.query(query, &Scope::default())),
            (None, Some(copied), _) => Some(self.copied(copied)),
            (None, None, Some(like)) => {
                let mut columns = self.copied(like);
                columns.known.iter_mut().for_each(|column| column.from.clear());
                Some(columns)
            }
            (None, None, None) => None,
        };
        let named: Vec<_> = create
            .columns
            .iter()
            .map(|column| (column.name.value.clone(), of_name(&column.data_type)))
            .collect();
        let columns = match given {
            Some(given) if named.is_empty() => given,
            Some(given) => self.beside(named, given, "a CREATE TABLE"),
            None if named.is_empty() => Columns::unknown("its CREATE TABLE does not say which"),
            None => Columns::all(named.into_iter().map(|(name, kind)| Column::new(name, kind)).collect()),
        };
        if create.temporary {
            self.temporary.insert(table.clone());
        }
        self.make(table, columns, create.if_not_exists && !create.temporary)
    }

    pub(super) fn create_view(&mut self, create: &CreateView) -> Columns {
        let mut columns = self.query(&create.query, &Scope::default());
        if !create.columns.is_empty() {
            let named = create.columns.iter().map(|column| (column.name.value.clone(), None));
            columns = self.beside(named.collect(), columns, "a CREATE VIEW");
        }
        self.make(table_name(&create.name), columns, create.if_not_exists)
    }

    pub(super) fn insert(&mut self, insert: &Insert) -> Columns {
        let given = match &insert.source {
            Some(query) => self.query(query, &Scope::default()),
            None => Columns::unknown("a kind of INSERT that is not followed"),
        };
        let TableObject::TableName(table) = &insert.table else { return given };
        let named = insert.columns.iter().filter_map(|name| parts(name).pop());
        let named: Vec<(String, Option<ColumnType>)> = named.map(|name| (name, None)).collect();
        let mut written = match (named.is_empty(), given.rest) {
            (false, rest) => {
                let given = Columns { known: given.known, rest };
                Written::new(self.beside(named, given, "an INSERT"), Fit::ByName)
            }
            (true, None) => Written::new(Columns::all(given.known), Fit::ByPlace),
            // At which place a column stands is not known either.
            (true, Some(why)) => Written::unknown(why),
        };
        let why = match written.fit {
            Fit::ByPlace => {
                "an INSERT without a list goes by place: the table may call its columns otherwise"
            }
            _ => "an INSERT names only the columns that it fills",
        };
        written.columns.rest.get_or_insert_with(|| why.to_owned());
        let mut columns = written.columns.clone();
        // VALUES have no names.
        columns.known.retain(|column| !column.name.is_empty());
        self.put(table_name(table), written);
        columns
    }

    /// The columns that a list names, filled in order with those that a query gives.
    fn beside(&mut self, named: Vec<(String, Option<ColumnType>)>, given: Columns, who: &str) -> Columns {
        if given.is_complete() && given.known.len() != named.len() {
            let (names, gives) = (counted(named.len() as u64, "column"), given.known.len());
            self.refused.insert(format!("{who} names {names}, and its query gives {gives}"));
        }
        let is_complete = given.is_complete();
        let mut given = given.known.into_iter();
        let columns = named.into_iter().map(|(name, kind)| match given.next() {
            Some(column) if is_complete => Column { name, kind: kind.or(column.kind), ..column },
            _ => {
                let unknown = Some("which column of the query stands beside it is not known".to_owned());
                Column { unknown, ..Column::new(name, kind) }
            }
        });
        Columns::all(columns.collect())
    }

    /// All columns of a table that is copied.
    fn copied(&mut self, name: &ObjectName) -> Columns {
        let table = table_name(name);
        let columns = self.table(&table);
        for column in &columns.known {
            self.needs(&super::lookup::Found::of(column));
        }
        if columns.rest.is_some() {
            self.needs_more(&table, "all of it is copied");
        }
        columns
    }

    /// `keeps`: what is there already stays.
    fn make(&mut self, table: String, mut columns: Columns, keeps: bool) -> Columns {
        let is_sure = !keeps && self.depends == 0;
        let before = match (self.made.get(&table), self.writes.get(&table)) {
            (Some(made), _) => Some(made),
            (None, Some(Written { columns, fit: Fit::Makes, .. })) => Some(columns),
            _ => None,
        };
        match before.filter(|_| !is_sure) {
            Some(before) if before.agrees(&columns) => columns.add_sources(before),
            Some(_) => columns = Columns::unknown("which of its statements makes it, only a run knows"),
            None => {}
        }
        if is_sure || before.is_some() || self.temporary.contains(&table) {
            self.made.insert(table.clone(), columns.clone());
        }
        self.put(table, Written::new(columns.clone(), Fit::Makes));
        columns
    }

    pub(super) fn put(&mut self, table: String, written: Written) {
        if let Some(made) = self.made.get_mut(&table).filter(|_| written.fit != Fit::Makes) {
            let whole = |columns: &Columns| columns.known.iter().all(|column| !column.name.is_empty());
            let (has, gives) = (made.known.len(), written.columns.known.len());
            if written.fit == Fit::ByPlace && made.is_complete() && whole(made) && gives > has {
                self.refused.insert(format!(
                    "an INSERT puts {} into {table}, which has {has}",
                    counted(gives as u64, "column")
                ));
            }
            written.clone().into_table(made);
        }
        if self.temporary.contains(&table) {
            return;
        }
        match self.writes.entry(table) {
            Entry::Vacant(entry) => drop(entry.insert(written)),
            Entry::Occupied(mut entry) => entry.get_mut().add(written),
        }
    }
}
