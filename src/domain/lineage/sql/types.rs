use sqlparser::ast::{
    BinaryOperator, CastKind, DataType, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments,
    UnaryOperator, Value,
};

use crate::domain::ColumnType::{
    self, Bool, Bytes, Date, Datetime, Float64, Int64, Json, Numeric, String, Time, Timestamp,
};

/// Gives the type of the column that these parts name.
type Declared<'d> = &'d mut dyn FnMut(&[&str]) -> Option<ColumnType>;

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
        Expr::Extract { .. } => Some(Int64),
        Expr::IsNull(_) | Expr::IsNotNull(_) | Expr::IsTrue(_) | Expr::IsNotTrue(_) => Some(Bool),
        Expr::IsFalse(_) | Expr::IsNotFalse(_) | Expr::InList { .. } | Expr::InSubquery { .. } => Some(Bool),
        Expr::InUnnest { .. } | Expr::Between { .. } | Expr::Like { .. } | Expr::Exists { .. } => Some(Bool),
        Expr::IsDistinctFrom(..) | Expr::IsNotDistinctFrom(..) => Some(Bool),
        Expr::Trim { .. } | Expr::Substring { .. } => Some(String),
        Expr::UnaryOp { op: UnaryOperator::Not, .. } => Some(Bool),
        Expr::UnaryOp { op: UnaryOperator::Minus | UnaryOperator::Plus, expr } => type_of(expr, declared),
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
        Op::Plus | Op::Minus | Op::Multiply => number(type_of(left, declared)?, type_of(right, declared)?),
        Op::Divide => match number(type_of(left, declared)?, type_of(right, declared)?)? {
            Int64 => Some(Float64),
            kind => Some(kind),
        },
        _ => None,
    }
}

/// Of two numbers, what a sum of them is.
fn number(left: ColumnType, right: ColumnType) -> Option<ColumnType> {
    match (left, right) {
        (Int64, Int64) => Some(Int64),
        (Int64 | Numeric, Int64 | Numeric) => Some(Numeric),
        (Int64 | Numeric | Float64, Int64 | Numeric | Float64) => Some(Float64),
        _ => None,
    }
}

/// What all of them are; a NULL takes any type.
fn one<'e>(all: impl IntoIterator<Item = &'e Expr>, declared: Declared<'_>) -> Option<ColumnType> {
    let mut kind = None;
    for expr in
        all.into_iter().filter(|expr| !matches!(expr, Expr::Value(value) if value.value == Value::Null))
    {
        let this = type_of(expr, declared)?;
        kind = match kind {
            None => Some(this),
            Some(before) if before == this => Some(this),
            Some(before) => Some(number(before, this)?),
        };
    }
    kind
}

fn of_function(function: &Function, declared: Declared<'_>) -> Option<ColumnType> {
    let mut args = Vec::new();
    if let FunctionArguments::List(list) = &function.args {
        args.extend(list.args.iter().filter_map(|arg| match arg {
            FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) => Some(expr),
            _ => None,
        }));
    }
    let name = function.name.to_string().to_ascii_uppercase();
    match name.as_str() {
        "COUNT"
        | "COUNTIF"
        | "LENGTH"
        | "CHAR_LENGTH"
        | "ROW_NUMBER"
        | "RANK"
        | "DENSE_RANK"
        | "NTILE"
        | "DATE_DIFF"
        | "DATETIME_DIFF"
        | "TIMESTAMP_DIFF"
        | "TIME_DIFF"
        | "UNIX_DATE"
        | "UNIX_SECONDS"
        | "FARM_FINGERPRINT"
        | "STRPOS"
        | "ARRAY_LENGTH"
        | "APPROX_COUNT_DISTINCT" => Some(Int64),
        "AVG" | "SAFE_DIVIDE" | "STDDEV" | "STDDEV_POP" | "STDDEV_SAMP" | "VARIANCE" | "CORR" | "SQRT" => {
            // Of exact numbers they are exact.
            let kinds: Option<Vec<_>> = args.iter().map(|arg| type_of(arg, declared)).collect();
            kinds.filter(|kinds| !kinds.contains(&Numeric)).map(|_| Float64)
        }
        "ROUND" | "CEIL" | "CEILING" | "FLOOR" | "TRUNC" => match type_of(args.first()?, declared)? {
            Int64 | Float64 => Some(Float64),
            kind => Some(kind),
        },
        "SUM" | "MIN" | "MAX" | "ANY_VALUE" | "ABS" | "LAG" | "LEAD" | "FIRST_VALUE" | "LAST_VALUE"
        | "NULLIF" => type_of(args.first()?, declared),
        "COALESCE" | "IFNULL" | "GREATEST" | "LEAST" => one(args, declared),
        "IF" => one(args.into_iter().skip(1), declared),
        "CONCAT" | "UPPER" | "LOWER" | "INITCAP" | "REPLACE" => one(args, declared),
        "SUBSTR" | "LTRIM" | "RTRIM" | "LPAD" | "RPAD" => type_of(args.first()?, declared),
        "FORMAT" | "FORMAT_DATE" | "FORMAT_DATETIME" | "FORMAT_TIMESTAMP" | "STRING_AGG"
        | "REGEXP_EXTRACT" | "REGEXP_REPLACE" | "TO_HEX" | "JSON_VALUE" => Some(String),
        "STARTS_WITH" | "ENDS_WITH" | "REGEXP_CONTAINS" | "LOGICAL_AND" | "LOGICAL_OR" => Some(Bool),
        "DATE" | "CURRENT_DATE" | "PARSE_DATE" | "DATE_FROM_UNIX_DATE" => Some(Date),
        "DATETIME" | "CURRENT_DATETIME" | "PARSE_DATETIME" => Some(Datetime),
        "TIMESTAMP" | "CURRENT_TIMESTAMP" | "PARSE_TIMESTAMP" | "TIMESTAMP_TRUNC" | "TIMESTAMP_ADD"
        | "TIMESTAMP_SUB" => Some(Timestamp),
        "DATE_TRUNC" | "DATETIME_TRUNC" | "LAST_DAY" | "TIME_TRUNC" => type_of(args.first()?, declared),
        _ => None,
    }
}

fn of_value(value: &Value) -> Option<ColumnType> {
    match value {
        Value::Number(text, _) => Some(if text.contains(['.', 'e', 'E']) { Float64 } else { Int64 }),
        Value::Boolean(_) => Some(Bool),
        Value::SingleQuotedString(_) | Value::DoubleQuotedString(_) => Some(String),
        Value::TripleSingleQuotedString(_) | Value::TripleDoubleQuotedString(_) => Some(String),
        Value::SingleQuotedRawStringLiteral(_) | Value::DoubleQuotedRawStringLiteral(_) => Some(String),
        Value::SingleQuotedByteStringLiteral(_) | Value::DoubleQuotedByteStringLiteral(_) => Some(Bytes),
        _ => None,
    }
}

/// None for what is no column type of a project: arrays, structs, intervals.
fn of_name(kind: &DataType) -> Option<ColumnType> {
    Some(match kind {
        DataType::String(_) => String,
        DataType::Int64 | DataType::Int(_) | DataType::Integer(_) => Int64,
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
