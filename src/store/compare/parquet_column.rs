use std::sync::atomic::AtomicBool;

use parquet::basic::{ConvertedType, LogicalType, TimeUnit, Type as Physical};
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::DataType;
use parquet::errors::ParquetError;
use parquet::file::reader::FileReader;
use parquet::record::Field as Value;
use parquet::schema::types::{ColumnDescriptor, Type};

use super::super::expect::{MOST_AT_ONCE, Parquet, Spelling, guarded, more_rows, text};
use super::super::given_up::still_wanted;
use super::cell::Cell;
use super::gathered::Sink;
use super::measure::Measure;
use super::nested;
use super::source::MOST_ROWS;
use crate::domain::ColumnType;
use crate::store::lake::column_type;

/// Values that are unpacked at once.
const BATCH: usize = 8192;

/// Reads one column of a file. What is nested, or of a type that only Parquet has, is read as its text.
pub(super) fn read(
    file: &Parquet,
    name: &str,
    sink: &mut dyn Sink,
    given_up: &AtomicBool,
) -> Result<(), String> {
    let Some(field) = file.fields().iter().find(|field| field.name() == name) else {
        // Of the files of a table one may lack it.
        let rows = file.rows().min(MOST_ROWS);
        (0..rows).for_each(|_| sink.take(Cell::Null, Measure::Text));
        return Ok(());
    };
    let Some((at, measure)) = simple(file, field) else {
        let numbers = [ColumnType::Numeric, ColumnType::Int64, ColumnType::Float64];
        let is_number = column_type(field).is_some_and(|kind| numbers.contains(&kind));
        let measure = if is_number { Measure::Number { scale: 0 } } else { Measure::Text };
        let spelling = Spelling::of(field);
        let mut value = |value: &Value| match value {
            Value::Group(_) | Value::ListInternal(_) | Value::MapInternal(_) => {
                sink.take(Cell::Nested(&nested::of_field(value)), measure);
            }
            Value::UByte(number) => sink.take(Cell::Int((*number).into()), measure),
            Value::UShort(number) => sink.take(Cell::Int((*number).into()), measure),
            Value::UInt(number) => sink.take(Cell::Int((*number).into()), measure),
            Value::Float16(number) => sink.take(Cell::Float(number.to_f64()), measure),
            _ => match text(value, spelling) {
                None => sink.take(Cell::Null, measure),
                // Of 64 bits without a sign, it may be more than others hold.
                Some(text) if is_number => sink.take(Cell::Decimal(&text), measure),
                Some(text) => sink.take(Cell::Text(text.as_bytes()), measure),
            },
        };
        return file.each_of(field, &mut value, given_up).map(drop);
    };
    guarded(|| {
        let reader = file.reader();
        // A few bytes of a group may hold more rows than memory has room for: of all groups there are no more than the
        // footer says, which was looked at before.
        let mut left = file.rows().min(MOST_ROWS);
        for group in 0..reader.num_row_groups() {
            let group = reader.get_row_group(group)?;
            if group.metadata().column(at).uncompressed_size() > MOST_AT_ONCE {
                let why = format!("column `{name}` has a chunk of more than {MOST_AT_ONCE} bytes");
                return Err(ParquetError::General(why));
            }
            let means = (measure, Spelling::of(field));
            chunk(group.get_column_reader(at)?, means, sink, &mut left, given_up)?;
        }
        Ok(())
    })
}

/// The place of a column of plain values, and what they mean.
fn simple(file: &Parquet, field: &Type) -> Option<(usize, Measure)> {
    let kind = column_type(field)?;
    let schema = file.reader().metadata().file_metadata().schema_descr();
    let is_it = |column: &ColumnDescriptor| {
        column.path().parts() == [field.name()] && column.max_rep_level() == 0 && column.max_def_level() <= 1
    };
    let at = schema.columns().iter().position(|column| is_it(column))?;
    let info = field.get_basic_info();
    let unsigned = matches!(info.logical_type_ref(), Some(LogicalType::Integer(kind)) if !kind.is_signed)
        || matches!(info.converted_type(), ConvertedType::UINT_32 | ConvertedType::UINT_64);
    let measure = match (field.get_physical_type(), kind) {
        (Physical::BOOLEAN, _) => Measure::Flag,
        (Physical::INT32 | Physical::INT64, _) if unsigned => return None,
        (Physical::INT32, ColumnType::Date) => Measure::Date,
        (Physical::INT64, ColumnType::Timestamp | ColumnType::Datetime) => {
            Measure::Moment { a_second: a_second(field)?, zoned: kind == ColumnType::Timestamp }
        }
        (Physical::INT32 | Physical::INT64, ColumnType::Numeric) => {
            Measure::Number { scale: schema.column(at).type_scale() }
        }
        (Physical::INT32 | Physical::INT64, ColumnType::Int64) => Measure::Number { scale: 0 },
        (Physical::FLOAT | Physical::DOUBLE, _) => Measure::Number { scale: 0 },
        (Physical::BYTE_ARRAY, ColumnType::String | ColumnType::Json | ColumnType::Bytes) => Measure::Text,
        (Physical::FIXED_LEN_BYTE_ARRAY, ColumnType::Bytes) => Measure::Text,
        _ => return None,
    };
    Some((at, measure))
}

