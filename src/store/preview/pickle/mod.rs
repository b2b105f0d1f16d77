//! What a pickle says of itself. It is never loaded: to load one is to run what is in it.

mod machine;
mod reader;
mod value;

use std::collections::BTreeSet;

use self::machine::{Machine, Read};
use self::value::{Object, Value};
use super::head::Head;
use super::{Look, NotThat};
use crate::domain::Content;

/// Lines of an object's state, and names of what would be called.
const MOST: usize = 500;

/// Protocols from 2 on begin so; the older ones are told by a name only.
pub(super) fn is_pickle(bytes: &[u8], extension: &str) -> bool {
    let marked = matches!(bytes, [0x80, 2..=5, ..]);
    let named = matches!(extension, "pickle" | "pkl" | "joblib");
    let framed = matches!(bytes, [0x80, 4..=5, 0x95, ..]);
    framed || (named && (marked || bytes.first().is_some_and(|byte| b"(c}]ISVNKGl".contains(byte))))
}

pub(super) fn look(head: &Head) -> Result<Look, NotThat> {
    let mut machine = Machine::default();
    let read = machine.read(&head.bytes);
    let top = machine.top();
    if read != Read::Whole && top.is_none() {
        return Err(Some("it is no pickle".to_owned()));
    }
    let mut notes = Vec::new();
    match read {
        Read::Whole => {}
        Read::Cut if !head.whole => notes.push("only the beginning was read".to_owned()),
        Read::Cut => notes.push("it ends too early".to_owned()),
        // As joblib does with arrays.
        Read::Garbled => notes.push("it was read up to bytes that are none of a pickle".to_owned()),
    }
    let protocol = machine.protocol.map(|number| format!(" of protocol {number}")).unwrap_or_default();
    let mut lines = vec![
        format!("a pickle{protocol}; it is not loaded: to load it is to run what is in it"),
        String::new(),
    ];
    match top {
        Some(Value::Object(object)) => told(&object.borrow(), &mut lines),
        Some(value) => lines.push(value.told()),
        None => {}
    }
    let called: BTreeSet<&str> = machine.globals.iter().map(AsRef::as_ref).collect();
    if !called.is_empty() {
        lines.extend([String::new(), "loading it would import or call".to_owned()]);
        lines.extend(called.iter().take(MOST).map(|name| format!("  {name}")));
    }
    Ok(Look { content: Content::Text(lines), notes })
}

fn told(object: &Object, lines: &mut Vec<String>) {
    let (module, class) = object.class.rsplit_once('.').unwrap_or(("", &object.class));
    let of = if module.is_empty() { String::new() } else { format!("  of {module}") };
    lines.push(format!("{class}{of}"));
    let names = object.state.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0).min(32);
    for (name, value) in object.state.iter().take(MOST) {
        lines.push(format!("  {name:<names$}  {}", value.told()));
    }
}

#[cfg(test)]
mod tests;
