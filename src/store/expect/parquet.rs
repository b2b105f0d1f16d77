use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use parquet::basic::{ConvertedType, LogicalType};
use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::{Field, Row};
use parquet::schema::types::{Type, TypePtr};

use super::super::given_up::still_wanted;
use super::super::lake::column_type;
use super::data_file::{Columns, EachRow};
use super::spelling::Spelling;

/// What one row group may unpack to: whole pages of it are in memory.
pub(in crate::store) const MOST_AT_ONCE: i64 = 1 << 30;

/// A Parquet file that somebody else wrote. Whatever is in it, reading it ends in an answer: the reader behind this
/// panics on some files that were made to harm it, so its panics are caught here.
pub(in crate::store) struct Parquet {
    reader: SerializedFileReader<std::fs::File>,
}

impl Parquet {
    pub(in crate::store) fn open(path: &Path) -> Result<Self, String> {
        Self::of(fs_err::File::open(path).map_err(|error| error.to_string())?.into())
    }

    pub(in crate::store) fn of(file: std::fs::File) -> Result<Self, String> {
        Ok(Self { reader: guarded(|| SerializedFileReader::new(file))? })
    }

    pub(in crate::store) fn reader(&self) -> &SerializedFileReader<std::fs::File> {
        &self.reader
    }

    pub(in crate::store) fn rows(&self) -> u64 {
        u64::try_from(self.reader.metadata().file_metadata().num_rows()).unwrap_or_default()
    }

    pub(in crate::store) fn fields(&self) -> &[TypePtr] {
        self.reader.metadata().file_metadata().schema().get_fields()
    }

    /// Columns that have nothing but nulls, of which nobody knew the type who wrote it.
    pub(in crate::store) fn untold(&self) -> Vec<String> {
        let untold = |field: &&TypePtr| {
            matches!(field.get_basic_info().logical_type_ref(), Some(LogicalType::Unknown))
        };
        self.fields().iter().filter(untold).map(|field| field.name().to_owned()).collect()
    }

    pub(super) fn columns(&self) -> Columns {
        self.fields().iter().map(|field| (field.name().to_owned(), column_type(field))).collect()
    }

    /// Reads only the wanted columns. Where none is, no row is told: a footer may claim more of them than anybody can
    /// count.
    pub(in crate::store) fn each(
        &self,
        wanted: &[&str],
        row: &mut EachRow,
        given_up: &AtomicBool,
    ) -> Result<u64, String> {
        let read: Vec<TypePtr> =
            self.fields().iter().filter(|field| wanted.contains(&field.name())).map(Arc::clone).collect();
        let places: Vec<Option<usize>> =
            wanted.iter().map(|column| read.iter().position(|field| field.name() == *column)).collect();
        if read.is_empty() {
            return Ok(self.rows());
        }
        let spellings = spellings(&read);
        let mut take = |record: Row| {
            let value = |place: &Option<usize>| {
                let at = (*place)?;
                let spelling = spellings.get(at).copied().unwrap_or_default();
                text(record.get_column_iter().nth(at)?.1, spelling)
            };
            row(&places.iter().map(value).collect::<Vec<_>>());
        };
        self.all(read, &mut take, given_up)
    }

    /// All values of one column, as they are.
    pub(in crate::store) fn each_of(
        &self,
        column: &TypePtr,
        value: &mut dyn FnMut(&Field),
        given_up: &AtomicBool,
    ) -> Result<u64, String> {
        let mut take = |record: Row| record.get_column_iter().for_each(|(_, field)| value(field));
        self.all(vec![Arc::clone(column)], &mut take, given_up)
    }

    /// All records of some columns; answers with their number.
    fn all(
        &self,
        columns: Vec<TypePtr>,
        take: &mut dyn FnMut(Row),
        given_up: &AtomicBool,
    ) -> Result<u64, String> {
        for (number, group) in self.reader.metadata().row_groups().iter().enumerate() {
            let bytes = group.total_byte_size();
            if bytes > MOST_AT_ONCE {
                return Err(format!(
                    "row group {number} unpacks to {bytes} bytes, and {MOST_AT_ONCE} are the most that can be \
                     checked at once: write smaller row groups"
                ));
            }
        }
        let mut rows = 0;
        self.records(columns, &mut |record| {
            still_wanted(given_up)?;
            if rows == self.rows() {
                return Err(more_rows());
            }
            take(record);
            rows += 1;
            Ok(true)
        })?;
        Ok(rows)
    }

    /// As many of the first columns, and no more than `most`, as unpack to what may be in memory at once. Each chunk is
    /// looked at once: a footer may have very many.
    pub(in crate::store) fn readable(&self, most: usize) -> Vec<TypePtr> {
        let mut fields: Vec<TypePtr> = self.fields().iter().take(most).map(Arc::clone).collect();
        let places: HashMap<String, usize> =
            fields.iter().enumerate().rev().map(|(at, field)| (field.name().to_owned(), at)).collect();
        for group in self.reader.metadata().row_groups() {
            let mut sizes = vec![0i64; fields.len()];
            for chunk in group.columns() {
                let place = chunk.column_path().parts().first().and_then(|first| places.get(first));
                if let Some(size) = place.and_then(|at| sizes.get_mut(*at)) {
                    *size = size.saturating_add(chunk.uncompressed_size());
                }
            }
            let mut all = 0i64;
            let fits = sizes.iter().take_while(|size| {
                all = all.saturating_add(**size);
                all <= MOST_AT_ONCE
            });
            fields.truncate(fits.count());
        }
        fields
    }

