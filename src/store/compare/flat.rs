use indexmap::IndexMap;
use serde_json::value::RawValue;

use super::super::expect::{JsonKind, JsonValue, told};
use super::nested::of_json;

/// Values within values; what lies deeper stays the JSON it is.
const DEEPEST: usize = 32;

/// What a document says by its paths, in its order: `model.layers[0].size`; None is null.
pub(super) type Flat = IndexMap<String, Option<JsonValue>>;

/// Adds a value and all that lies in it. False: two have the same path, or they are more than `most`.
pub(super) fn add(path: String, value: Option<JsonValue>, most: usize, flat: &mut Flat) -> bool {
    match value {
        Some(value) if value.kind == JsonKind::Nested => nested(path, &value, DEEPEST, most, flat),
        value => flat.len() < most && flat.insert(path, value).is_none(),
    }
}

fn nested(path: String, value: &JsonValue, depth: usize, most: usize, flat: &mut Flat) -> bool {
    let inner: Vec<(String, &RawValue)> = match (depth, value.text.trim_ascii_start().as_bytes().first()) {
        (1.., Some(b'[')) => match serde_json::from_str::<Vec<&RawValue>>(&value.text) {
            Ok(values) => {
                values.into_iter().enumerate().map(|(at, value)| (format!("{path}[{at}]"), value)).collect()
            }
            Err(_) => return false,
        },
        (1.., _) => match serde_json::from_str::<IndexMap<String, &RawValue>>(&value.text) {
            Ok(values) => values.into_iter().map(|(name, value)| (format!("{path}.{name}"), value)).collect(),
            Err(_) => return false,
        },
        _ => Vec::new(),
    };
    if inner.len() > most {
        return false;
    }
    if inner.is_empty() {
        // An empty list is a value as any other.
        let value = JsonValue { text: of_json(&value.text), kind: value.kind };
        return flat.len() < most && flat.insert(path, Some(value)).is_none();
    }
    inner.into_iter().all(|(path, value)| match told(value) {
        Ok(Some(value)) if value.kind == JsonKind::Nested => nested(path, &value, depth - 1, most, flat),
        Ok(value) => flat.len() < most && flat.insert(path, value).is_none(),
        Err(_) => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flat(json: &str, most: usize) -> Option<Vec<String>> {
        let value = JsonValue { text: json.to_owned(), kind: JsonKind::Nested };
        let mut found = Flat::new();
        let text = |value: Option<JsonValue>| value.map_or_else(|| "null".to_owned(), |value| value.text);
        add("a".to_owned(), Some(value), most, &mut found)
            .then(|| found.into_iter().map(|(path, value)| format!("{path} {}", text(value))).collect())
    }

    #[test]
    fn what_lies_in_a_value_is_told_by_its_path() {
        let json = r#"{"b": [1, {"c": "x"}, [ ]], "d": {"e": null, "f": 2.50}}"#;
        let told = ["a.b[0] 1", "a.b[1].c x", "a.b[2] []", "a.d.e null", "a.d.f 2.5"];
        assert_eq!(flat(json, 5).unwrap(), told);
        assert_eq!(flat(json, 4), None, "there are more than that");
        assert_eq!(flat(r#"{"b.c": 1, "b": {"c": 2}}"#, 9), None, "nobody could tell them apart");
        assert_eq!(flat(r#"{"b": 12345678901234567890123}"#, 9).unwrap().len(), 1);
        // What lies deeper than anybody reads stays as it is.
        let deep = "[".repeat(200) + "1" + &"]".repeat(200);
        assert_eq!(flat(&deep, 9).unwrap().len(), 1);
    }
}
