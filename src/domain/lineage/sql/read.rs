use super::columns::Reading;
use super::parse::Parsed;
use super::{Sql, SqlError, Tables};
use crate::domain::lineage::Columns;

/// Understands a text in SQL, which may hold several statements.
pub fn read(text: &str, tables: Tables<'_>) -> Result<Sql, SqlError> {
    Ok(Parsed::of(text)?.read(tables))
}

impl Parsed {
    pub fn read(&self, tables: Tables<'_>) -> Sql {
        self.with(|statements| {
            let mut reading = Reading::new(tables);
            let mut columns = None;
            for statement in statements {
                let gives = match statement {
                    Ok(statement) => reading.statement(statement),
                    Err(unread) => {
                        reading.unknown.insert(format!("a statement of its query: {}", unread.error));
                        Some(Columns::unknown(unread.error.to_string()))
                    }
                };
                columns = gives.or(columns);
            }
            Sql {
                reads: reading.reads,
                writes: reading.writes,
                missing: reading.missing,
                columns: columns.unwrap_or_else(|| Columns::unknown("no statement of its query gives rows")),
                refused: reading.refused,
                unknown: reading.unknown,
                normal: self.normal.clone(),
            }
        })
    }
}