fn a_second(field: &Type) -> Option<i64> {
    let info = field.get_basic_info();
    match (info.logical_type_ref(), info.converted_type()) {
        (Some(LogicalType::Timestamp(kind)), _) => Some(match kind.unit {
            TimeUnit::MILLIS => 1_000,
            TimeUnit::MICROS => 1_000_000,
            TimeUnit::NANOS => 1_000_000_000,
        }),
        (None, ConvertedType::TIMESTAMP_MILLIS) => Some(1_000),
        (None, ConvertedType::TIMESTAMP_MICROS) => Some(1_000_000),
        _ => None,
    }
}

fn chunk(
    reader: ColumnReader,
    (measure, spelling): (Measure, Spelling),
    sink: &mut dyn Sink,
    left: &mut u64,
    given_up: &AtomicBool,
) -> Result<(), ParquetError> {
    match reader {
        ColumnReader::BoolColumnReader(reader) => each(reader, left, given_up, &mut |value| {
            sink.take(value.map_or(Cell::Null, |it| Cell::Bool(*it)), measure)
        }),
        ColumnReader::Int32ColumnReader(reader) => each(reader, left, given_up, &mut |value| {
            sink.take(value.map_or(Cell::Null, |it| Cell::Int(i64::from(*it))), measure)
        }),
        ColumnReader::Int64ColumnReader(reader) => each(reader, left, given_up, &mut |value| {
            sink.take(value.map_or(Cell::Null, |it| Cell::Int(*it)), measure)
        }),
        // Exactly: a short 0.1 is 0.10000000149, and not the same as a long one.
        ColumnReader::FloatColumnReader(reader) => each(reader, left, given_up, &mut |value| {
            sink.take(value.map_or(Cell::Null, |it| Cell::Float(f64::from(*it))), measure)
        }),
        ColumnReader::DoubleColumnReader(reader) => each(reader, left, given_up, &mut |value| {
            sink.take(value.map_or(Cell::Null, |it| Cell::Float(*it)), measure)
        }),
        ColumnReader::ByteArrayColumnReader(reader) => each(reader, left, given_up, &mut |value| {
            sink.take(value.map_or(Cell::Null, |it| Cell::Text(it.data())), measure)
        }),
        ColumnReader::FixedLenByteArrayColumnReader(reader) => each(reader, left, given_up, &mut |value| {
            let spelled = value.and_then(|it| spelling.of_bytes(it.data()));
            let bytes = spelled.as_deref().map(str::as_bytes).or(value.map(|it| it.data()));
            sink.take(bytes.map_or(Cell::Null, Cell::Text), measure)
        }),
        _ => Err(ParquetError::General("its schema contradicts itself".to_owned())),
    }
}

/// Each row's value; None is null.
fn each<T: DataType>(
    mut reader: ColumnReaderImpl<T>,
    left: &mut u64,
    given_up: &AtomicBool,
    take: &mut dyn FnMut(Option<&T::T>),
) -> Result<(), ParquetError> {
    let (mut levels, mut values) = (Vec::with_capacity(BATCH), Vec::with_capacity(BATCH));
    loop {
        still_wanted(given_up)?;
        levels.clear();
        values.clear();
        let (records, present, told) = reader.read_records(BATCH, Some(&mut levels), None, &mut values)?;
        if records == 0 {
            return Ok(());
        }
        *left = left.checked_sub(records as u64).ok_or_else(more_rows)?;
        if told == 0 || levels.is_empty() {
            values.iter().take(present).for_each(|value| take(Some(value)));
            continue;
        }
        let mut values = values.iter();
        for level in &levels {
            take(if *level > 0 { values.next() } else { None });
        }
    }
}
