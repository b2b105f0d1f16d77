use std::io::Read;

use csv::{ReaderBuilder, StringRecord};

use super::data_file::{Columns, EachRow};

pub(super) fn columns(file: impl Read) -> Result<Columns, String> {
    let mut reader = ReaderBuilder::new().from_reader(file);
    let header = reader.headers().map_err(|error| error.to_string())?;
    Ok(header.iter().map(|name| (name.to_owned(), None)).collect())
}

/// An empty field is null.
pub(super) fn each(file: impl Read, wanted: &[&str], row: &mut EachRow) -> Result<u64, String> {
    let mut reader = ReaderBuilder::new().from_reader(file);
    let header = reader.headers().map_err(|error| error.to_string())?.clone();
    let places: Vec<Option<usize>> =
        wanted.iter().map(|column| header.iter().position(|name| name == *column)).collect();
    let mut record = StringRecord::new();
    let mut rows = 0;
    while reader.read_record(&mut record).map_err(|error| error.to_string())? {
        rows += 1;
        let value = |place: &Option<usize>| {
            place.and_then(|at| record.get(at)).filter(|text| !text.is_empty()).map(str::to_owned)
        };
        row(&places.iter().map(value).collect::<Vec<_>>());
    }
    Ok(rows)
}
