use sqlparser::ast::{
    BinaryOperator, CastKind, CeilFloorKind, DataType, DateTimeField, Expr, UnaryOperator, Value,
};

use super::functions::{item_of, of_function};
use crate::domain::ColumnType::{
    self, Bool, Bytes, Date, Datetime, Float64, Int64, Json, Numeric, String, Time, Timestamp,
};

/// Gives the type of the column that these parts name.
pub(super) type Declared<'d> = &'d mut dyn FnMut(&[&str]) -> Option<ColumnType>;

/// The type of an expression, where it is written there or follows from declared ones.
pub(super) fn type_of(expr: &Expr, declared: Declared<'_>) -> Option<ColumnType> {
    match expr {
        Expr::Identifier(name) => declared(&[&name.value]),
        Expr::CompoundIdentifier(names) => {
            declared(&names.iter().map(|name| name.value.as_str()).collect::<Vec<_>>())
        }
        Expr::Nested(inner) => type_of(inner, declared),
        Expr::Value(value) => of_value(&value.value),
        Expr::TypedString(typed) => of_name(&typed.data_type),
        Expr::Cast { data_type, kind: CastKind::Cast | CastKind::SafeCast | CastKind::TryCast, .. } => {
            of_name(data_type)
        }
        Expr::Extract { field, .. } => Some(match field {
            DateTimeField::Date => Date,
            DateTimeField::Time => Time,
            DateTimeField::Datetime => Datetime,
            _ => Int64,
        }),
        Expr::Position { .. } => Some(Int64),
        Expr::IsNull(_) | Expr::IsNotNull(_) | Expr::IsTrue(_) | Expr::IsNotTrue(_) => Some(Bool),
        Expr::IsFalse(_) | Expr::IsNotFalse(_) | Expr::InList { .. } | Expr::InSubquery { .. } => Some(Bool),
        Expr::InUnnest { .. } | Expr::Between { .. } | Expr::Like { .. } | Expr::Exists { .. } => Some(Bool),
        Expr::IsDistinctFrom(..) | Expr::IsNotDistinctFrom(..) => Some(Bool),
        Expr::IsUnknown(_) | Expr::IsNotUnknown(_) | Expr::AnyOp { .. } | Expr::AllOp { .. } => Some(Bool),
        // Of STRING or BYTES, the same.
        Expr::Trim { expr, .. } | Expr::Substring { expr, .. } | Expr::Collate { expr, .. } => {
            type_of(expr, declared).filter(|kind| matches!(kind, String | Bytes))
        }
        Expr::Ceil { expr, field: CeilFloorKind::DateTimeField(DateTimeField::NoDateTime) }
        | Expr::Floor { expr, field: CeilFloorKind::DateTimeField(DateTimeField::NoDateTime) } => {
            Some(inexact(type_of(expr, declared)?))
        }
        Expr::UnaryOp { op: UnaryOperator::Not, .. } => Some(Bool),
        Expr::UnaryOp {
            op: UnaryOperator::Minus | UnaryOperator::Plus | UnaryOperator::BitwiseNot,
            expr,
        } => type_of(expr, declared),
        Expr::BinaryOp { left, op, right } => binary(left, op, right, declared),
        Expr::Case { conditions, else_result, .. } => {
            let results = conditions.iter().map(|when| &when.result).chain(else_result.as_deref());
            one(results, declared)
        }
        Expr::Function(function) => of_function(function, declared),
        _ => None,
    }
}

fn binary(left: &Expr, op: &BinaryOperator, right: &Expr, declared: Declared<'_>) -> Option<ColumnType> {
    use BinaryOperator as Op;
    match op {
        Op::Gt | Op::Lt | Op::GtEq | Op::LtEq | Op::Eq | Op::NotEq | Op::And | Op::Or => Some(Bool),
        Op::StringConcat => one([left, right], declared),
        Op::Plus | Op::Minus => match (left, right) {
            (Expr::Interval(_), other) | (other, Expr::Interval(_)) => match type_of(other, declared)? {
                Date | Datetime => Some(Datetime),
                Timestamp => Some(Timestamp),
                _ => None,
            },
            _ => match (type_of(left, declared)?, op, type_of(right, declared)?) {
                (Date, _, Int64) | (Int64, Op::Plus, Date) => Some(Date),
                (left, _, right) => number(left, right),
            },
        },
        Op::Multiply => number(type_of(left, declared)?, type_of(right, declared)?),
        Op::Divide => Some(inexact(number(type_of(left, declared)?, type_of(right, declared)?)?)),
        Op::BitwiseAnd | Op::BitwiseOr | Op::BitwiseXor => one([left, right], declared),
        Op::PGBitwiseShiftLeft | Op::PGBitwiseShiftRight => type_of(left, declared),
        _ => None,
    }
}

