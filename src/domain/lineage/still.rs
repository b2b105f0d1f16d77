use std::cell::RefCell;
use std::collections::BTreeMap;

use super::sql::{self, Used};
use super::{Columns, Dataset, Lineage, StepId, StepLineage};

/// What the queries of a state still name of columns that an earlier one had.
pub(super) struct Still<'l> {
    /// Table → the columns that it has, and those that it had.
    tables: BTreeMap<&'l str, Columns>,
    /// What each query would read of them.
    read: RefCell<BTreeMap<StepId, BTreeMap<String, Used>>>,
}

impl<'l> Still<'l> {
    pub fn of(base: &'l Lineage, head: &'l Lineage) -> Self {
        let mut tables: BTreeMap<&str, Columns> = BTreeMap::new();
        for data in head.data.iter().chain(&base.data) {
            let Dataset::Table { name } = &data.dataset else { continue };
            let columns = tables.entry(name).or_insert_with(|| data.columns.clone());
            for column in &data.columns.known {
                if columns.get(&column.name).is_none() {
                    columns.known.push(column.clone());
                }
            }
        }
        Self { tables, read: RefCell::default() }
    }

    /// Whether a step's query would need a column, were it still there; None where that cannot be known.
    pub fn needs(&self, step: &StepLineage, dataset: &Dataset, column: &str) -> Option<bool> {
        let Dataset::Table { name } = dataset else { return Some(false) };
        let mut read = self.read.borrow_mut();
        let reads = read.entry(step.id.clone()).or_insert_with(|| {
            let text = step.query.as_ref().map_or("", |query| query.text.as_str());
            sql::read(text, &|name| self.tables.get(name).cloned()).map(|sql| sql.reads).unwrap_or_default()
        });
        reads.get(name).map_or(Some(false), |used| used.needs(column))
    }
}
