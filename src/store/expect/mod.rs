//! What must hold of an output's rows, checked before it is published.

mod check;
mod csv_fields;
mod csv_rows;
mod data_file;
mod json_rows;
mod parquet;
mod row_bound;
mod rule;
mod spelling;

pub(super) use check::{check, count_cheaply};
pub(super) use csv_fields::{Fields, Next};
pub(super) use csv_rows::other_width;
pub(super) use data_file::{DataFile, Format};
pub(super) use json_rows::{JsonKind, JsonValue, told};
pub(super) use parquet::{MOST_AT_ONCE, Parquet, guarded, has_interval, more_rows, text};
pub(super) use spelling::Spelling;
