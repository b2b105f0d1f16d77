use sqlparser::ast::{Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments};

use super::types::{Declared, inexact, number, one, type_of};
use crate::domain::ColumnType::{
    self, Bool, Bytes, Date, Datetime, Float64, Int64, Json, Numeric, String, Time, Timestamp,
};

/// What a function of BigQuery gives, as its manual says.
pub(super) fn of_function(function: &Function, declared: Declared<'_>) -> Option<ColumnType> {
    let name = name_of(function);
    always(&name).or_else(|| by_arguments(&name, &arguments(function), declared))
}

/// In capitals; what SAFE stands before gives the same, or NULL.
fn name_of(function: &Function) -> std::string::String {
    let name = function.name.to_string().to_ascii_uppercase();
    name.strip_prefix("SAFE.").map(str::to_owned).unwrap_or(name)
}

fn arguments(function: &Function) -> Vec<&Expr> {
    let FunctionArguments::List(list) = &function.args else { return Vec::new() };
    let unnamed = list.args.iter().filter_map(|arg| match arg {
        FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) => Some(expr),
        _ => None,
    });
    unnamed.collect()
}

/// Whatever it is called with.
#[rustfmt::skip]
fn always(name: &str) -> Option<ColumnType> {
    Some(match name {
        "COUNT" | "COUNTIF" | "APPROX_COUNT_DISTINCT" | "HLL_COUNT.MERGE" | "HLL_COUNT.EXTRACT" | "GROUPING"
        | "ROW_NUMBER" | "RANK" | "DENSE_RANK" | "NTILE"
        | "LENGTH" | "CHAR_LENGTH" | "CHARACTER_LENGTH" | "BYTE_LENGTH" | "OCTET_LENGTH" | "STRPOS" | "INSTR"
        | "REGEXP_INSTR" | "ASCII" | "UNICODE" | "EDIT_DISTANCE" | "ARRAY_LENGTH" | "FARM_FINGERPRINT"
        | "BIT_COUNT" | "BIT_AND" | "BIT_OR" | "BIT_XOR" | "RANGE_BUCKET" | "INT64" | "LAX_INT64"
        | "DATE_DIFF" | "DATETIME_DIFF" | "TIMESTAMP_DIFF" | "TIME_DIFF"
        | "UNIX_DATE" | "UNIX_SECONDS" | "UNIX_MILLIS" | "UNIX_MICROS" => Int64,
        "STDDEV" | "STDDEV_POP" | "STDDEV_SAMP" | "VARIANCE" | "VAR_POP" | "VAR_SAMP" | "CORR" | "COVAR_POP"
        | "COVAR_SAMP" | "CUME_DIST" | "PERCENT_RANK" | "RAND" | "IEEE_DIVIDE" | "COSINE_DISTANCE"
        | "EUCLIDEAN_DISTANCE" | "FLOAT64" | "LAX_FLOAT64"
        | "SIN" | "COS" | "TAN" | "ASIN" | "ACOS" | "ATAN" | "ATAN2" | "SINH" | "COSH" | "TANH" => Float64,
        "PARSE_NUMERIC" => Numeric,
        "STARTS_WITH" | "ENDS_WITH" | "REGEXP_CONTAINS" | "CONTAINS_SUBSTR" | "LOGICAL_AND" | "LOGICAL_OR"
        | "IS_NAN" | "IS_INF" | "BOOL" | "LAX_BOOL" => Bool,
        "FORMAT" | "FORMAT_DATE" | "FORMAT_DATETIME" | "FORMAT_TIME" | "FORMAT_TIMESTAMP" | "STRING" | "LAX_STRING"
        | "INITCAP" | "SOUNDEX" | "CHR" | "NORMALIZE" | "NORMALIZE_AND_CASEFOLD" | "CODE_POINTS_TO_STRING"
        | "SAFE_CONVERT_BYTES_TO_STRING" | "TO_HEX" | "TO_BASE32" | "TO_BASE64" | "GENERATE_UUID" | "SESSION_USER"
        | "JSON_VALUE" | "JSON_EXTRACT_SCALAR" | "TO_JSON_STRING" | "JSON_TYPE"
        | "NET.HOST" | "NET.REG_DOMAIN" | "NET.PUBLIC_SUFFIX" | "NET.IP_TO_STRING" => String,
        "MD5" | "SHA1" | "SHA256" | "SHA512" | "FROM_HEX" | "FROM_BASE32" | "FROM_BASE64" | "CODE_POINTS_TO_BYTES"
        | "HLL_COUNT.INIT" | "HLL_COUNT.MERGE_PARTIAL" | "NET.IP_FROM_STRING" => Bytes,
        "TO_JSON" | "PARSE_JSON" | "JSON_OBJECT" | "JSON_ARRAY" | "JSON_SET" | "JSON_REMOVE" | "JSON_STRIP_NULLS"
        | "JSON_ARRAY_APPEND" | "JSON_ARRAY_INSERT" => Json,
        // Of a DATETIME or a TIMESTAMP too.
        "LAST_DAY" => Date,
        "DATE" | "CURRENT_DATE" | "PARSE_DATE" | "DATE_FROM_UNIX_DATE" => Date,
        "DATETIME" | "CURRENT_DATETIME" | "PARSE_DATETIME" => Datetime,
        "TIME" | "CURRENT_TIME" | "PARSE_TIME" | "TIME_TRUNC" | "TIME_ADD" | "TIME_SUB" => Time,
        "TIMESTAMP" | "CURRENT_TIMESTAMP" | "PARSE_TIMESTAMP" | "TIMESTAMP_SECONDS" | "TIMESTAMP_MILLIS"
        | "TIMESTAMP_MICROS" => Timestamp,
        _ => return None,
    })
}

