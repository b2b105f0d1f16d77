use std::collections::BTreeSet;
use std::rc::Rc;

use crate::domain::lineage::Columns;

/// What stands in a FROM.
#[derive(Clone, Debug)]
pub(super) struct Relation {
    /// How columns name it: its alias, else the last part of its name.
    pub name: String,
    /// A table of the warehouse itself.
    pub table: Option<String>,
    pub columns: Columns,
}

impl Relation {
    pub fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }
}

/// The queries that a WITH names, the innermost first.
#[derive(Clone, Debug, Default)]
pub(super) struct Named(Option<Rc<Entry>>);

#[derive(Debug)]
struct Entry {
    name: String,
    columns: Columns,
    before: Named,
}

impl Named {
    pub fn with(&self, name: &str, columns: Columns) -> Self {
        Self(Some(Rc::new(Entry { name: name.to_owned(), columns, before: self.clone() })))
    }

    pub fn get(&self, name: &str) -> Option<&Columns> {
        let mut at = &self.0;
        while let Some(entry) = at {
            if entry.name.eq_ignore_ascii_case(name) {
                return Some(&entry.columns);
            }
            at = &entry.before.0;
        }
        None
    }
}

/// What an expression may name.
#[derive(Clone, Debug, Default)]
pub(super) struct Scope<'o> {
    pub relations: Vec<Relation>,
    /// The columns that joins compare by USING, in small letters: `*` has each once.
    pub using: BTreeSet<String>,
    pub named: Named,
    /// Columns of the SELECT itself, which GROUP BY, HAVING, QUALIFY and ORDER BY may name.
    pub own: Columns,
    /// Of the query around a subquery.
    pub outer: Option<&'o Scope<'o>>,
}

impl Scope<'_> {
    /// Nothing is read in it, nor around it.
    pub fn is_bare(&self) -> bool {
        self.relations.is_empty() && self.outer.is_none_or(Scope::is_bare)
    }
}
