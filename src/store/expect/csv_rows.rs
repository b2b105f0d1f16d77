use std::io::Read;

use super::csv_fields::{Fields, Next};
use super::data_file::{Columns, EachRow};
use crate::domain::figures::counted;

/// A header of more names would itself be what memory grows with.
const WIDEST: usize = 100_000;

pub(super) fn columns(file: impl Read, delimiter: u8) -> Result<Columns, String> {
    let names = header(&mut Fields::parted_by(delimiter, file))?;
    Ok(names.into_iter().map(|name| (name, None)).collect())
}

/// An empty field without quotes is null.
pub(super) fn each(
    file: impl Read,
    delimiter: u8,
    wanted: &[&str],
    row: &mut EachRow,
) -> Result<u64, String> {
    let mut fields = Fields::parted_by(delimiter, file);
    let header = header(&mut fields)?;
    // Of columns of the same name the first is meant.
    let place = |column: &&str| header.iter().position(|name| name == column);
    let places: Vec<Option<usize>> = wanted.iter().map(place).collect();
    let mut values = vec![None; wanted.len()];
    let mut rows = 0;
    while read(&mut fields, header.len(), &places, &mut values)
        .map_err(|why| format!("row {}: {why}", rows + 1))?
    {
        rows += 1;
        row(&values);
    }
    Ok(rows)
}

fn header<R: Read>(fields: &mut Fields<R>) -> Result<Vec<String>, String> {
    let wrong = |why: String| format!("the row of its column names: {why}");
    let mut names = Vec::new();
    while let Some(next) = fields.advance().map_err(|error| wrong(error.to_string()))? {
        names.push(fields.text().map_err(wrong)?.to_owned());
        if next == Next::Row {
            break;
        }
        if names.len() == WIDEST {
            return Err(wrong(format!("it has more than {WIDEST} names")));
        }
    }
    Ok(names)
}

/// `has 1 field, where 2 columns are named`
pub(in super::super) fn other_width(fields: usize, columns: usize) -> String {
    let are = if columns == 1 { "is" } else { "are" };
    let (fields, columns) = (counted(fields as u64, "field"), counted(columns as u64, "column"));
    format!("has {fields}, where {columns} {are} named")
}

/// Reads one row; false: there is none any more.
fn read<R: Read>(
    fields: &mut Fields<R>,
    width: usize,
    places: &[Option<usize>],
    values: &mut [Option<String>],
) -> Result<bool, String> {
    let mut at = 0;
    while let Some(next) = fields.advance().map_err(|error| error.to_string())? {
        let text = fields.text()?;
        for (value, _) in values.iter_mut().zip(places).filter(|(_, place)| **place == Some(at)) {
            *value = (!fields.is_null()).then(|| text.to_owned());
        }
        at += 1;
        if next == Next::Row {
            return match at == width {
                true => Ok(true),
                false => Err(format!("it {}", other_width(at, width))),
            };
        }
    }
    Ok(false)
}
