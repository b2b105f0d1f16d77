//! Values with parts as texts that are the same where the values are: floats at as many digits as elsewhere, and names
//! in order, whatever order they were written in.

use std::collections::BTreeMap;

use jiff::Timestamp;
use parquet::record::Field;
use serde_json::value::RawValue;

use super::cell::{Number, number, significant};

/// Values within values; what lies deeper is told apart by its letters.
const DEEPEST: usize = 64;

/// Of JSON.
pub(super) fn of_json(json: &str) -> String {
    let mut told = String::with_capacity(json.len());
    json_value(json, DEEPEST, &mut told);
    told
}

fn json_value(json: &str, depth: usize, told: &mut String) {
    let json = json.trim_ascii();
    match json.as_bytes().first() {
        Some(b'[') if depth > 0 => {
            if let Ok(values) = serde_json::from_str::<Vec<&RawValue>>(json) {
                return list(&values, told, |value, told| json_value(value.get(), depth - 1, told));
            }
        }
        Some(b'{') if depth > 0 => {
            if let Ok(values) = serde_json::from_str::<BTreeMap<String, &RawValue>>(json) {
                let named = values.iter().map(|(name, value)| {
                    let mut of_name = String::new();
                    json_value(value.get(), depth - 1, &mut of_name);
                    (quoted(name), of_name)
                });
                return object(named.collect(), told);
            }
        }
        // However its letters are escaped.
        Some(b'"') => {
            if let Ok(text) = serde_json::from_str::<String>(json) {
                return told.push_str(&quoted(&text));
            }
        }
        _ => match number(json) {
            Some(Number::Int(whole)) => return told.push_str(&whole.to_string()),
            Some(Number::Float(number)) => return told.push_str(&float(number)),
            Some(Number::Large(_)) | None => {}
        },
    }
    told.push_str(json);
}

/// Of Parquet.
pub(super) fn of_field(field: &Field) -> String {
    let mut told = String::new();
    field_value(field, &mut told);
    told
}

fn field_value(field: &Field, told: &mut String) {
    match field {
        Field::Float16(number) => told.push_str(&float(number.to_f64())),
        Field::Float(number) => told.push_str(&float(f64::from(*number))),
        Field::Double(number) => told.push_str(&float(*number)),
        Field::Str(text) => told.push_str(&quoted(text)),
        Field::ListInternal(values) => list(values.elements(), told, field_value),
        Field::Group(fields) => {
            let named = fields.get_column_iter().map(|(name, value)| (quoted(name), of_field(value)));
            object(named.collect(), told);
        }
        Field::MapInternal(entries) => {
            let named = entries.entries().iter().map(|(name, value)| (of_field(name), of_field(value)));
            object(named.collect(), told);
        }
        // In whatever unit, and with however many zeros at its end, a file has them.
        Field::TimestampMillis(millis) => told.push_str(&micros(*millis, 1_000)),
        Field::TimestampMicros(at) => told.push_str(&micros(*at, 1)),
        Field::Decimal(_) => {
            let text = field.to_string();
            let shown = text.contains('.').then(|| text.trim_end_matches('0').trim_end_matches('.'));
            told.push_str(shown.unwrap_or(&text));
        }
        other => told.push_str(&other.to_string()),
    }
}

fn micros(at: i64, each: i64) -> String {
    let moment = at.checked_mul(each).and_then(|micros| Timestamp::from_microsecond(micros).ok());
    moment.map_or_else(|| format!("{at} × {each} µs"), |moment| moment.to_string())
}

fn list<T>(values: &[T], told: &mut String, each: impl Fn(&T, &mut String)) {
    told.push('[');
    for (at, value) in values.iter().enumerate() {
        told.push_str(if at > 0 { ", " } else { "" });
        each(value, told);
    }
    told.push(']');
}

fn object(mut named: Vec<(String, String)>, told: &mut String) {
    named.sort_unstable();
    told.push('{');
    for (at, (name, value)) in named.iter().enumerate() {
        let comma = if at > 0 { ", " } else { "" };
        told.extend([comma, name, ": ", value]);
    }
    told.push('}');
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn float(number: f64) -> String {
    let number = significant(number);
    match number.abs() {
        size if size == 0.0 || (1e-4..1e19).contains(&size) => number.to_string(),
        _ => format!("{number:e}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_the_same_in_whatever_way_it_is_written() {
        for (one, other) in [
            ("[0.3]", "[0.30000000000000004]"),
            ("{\"a\": 1, \"b\": [2.0, null]}", "{\"b\":[2,null] ,\"a\":1}"),
            ("{\"a\": {\"x\": true, \"y\": \"\\u0041\"}}", "{\"a\": {\"y\": \"A\", \"x\": true}}"),
            ("[-0.0, 1e3]", "[0, 1000]"),
        ] {
            assert_eq!(of_json(one), of_json(other));
        }
        for (one, other) in [
            ("[1, 2]", "[2, 1]"),
            ("[\"1\"]", "[1]"),
            ("[12345678901234567890]", "[12345678901234567891]"),
            ("[1700000000001.0]", "[1700000000002.0]"),
            ("{\"a\": null}", "{}"),
            ("[0.3]", "[0.30000000001]"),
            ("[[1, 2], 3]", "[[1], 2, 3]"),
        ] {
            assert_ne!(of_json(one), of_json(other));
        }
        assert_eq!(of_json("{\"b\": [0.5,\"x\"], \"a\": null}"), "{\"a\": null, \"b\": [0.5, \"x\"]}");
    }

    /// Of all that lies in each other, no stack has room.
    #[test]
    fn what_lies_deep_is_told_apart_by_its_letters() {
        let deep = |inner: &str| "[".repeat(200_000) + inner + &"]".repeat(200_000);
        assert_eq!(of_json(&deep("1")).len(), deep("1").len());
        assert_ne!(of_json(&deep("1")), of_json(&deep("2")));
    }
}