fn by_arguments(name: &str, args: &[&Expr], declared: Declared<'_>) -> Option<ColumnType> {
    let all = || args.iter().copied();
    let first = *args.first()?;
    match name {
        "SUM" | "MIN" | "MAX" | "ANY_VALUE" | "MAX_BY" | "MIN_BY" | "ABS" | "SIGN" | "SAFE_NEGATE"
        | "LAG" | "LEAD" | "FIRST_VALUE" | "LAST_VALUE" | "NTH_VALUE" | "PERCENTILE_DISC" => {
            type_of(first, declared)
        }
        // Of whole numbers FLOAT64, of exact ones exact.
        "AVG" | "ROUND" | "CEIL" | "CEILING" | "FLOOR" | "TRUNC" | "SQRT" | "EXP" | "LN" | "LOG10"
        | "PERCENTILE_CONT" => Some(inexact(type_of(first, declared)?)),
        "SAFE_DIVIDE" | "POW" | "POWER" | "LOG" => Some(inexact(numbers(args, declared)?)),
        "SAFE_ADD" | "SAFE_SUBTRACT" | "SAFE_MULTIPLY" | "MOD" | "DIV" => numbers(args, declared),
        "COALESCE" | "IFNULL" | "GREATEST" | "LEAST" | "NULLIF" => one(all(), declared),
        "IF" => one(all().skip(1), declared),
        // Of STRING or BYTES, the same.
        "UPPER" | "LOWER" | "REPLACE" | "SUBSTR" | "SUBSTRING" | "TRIM" | "LTRIM" | "RTRIM" | "LPAD"
        | "RPAD" | "LEFT" | "RIGHT" | "REVERSE" | "REPEAT" | "TRANSLATE" | "STRING_AGG"
        | "REGEXP_EXTRACT" | "REGEXP_SUBSTR" | "REGEXP_REPLACE" => {
            type_of(first, declared).filter(|kind| matches!(kind, String | Bytes))
        }
        "CONCAT" => one(all(), declared).filter(|kind| matches!(kind, String | Bytes)),
        "JSON_QUERY" | "JSON_EXTRACT" => {
            type_of(first, declared).filter(|kind| matches!(kind, String | Json))
        }
        "DATE_TRUNC" | "DATETIME_TRUNC" | "TIMESTAMP_TRUNC" => {
            type_of(first, declared).filter(|kind| matches!(kind, Date | Datetime | Timestamp))
        }
        // A text that is written there is taken for what the function is about.
        "DATE_ADD" | "DATE_SUB" => match type_of(first, declared) {
            Some(kind @ (Datetime | Timestamp)) => Some(kind),
            _ => Some(Date),
        },
        "DATETIME_ADD" | "DATETIME_SUB" => match type_of(first, declared) {
            Some(Timestamp) => None,
            _ => Some(Datetime),
        },
        "TIMESTAMP_ADD" | "TIMESTAMP_SUB" => match type_of(first, declared) {
            Some(Date | Datetime) => None,
            _ => Some(Timestamp),
        },
        _ => None,
    }
}

fn numbers(args: &[&Expr], declared: Declared<'_>) -> Option<ColumnType> {
    let (first, rest) = args.split_first()?;
    rest.iter().try_fold(type_of(first, declared)?, |kind, arg| number(kind, type_of(arg, declared)?))
}

/// Of functions that give an array, the type of its items.
pub(super) fn item_of(function: &Function) -> Option<ColumnType> {
    let nothing: Declared<'_> = &mut |_| None;
    let args = arguments(function);
    match name_of(function).as_str() {
        "GENERATE_DATE_ARRAY" => Some(Date),
        "GENERATE_TIMESTAMP_ARRAY" => Some(Timestamp),
        "GENERATE_ARRAY" => one(args, nothing),
        "JSON_VALUE_ARRAY" | "JSON_EXTRACT_STRING_ARRAY" => Some(String),
        "TO_CODE_POINTS" => Some(Int64),
        // Texts are split by a text, and BYTES by BYTES.
        "SPLIT" | "REGEXP_EXTRACT_ALL" => match args.get(1) {
            Some(by) => type_of(by, nothing),
            None => Some(String),
        },
        _ => None,
    }
}
