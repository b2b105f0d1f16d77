//! Types of Parquet columns by BigQuery's names, with those of their parts.

use parquet::basic::{ConvertedType, LogicalType, Repetition, Type as Physical};
use parquet::schema::types::Type;

use super::source::SHORT_FLOAT;
use crate::store::lake::value_type;

/// Types within types; what lies deeper is not told.
const DEEPEST: usize = 16;

/// `INT64`, `ARRAY<FLOAT64>`, `STRUCT<name STRING, at TIMESTAMP>`, `MAP<STRING, INT64>`.
pub(super) fn kind_of(field: &Type) -> String {
    kind(field, DEEPEST)
}

fn kind(field: &Type, depth: usize) -> String {
    let Some(depth) = depth.checked_sub(1) else { return "…".to_owned() };
    let info = field.get_basic_info();
    match info.has_repetition() && info.repetition() == Repetition::REPEATED {
        true => format!("ARRAY<{}>", of_one(field, depth)),
        false => of_one(field, depth),
    }
}

/// Of one of its values, however often it is repeated.
fn of_one(field: &Type, depth: usize) -> String {
    let parts = match field {
        Type::PrimitiveType { physical_type: Physical::FLOAT, .. } => return SHORT_FLOAT.to_owned(),
        Type::PrimitiveType { .. } => return value_type(field).as_str().to_owned(),
        Type::GroupType { fields, .. } => fields,
    };
    let info = field.get_basic_info();
    let is = |logical: fn(&LogicalType) -> bool, converted: &[ConvertedType]| {
        info.logical_type_ref().is_some_and(logical) || converted.contains(&info.converted_type())
    };
    let entries = |group: &Type| if group.is_group() { group.get_fields().to_vec() } else { Vec::new() };
    if let ([list], true) =
        (parts.as_slice(), is(|logical| matches!(logical, LogicalType::List), &[ConvertedType::LIST]))
    {
        return match entries(list).as_slice() {
            [element] => format!("ARRAY<{}>", kind(element, depth)),
            _ => kind(list, depth),
        };
    }
    let is_map = is(
        |logical| matches!(logical, LogicalType::Map),
        &[ConvertedType::MAP, ConvertedType::MAP_KEY_VALUE],
    );
    if let ([map], true) = (parts.as_slice(), is_map)
        && let [key, value] = entries(map).as_slice()
    {
        return format!("MAP<{}, {}>", kind(key, depth), kind(value, depth));
    }
    let parts: Vec<String> =
        parts.iter().map(|part| format!("{} {}", part.name(), kind(part, depth))).collect();
    format!("STRUCT<{}>", parts.join(", "))
}

#[cfg(test)]
mod tests {
    use parquet::schema::parser::parse_message_type;

    use super::*;

    #[test]
    fn types_are_told_with_their_parts() {
        let schema = "message table {
            required int64 id;
            optional group tags (LIST) { repeated group list { optional binary element (UTF8); } }
            optional group at (LIST) { repeated group list { optional group element {
                optional float lat; optional int32 day (DATE);
            } } }
            required group ids (MAP) { repeated group key_value {
                required binary key (UTF8); optional double value;
            } }
            repeated int32 bare;
            repeated group pairs { required int32 a; }
        }";
        let schema = parse_message_type(schema).unwrap();
        let told: Vec<String> = schema.get_fields().iter().map(|field| kind_of(field)).collect();
        assert_eq!(
            told,
            [
                "INT64",
                "ARRAY<STRING>",
                "ARRAY<STRUCT<lat FLOAT32, day DATE>>",
                "MAP<STRING, FLOAT64>",
                "ARRAY<INT64>",
                "ARRAY<STRUCT<a INT64>>",
            ]
        );
        let deep = format!(
            "message m {{ {} required int32 x; {} }}",
            "required group g {".repeat(40),
            "}".repeat(40)
        );
        assert!(kind_of(&parse_message_type(&deep).unwrap()).contains('…'));
    }
}