    /// The values of some columns from the first row on, until `row` wants no more.
    pub(in crate::store) fn first(
        &self,
        columns: Vec<TypePtr>,
        row: &mut dyn FnMut(Vec<Option<String>>) -> bool,
    ) -> Result<(), String> {
        if columns.is_empty() {
            return Ok(());
        }
        let spellings = spellings(&columns);
        self.records(columns, &mut |record| {
            let values = record.get_column_iter().zip(&spellings);
            Ok(row(values.map(|((_, field), spelling)| text(field, *spelling)).collect()))
        })
    }

    /// Records of some columns, until `take` answers that it wants no more.
    fn records(
        &self,
        columns: Vec<TypePtr>,
        take: &mut dyn FnMut(Row) -> Result<bool, ParquetError>,
    ) -> Result<(), String> {
        // The library gives up its thread over one.
        if let Some(column) = columns.iter().find(|column| has_interval(column)) {
            return Err(format!("column `{}` holds an INTERVAL, which is not read", column.name()));
        }
        guarded(|| {
            let root = self.reader.metadata().file_metadata().schema().name();
            let projection = Type::group_type_builder(root).with_fields(columns).build()?;
            for record in self.reader.get_row_iter(Some(projection))? {
                if !take(record?)? {
                    break;
                }
            }
            Ok(())
        })
    }
}

/// Such are read as bytes, each column by itself, or not at all.
pub(in crate::store) fn has_interval(field: &Type) -> bool {
    match field {
        Type::PrimitiveType { basic_info, .. } => basic_info.converted_type() == ConvertedType::INTERVAL,
        Type::GroupType { fields, .. } => fields.iter().any(|field| has_interval(field)),
    }
}

pub(in crate::store) fn guarded<T>(read: impl FnOnce() -> Result<T, ParquetError>) -> Result<T, String> {
    match catch_unwind(AssertUnwindSafe(read)) {
        Ok(result) => result.map_err(|error| format!("it is not readable as Parquet: {error}")),
        Err(_) => Err("it is not readable as Parquet: its content contradicts itself".to_owned()),
    }
}

/// Its groups have more rows than its footer says.
pub(in crate::store) fn more_rows() -> ParquetError {
    ParquetError::General("it has more rows than its footer says".to_owned())
}

fn spellings(columns: &[TypePtr]) -> Vec<Spelling> {
    columns.iter().map(|field| Spelling::of(field)).collect()
}

/// As people read it; None is null.
pub(in crate::store) fn text(field: &Field, spelling: Spelling) -> Option<String> {
    match field {
        other if spelling == Spelling::Zoneless => text(other, Spelling::Plain).map(|mut text| {
            text.truncate(text.strip_suffix(" +00:00").map_or(text.len(), str::len));
            text
        }),
        Field::Null => None,
        Field::Str(text) => Some(text.clone()),
        Field::Long(number) => Some(spelling.of_number(*number).unwrap_or_else(|| number.to_string())),
        Field::Float(number) => Some(number.to_string()),
        Field::Double(number) => Some(number.to_string()),
        Field::Bytes(bytes) => {
            let spelled = spelling.of_bytes(bytes.data());
            Some(spelled.unwrap_or_else(|| String::from_utf8_lossy(bytes.data()).into_owned()))
        }
        other => Some(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use parquet::file::metadata::{
        ColumnChunkMetaData, FileMetaData, ParquetMetaData, ParquetMetaDataWriter, RowGroupMetaData,
    };
    use parquet::schema::parser::parse_message_type;
    use parquet::schema::types::SchemaDescriptor;

    use super::*;

    static WANTED: AtomicBool = AtomicBool::new(false);

    fn claiming(rows: i64, bytes: i64) -> tempfile::NamedTempFile {
        let schema = Arc::new(parse_message_type("message table { required int64 n; }").unwrap());
        let schema = Arc::new(SchemaDescriptor::new(schema));
        let column = ColumnChunkMetaData::builder(schema.column(0)).build().unwrap();
        let group =
            RowGroupMetaData::builder(Arc::clone(&schema)).set_num_rows(rows).set_total_byte_size(bytes);
        let group = group.set_column_metadata(vec![column]).build().unwrap();
        let facts = FileMetaData::new(1, rows, None, None, schema, None);
        let claims = ParquetMetaData::new(facts, vec![group]);
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(b"PAR1").unwrap();
        ParquetMetaDataWriter::new(&mut file, &claims).finish().unwrap();
        file
    }

    #[test]
    fn of_a_type_that_is_not_read_its_column_is_told_and_others_are_read() {
        let columns = "required fixed_len_byte_array(16) w (DECIMAL(38,2)); required group s {
            required fixed_len_byte_array(12) x (INTERVAL); }";
        let schema = parse_message_type(&format!("message table {{ {columns} }}")).unwrap();
        let [wide, interval] = schema.get_fields() else { panic!() };
        assert!(has_interval(interval) && !has_interval(wide));
    }

    #[test]
    fn a_row_group_that_unpacks_to_more_than_memory_is_not_read() {
        let file = claiming(1, 1 << 40);
        let why = Parquet::open(file.path()).unwrap().each(&["n"], &mut |_| (), &WANTED).unwrap_err();
        assert!(why.contains("row group 0 unpacks to 1099511627776 bytes"), "{why}");
    }

    #[test]
    fn rows_that_only_the_footer_claims_are_not_walked() {
        let file = claiming(i64::MAX, 0);
        let opened = Parquet::open(file.path()).unwrap();
        assert_eq!(opened.each(&[], &mut |_| (), &WANTED), Ok(i64::MAX as u64));
        assert!(opened.each(&["n"], &mut |_| (), &WANTED).is_err());
    }
}
