use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;

use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use parquet::schema::types::{Type, TypePtr};

use super::super::lake::column_type;
use super::data_file::{Columns, EachRow};

/// A Parquet file that somebody else wrote. Whatever is in it, reading it ends in an answer: the reader behind this
/// panics on some files that were made to harm it, so its panics are caught here.
pub(in crate::store) struct Parquet {
    reader: SerializedFileReader<std::fs::File>,
}

impl Parquet {
    pub(in crate::store) fn open(path: &Path) -> Result<Self, String> {
        let file = fs_err::File::open(path).map_err(|error| error.to_string())?;
        Ok(Self { reader: guarded(|| SerializedFileReader::new(file.into()))? })
    }

    pub(in crate::store) fn rows(&self) -> u64 {
        u64::try_from(self.reader.metadata().file_metadata().num_rows()).unwrap_or_default()
    }

    pub(in crate::store) fn fields(&self) -> &[TypePtr] {
        self.reader.metadata().file_metadata().schema().get_fields()
    }

    pub(super) fn columns(&self) -> Columns {
        self.fields().iter().map(|field| (field.name().to_owned(), column_type(field))).collect()
    }

    /// Reads only the wanted columns.
    pub(super) fn each(&self, wanted: &[&str], row: &mut EachRow) -> Result<u64, String> {
        let read: Vec<TypePtr> =
            self.fields().iter().filter(|field| wanted.contains(&field.name())).map(Arc::clone).collect();
        let places: Vec<Option<usize>> =
            wanted.iter().map(|column| read.iter().position(|field| field.name() == *column)).collect();
        if read.is_empty() {
            let nothing = vec![None; wanted.len()];
            (0..self.rows()).for_each(|_| row(&nothing));
            return Ok(self.rows());
        }
        guarded(|| {
            let root = self.reader.metadata().file_metadata().schema().name();
            let projection = Type::group_type_builder(root).with_fields(read.clone()).build()?;
            let mut rows = 0;
            for record in self.reader.get_row_iter(Some(projection))? {
                let fields = record?.into_columns();
                let value = |place: &Option<usize>| {
                    place.and_then(|at| fields.get(at)).and_then(|(_, field)| text(field))
                };
                row(&places.iter().map(value).collect::<Vec<_>>());
                rows += 1;
            }
            Ok(rows)
        })
    }
}

fn guarded<T>(read: impl FnOnce() -> Result<T, ParquetError>) -> Result<T, String> {
    match catch_unwind(AssertUnwindSafe(read)) {
        Ok(result) => result.map_err(|error| format!("it is not readable as Parquet: {error}")),
        Err(_) => Err("it is not readable as Parquet: its content contradicts itself".to_owned()),
    }
}

fn text(field: &Field) -> Option<String> {
    match field {
        Field::Null => None,
        Field::Str(text) => Some(text.clone()),
        Field::Float(number) => Some(number.to_string()),
        Field::Double(number) => Some(number.to_string()),
        Field::Bytes(bytes) => Some(String::from_utf8_lossy(bytes.data()).into_owned()),
        other => Some(other.to_string()),
    }
}