/// Of two numbers, what a sum of them is.
pub(super) fn number(left: ColumnType, right: ColumnType) -> Option<ColumnType> {
    match (left, right) {
        (Int64, Int64) => Some(Int64),
        (Int64 | Numeric, Int64 | Numeric) => Some(Numeric),
        (Int64 | Numeric | Float64, Int64 | Numeric | Float64) => Some(Float64),
        _ => None,
    }
}

/// What two rows of a column, or two branches of a CASE, are together.
pub(super) fn common(one: ColumnType, two: ColumnType) -> Option<ColumnType> {
    if one == two { Some(one) } else { number(one, two) }
}

/// What a division or a rounding gives: whole numbers become FLOAT64.
pub(super) fn inexact(kind: ColumnType) -> ColumnType {
    if kind == Int64 { Float64 } else { kind }
}

/// The type of an array's items.
pub(super) fn item_type(array: &Expr) -> Option<ColumnType> {
    match array {
        Expr::Array(array) => one(&array.elem, &mut |_| None),
        Expr::Function(function) => item_of(function),
        Expr::Nested(inner) => item_type(inner),
        _ => None,
    }
}

/// What all of them are; a NULL takes any type.
pub(super) fn one<'e>(all: impl IntoIterator<Item = &'e Expr>, declared: Declared<'_>) -> Option<ColumnType> {
    let mut kind = None;
    for expr in
        all.into_iter().filter(|expr| !matches!(expr, Expr::Value(value) if value.value == Value::Null))
    {
        let this = type_of(expr, declared)?;
        kind = match kind {
            None => Some(this),
            Some(before) => Some(common(before, this)?),
        };
    }
    kind
}

fn of_value(value: &Value) -> Option<ColumnType> {
    match value {
        Value::Number(text, _) => Some(if text.contains(['.', 'e', 'E']) { Float64 } else { Int64 }),
        Value::Boolean(_) => Some(Bool),
        Value::SingleQuotedString(_) | Value::DoubleQuotedString(_) => Some(String),
        Value::TripleSingleQuotedString(_) | Value::TripleDoubleQuotedString(_) => Some(String),
        Value::SingleQuotedRawStringLiteral(_) | Value::DoubleQuotedRawStringLiteral(_) => Some(String),
        Value::TripleSingleQuotedRawStringLiteral(_) | Value::TripleDoubleQuotedRawStringLiteral(_) => {
            Some(String)
        }
        Value::SingleQuotedByteStringLiteral(_) | Value::DoubleQuotedByteStringLiteral(_) => Some(Bytes),
        Value::TripleSingleQuotedByteStringLiteral(_) | Value::TripleDoubleQuotedByteStringLiteral(_) => {
            Some(Bytes)
        }
        // 0x1F
        Value::HexStringLiteral(_) => Some(Int64),
        _ => None,
    }
}

/// None for what is no column type of a project: arrays, structs, intervals.
pub(super) fn of_name(kind: &DataType) -> Option<ColumnType> {
    Some(match kind {
        DataType::String(_) => String,
        DataType::Int64 | DataType::Int(_) | DataType::Integer(_) | DataType::BigInt(_) => Int64,
        DataType::SmallInt(_) | DataType::TinyInt(_) => Int64,
        DataType::Float64 => Float64,
        DataType::Numeric(_) | DataType::Decimal(_) => Numeric,
        DataType::Bool | DataType::Boolean => Bool,
        DataType::Date => Date,
        DataType::Datetime(_) => Datetime,
        DataType::Time(..) => Time,
        DataType::Timestamp(..) => Timestamp,
        DataType::Bytes(_) => Bytes,
        DataType::JSON => Json,
        _ => return None,
    })
}
