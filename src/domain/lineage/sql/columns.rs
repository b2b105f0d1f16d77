use std::collections::{BTreeMap, BTreeSet};

use super::lookup::Found;
use super::{Tables, Used, Written};
use crate::domain::lineage::{Column, ColumnRef, Columns};

/// What has been understood of a text so far.
pub(super) struct Reading<'t> {
    tables: Tables<'t>,
    pub reads: BTreeMap<String, Used>,
    pub writes: BTreeMap<String, Written>,
    pub missing: BTreeSet<ColumnRef>,
    pub refused: BTreeSet<String>,
    pub unknown: BTreeSet<String>,
    /// Tables that an earlier statement has made: what they have is what that gave.
    pub made: BTreeMap<String, Columns>,
    /// Those that nobody else sees.
    pub temporary: BTreeSet<String>,
    /// By their names in small letters.
    pub variables: BTreeMap<String, Found>,
    /// How many blocks around us may not run.
    pub depends: usize,
    /// Queries that have been looked into.
    queries: usize,
}

/// Of more, nothing is known: no text that people write has so many.
const QUERIES: usize = 20_000;

impl<'t> Reading<'t> {
    pub fn new(tables: Tables<'t>) -> Self {
        Self {
            tables,
            reads: BTreeMap::new(),
            writes: BTreeMap::new(),
            missing: BTreeSet::new(),
            refused: BTreeSet::new(),
            unknown: BTreeSet::new(),
            made: BTreeMap::new(),
            temporary: BTreeSet::new(),
            variables: BTreeMap::new(),
            depends: 0,
            queries: 0,
        }
    }

    /// Counts one more query: true once there are too many.
    pub fn is_spent(&mut self) -> bool {
        self.queries += 1;
        self.queries > QUERIES
    }

    /// The columns of a table that is read, each made of itself.
    pub fn table(&mut self, table: &str) -> Columns {
        if let Some(made) = self.made.get(table) {
            return made.clone();
        }
        self.reads.entry(table.to_owned()).or_default();
        let Some(declared) = (self.tables)(table) else {
            return Columns::unknown(format!("the columns of {table} are not known"));
        };
        let own = |column: &Column| Column {
            from: [ColumnRef { table: table.to_owned(), column: column.name.clone() }].into(),
            fields: column.fields.clone(),
            ..Column::new(&column.name, column.kind)
        };
        Columns { known: declared.known.iter().map(own).collect(), rest: declared.rest }
    }

    pub fn needs(&mut self, found: &Found) {
        for column in &found.from {
            let used = self.reads.entry(column.table.clone()).or_default();
            used.columns.insert(column.column.to_ascii_lowercase());
        }
    }

    /// A column that its table does not have: it is needed all the same.
    pub fn lacks(&mut self, table: &str, column: &str) {
        let column = ColumnRef { table: table.to_owned(), column: column.to_owned() };
        self.needs(&Found { from: [column.clone()].into(), ..Found::default() });
        self.missing.insert(column);
    }

    pub fn needs_more(&mut self, table: &str, why: &str) {
        match self.reads.get_mut(table) {
            Some(Used { rest: Some(_), .. }) => {}
            Some(used) => used.rest = Some(why.to_owned()),
            None => {
                let used = Used { rest: Some(why.to_owned()), ..Used::default() };
                self.reads.insert(table.to_owned(), used);
            }
        }
    }
}
