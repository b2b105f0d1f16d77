//! The embedded warehouse: Parquet files and a `_table.json` a table. Containers only read it.

mod catalog;
mod change;
mod copy;
mod folder;
mod record;
mod schema;
#[cfg(test)]
mod tests;
mod unlisted;

pub use catalog::{Catalog, Lake};
pub(super) use change::{Author, Change};
pub(super) use schema::{column_type, value_type};
pub use unlisted::Unlisted;
