use std::fs::File;

use parquet::schema::types::TypePtr;

use super::super::expect::{Parquet, has_interval};
use super::super::lake::column_type;
use super::sample::{Sample, WIDEST};
use super::{Look, NotThat};
use crate::domain::figures::count;
use crate::domain::{Content, PreviewColumn};

/// The footer tells columns and rows; only the first pages are unpacked.
pub(super) fn look(file: File) -> Result<Look, NotThat> {
    let file = Parquet::of(file).map_err(Some)?;
    let read = file.readable(WIDEST);
    let columns = read.len();
    let (intervals, fields): (Vec<TypePtr>, Vec<TypePtr>) =
        read.into_iter().partition(|field| has_interval(field));
    let column = |field: &TypePtr| PreviewColumn { name: field.name().to_owned(), kind: column_type(field) };
    let shown: Vec<PreviewColumn> = fields.iter().map(column).collect();
    let mut notes = Vec::new();
    let all = file.fields().len();
    if columns < all {
        let (read, all) = (count(columns as u64), count(all as u64));
        notes
            .push(format!("only the first {read} of {all} columns are looked at: more take too much memory"));
    }
    let holds = |field: &TypePtr| format!("`{}` holds an INTERVAL, and is not shown", field.name());
    notes.extend(intervals.iter().map(holds));
    let mut sample = Sample::default();
    file.first(fields, &mut |row| sample.push(row)).map_err(Some)?;
    Ok(Look { content: Content::Table(sample.table(shown, Some(file.rows()))), notes })
}
