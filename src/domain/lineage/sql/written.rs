use serde::{Deserialize, Serialize};

use crate::domain::lineage::{Column, Columns};

/// How what is written meets the columns of its table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Fit {
    /// The table has these columns from then on: CREATE.
    Makes,
    /// It has its columns already, and these are some of them.
    ByName,
    /// It has its columns already, and the first takes the first, whatever the names: INSERT without a list.
    ByPlace,
    /// It has others from then on than it had, and which is not known: ALTER.
    Alters,
}

/// What statements put into a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    pub columns: Columns,
    pub fit: Fit,
    /// Why any column of the table may be made of something else too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unknown: Option<String>,
}

impl Written {
    pub fn new(columns: Columns, fit: Fit) -> Self {
        Self { columns, fit, unknown: None }
    }

    pub fn unknown(why: String) -> Self {
        Self { unknown: Some(why.clone()), ..Self::new(Columns::unknown(why), Fit::ByName) }
    }

    /// What a later statement puts into the same table.
    pub fn add(&mut self, later: Self) {
        match (self.fit, later.fit) {
            (_, Fit::Makes) => *self = later,
            (Fit::Makes, _) => later.into_table(&mut self.columns),
            (Fit::Alters, _) => {}
            (_, Fit::Alters) => *self = later,
            // Two INSERTs: of the second, by name only what can be.
            _ => {
                for column in &later.columns.known {
                    match self.columns.known.iter_mut().find(|known| known.is(&column.name)) {
                        Some(known) => known.take_sources(column),
                        None => self.columns.known.push(column.clone()),
                    }
                }
                self.columns.rest = self.columns.rest.take().or(later.columns.rest);
                self.unknown = self.unknown.take().or(later.unknown);
                self.fit = Fit::ByName;
            }
        }
    }

    /// What the columns of a table are made of besides.
    pub fn into_table(self, table: &mut Columns) {
        if self.fit == Fit::Alters {
            *table = self.columns;
            return;
        }
        for (at, column) in self.columns.known.iter().enumerate() {
            let meets = |(place, known): &(usize, &mut Column)| match self.fit {
                Fit::ByPlace => *place == at,
                Fit::Makes | Fit::Alters | Fit::ByName => known.is(&column.name),
            };
            let known = table.known.iter_mut().enumerate().find(meets);
            if let Some((_, known)) = known {
                known.take_sources(column);
            }
        }
        if let Some(why) = self.unknown {
            for known in &mut table.known {
                known.unknown.get_or_insert_with(|| why.clone());
            }
        }
    }
}
