//! Records that were torn or edited: no panic, nothing believed that leads out of its folder, and the file is told.

mod archives;
mod events;
mod index;
mod runs;
mod tables;

use proptest::prelude::*;
use serde::Serialize;
use serde_json::{Value, json};

use crate::engine::StoreError;

/// What happens to a record's text. A share tells where.
#[derive(Clone, Debug)]
enum Edit {
    /// A value anywhere in it is another one.
    Value(f64, Value),
    Removed(f64),
    /// Behind one of its opening braces.
    Inserted(f64, &'static str),
    Bytes(f64, usize, Vec<u8>),
    Cut(f64),
}

fn strange() -> impl Strategy<Value = Value> {
    let texts = [
        "",
        ".",
        "..",
        "../x",
        "/etc/passwd",
        "a/../../b",
        r"\x2e\x2e/x",
        r"a\",
        "x\0y",
        r"x\x00y",
        "a/./b",
        "lake.other",
        "9999-12-31T23:59:59.999999999Z",
        "-009999-01-01T00:00:00Z",
        "succeeded",
        "\u{1b}[2J",
    ];
    let numbers =
        [json!(0), json!(1), json!(2), json!(-1), json!(u64::MAX), json!(i64::MIN), json!(1e300), json!(0.5)];
    let deep = (0..200).fold(json!(1), |inner, _| json!([inner]));
    let others = [json!(null), json!(true), json!([]), json!({}), deep, json!("x".repeat(70_000))];
    prop_oneof![
        4 => prop::sample::select(texts.to_vec()).prop_map(Value::from),
        3 => prop::sample::select(numbers.to_vec()),
        1 => prop::sample::select(others.to_vec()),
    ]
}

fn edit() -> impl Strategy<Value = Edit> {
    let at = 0.0..1.0f64;
    let more = [
        "\"greenroom\": 1, ",
        "\"greenroom\": 2, ",
        "\"path\": \"../x\", ",
        "\"files\": [], ",
        "\"seq\": 0, ",
        "\"event\": \"warned\", ",
        "\"x\": {\"y\": [1]}, ",
        "\"\": null, ",
    ];
    prop_oneof![
        6 => (at.clone(), strange()).prop_map(|(at, value)| Edit::Value(at, value)),
        1 => at.clone().prop_map(Edit::Removed),
        1 => (at.clone(), prop::sample::select(more.to_vec())).prop_map(|(at, text)| Edit::Inserted(at, text)),
        2 => (at.clone(), 0usize..9, prop::collection::vec(any::<u8>(), 0..5))
            .prop_map(|(at, cut, bytes)| Edit::Bytes(at, cut, bytes)),
        1 => at.prop_map(Edit::Cut),
    ]
}

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    prop::collection::vec(edit(), 1..4)
}

fn share(at: f64, of: usize) -> usize {
    (at * of as f64) as usize
}

/// Pointers to every value but the whole.
fn places(value: &Value, below: &str, found: &mut Vec<String>) {
    let mut add = |key: String, inner: &Value| {
        let place = format!("{below}/{}", key.replace('~', "~0").replace('/', "~1"));
        found.push(place.clone());
        places(inner, &place, found);
    };
    match value {
        Value::Object(fields) => fields.iter().for_each(|(key, inner)| add(key.clone(), inner)),
        Value::Array(items) => items.iter().enumerate().for_each(|(at, inner)| add(at.to_string(), inner)),
        _ => {}
    }
}

fn edited(mut text: Vec<u8>, edits: &[Edit]) -> Vec<u8> {
    for edit in edits {
        match edit {
            Edit::Value(at, _) | Edit::Removed(at) => {
                let Ok(mut value) = serde_json::from_slice::<Value>(&text) else { continue };
                let mut found = Vec::new();
                places(&value, "", &mut found);
                let Some(place) = found.get(share(*at, found.len())) else { continue };
                let (above, key) = place.rsplit_once('/').unwrap();
                match (edit, value.pointer_mut(above)) {
                    (Edit::Removed(_), Some(Value::Object(fields))) => drop(fields.shift_remove(key)),
                    (Edit::Value(_, new), _) => *value.pointer_mut(place).unwrap() = new.clone(),
                    _ => {}
                }
                text = serde_json::to_vec(&value).unwrap();
            }
            Edit::Inserted(at, more) => {
                let open: Vec<usize> = (0..text.len()).filter(|at| text[*at] == b'{').collect();
                let Some(brace) = open.get(share(*at, open.len())) else { continue };
                text.splice(brace + 1..brace + 1, more.bytes());
            }
            Edit::Bytes(at, cut, bytes) => {
                let start = share(*at, text.len());
                let end = text.len().min(start + cut);
                text.splice(start..end, bytes.iter().copied());
            }
            Edit::Cut(at) => text.truncate(share(*at, text.len())),
        }
    }
    text
}

fn text(record: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(record).unwrap()
}

fn whole(error: &StoreError) -> String {
    match error {
        StoreError::Io { what, source } => format!("{what}: {source}"),
        StoreError::BadOutput(why) => why.clone(),
        StoreError::GivenUp => error.to_string(),
    }
}
