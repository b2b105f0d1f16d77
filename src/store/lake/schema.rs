use std::path::Path;

use indexmap::IndexMap;
use parquet::basic::{ConvertedType, LogicalType, Type as Physical};
use parquet::schema::types::Type;

use super::super::expect::Parquet;
use crate::domain::ColumnType;

/// What a Parquet file tells of itself.
pub(super) struct FileSchema {
    pub columns: IndexMap<String, ColumnType>,
    pub rows: u64,
}

/// Names and types of a file's columns, in its order. The error names the column that no table can have.
pub(super) fn read(path: &Path) -> Result<FileSchema, String> {
    let file = Parquet::open(path)?;
    let column = |field: &Type| match column_type(field) {
        Some(kind) => Ok((field.name().to_owned(), kind)),
        None => Err(format!("column `{}` is nested or of a type that no table can hold", field.name())),
    };
    let columns = file.fields().iter().map(|field| column(field)).collect::<Result<_, _>>()?;
    Ok(FileSchema { columns, rows: file.rows() })
}

/// BigQuery's name for a column of a Parquet file; None for nested ones.
pub(in crate::store) fn column_type(field: &Type) -> Option<ColumnType> {
    let is_one = || field.get_basic_info().repetition() != parquet::basic::Repetition::REPEATED;
    (field.is_primitive() && is_one()).then(|| value_type(field))
}

/// Of each value of a field that has no parts.
pub(in crate::store) fn value_type(field: &Type) -> ColumnType {
    use ColumnType as C;
    let info = field.get_basic_info();
    let by_logical = info.logical_type_ref().and_then(|logical| match logical {
        LogicalType::String | LogicalType::Enum => Some(C::String),
        LogicalType::Json => Some(C::Json),
        LogicalType::Date => Some(C::Date),
        LogicalType::Time(_) => Some(C::Time),
        LogicalType::Timestamp(kind) if kind.is_adjusted_to_u_t_c => Some(C::Timestamp),
        LogicalType::Timestamp(_) => Some(C::Datetime),
        LogicalType::Decimal(_) => Some(C::Numeric),
        LogicalType::Integer(_) => Some(C::Int64),
        LogicalType::Float16 => Some(C::Float64),
        _ => None,
    });
    let by_converted = || match info.converted_type() {
        ConvertedType::UTF8 | ConvertedType::ENUM => Some(C::String),
        ConvertedType::JSON => Some(C::Json),
        ConvertedType::DATE => Some(C::Date),
        ConvertedType::TIME_MILLIS | ConvertedType::TIME_MICROS => Some(C::Time),
        ConvertedType::TIMESTAMP_MILLIS | ConvertedType::TIMESTAMP_MICROS => Some(C::Timestamp),
        ConvertedType::DECIMAL => Some(C::Numeric),
        _ => None,
    };
    let by_physical = || match field.get_physical_type() {
        Physical::BOOLEAN => C::Bool,
        Physical::INT32 | Physical::INT64 => C::Int64,
        Physical::INT96 => C::Timestamp,
        Physical::FLOAT | Physical::DOUBLE => C::Float64,
        Physical::BYTE_ARRAY | Physical::FIXED_LEN_BYTE_ARRAY => C::Bytes,
    };
    by_logical.or_else(by_converted).unwrap_or_else(by_physical)
}
