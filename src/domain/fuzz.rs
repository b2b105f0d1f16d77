//! Whatever is typed: no panic, what is taken reads back as the same, and no name leads out of its folder.

use std::fmt::Display;
use std::str::FromStr;

use proptest::prelude::*;

use super::{
    ColumnType, Cpu, Memory, Name, NodeId, ParamType, TableName, Token, Value, Version, parse_duration,
    show_duration,
};

/// Pieces that mean something to one of the readers.
const PIECES: [&str; 48] = [
    "0",
    "1",
    "9",
    "00",
    "10",
    "2013",
    "9999",
    "-",
    "-01",
    "-31",
    "02-30",
    "+",
    ".",
    "..",
    "/",
    ":",
    "T",
    " ",
    "06:00:00",
    "24:00",
    "60",
    "Z",
    "[UTC]",
    "e",
    "E9",
    "1e999",
    "inf",
    "NaN",
    "0x1f",
    "_",
    "a",
    "daily",
    "A",
    "ms",
    "s",
    "m",
    "h",
    "d",
    "Mi",
    "Gi",
    "Ti",
    "k",
    "true",
    "date",
    "18446744073709551615",
    "\0",
    "é",
    "\u{0661}",
];

fn text() -> impl Strategy<Value = String> {
    let number =
        prop_oneof![any::<i64>().prop_map(|n| n.to_string()), any::<f64>().prop_map(|n| n.to_string())];
    let piece = prop_oneof![
        8 => prop::sample::select(PIECES.to_vec()).prop_map(str::to_owned),
        1 => number,
        1 => ".{0,3}",
        1 => "[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2})?",
        1 => "[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}",
    ];
    prop::collection::vec(piece, 0..7).prop_map(|pieces| pieces.concat())
}

fn reads_back<T: FromStr + Display + PartialEq>(text: &str) -> bool {
    text.parse().ok().is_none_or(|value: T| value.to_string().parse().is_ok_and(|again: T| again == value))
}

/// One folder or file, or some below each other.
fn stays_below(path: &str) -> bool {
    !path.is_empty() && path.split('/').all(|part| !["", ".", ".."].contains(&part) && !part.contains('\0'))
}

proptest! {
    #[test]
    fn whatever_is_typed_is_taken_as_it_is_or_refused(text in text()) {
        prop_assert!(reads_back::<Version>(&text));
        prop_assert!(reads_back::<Token>(&text));
        prop_assert!(reads_back::<NodeId>(&text));
        prop_assert!(reads_back::<TableName>(&text));
        prop_assert!(reads_back::<ColumnType>(&text));
        prop_assert!(Name::new(&text).map_or(true, |name| name.as_str() == text && stays_below(&text)));
        prop_assert!(text.parse::<NodeId>().map_or(true, |node| stays_below(&node.dir())));
        prop_assert!(text.parse::<Token>().map_or(true, |token| token.to_string() == text));
        prop_assert!(text.parse::<Version>().map_or(true, |version| version.to_string() == text));

        if let Ok(time) = parse_duration(&text) {
            prop_assert!(time.as_secs() <= 365 * 86_400 && !show_duration(time).is_empty());
        }
        if let Ok(cpu) = Cpu::parse(&text) {
            prop_assert_eq!(Cpu::parse(&cpu.to_string()), Ok(cpu));
        }
        if let Ok(memory) = Memory::parse(&text) {
            prop_assert!(memory.0 >= Memory::LEAST && !memory.to_string().is_empty());
        }
        for kind in [ParamType::String, ParamType::Int, ParamType::Float, ParamType::Bool, ParamType::Date,
            ParamType::Datetime, ParamType::Enum(vec!["daily".into()])]
        {
            if let Ok(value) = kind.parse(&text) {
                prop_assert_eq!(kind.parse(&value.to_string()), Ok(value.clone()));
                let json = serde_json::to_string(&value).unwrap();
                prop_assert_eq!(serde_json::from_str::<Value>(&json).unwrap(), value.clone());
                prop_assert!(kind != ParamType::Date || value.to_string() == text);
                prop_assert!(!value.to_json().is_null());
            }
        }
    }
}
