use std::fs::File;

use super::super::expect::Parquet;
use super::super::lake::column_type;
use super::sample::{Sample, WIDEST};
use super::{Look, NotThat};
use crate::domain::figures::count;
use crate::domain::{Content, PreviewColumn};

/// The footer tells columns and rows; only the first pages are unpacked.
pub(super) fn look(file: File) -> Result<Look, NotThat> {
    let file = Parquet::of(file).map_err(Some)?;
    let fields = file.readable(WIDEST);
    let column = |field: &parquet::schema::types::TypePtr| PreviewColumn {
        name: field.name().to_owned(),
        kind: column_type(field),
    };
    let columns: Vec<PreviewColumn> = fields.iter().map(column).collect();
    let mut notes = Vec::new();
    let all = file.fields().len();
    if columns.len() < all {
        let (read, all) = (count(columns.len() as u64), count(all as u64));
        notes
            .push(format!("only the first {read} of {all} columns are looked at: more take too much memory"));
    }
    let mut sample = Sample::default();
    file.first(fields, &mut |row| sample.push(row)).map_err(Some)?;
    Ok(Look { content: Content::Table(sample.table(columns, Some(file.rows()))), notes })
}
