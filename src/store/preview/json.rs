use indexmap::IndexMap;
use serde_json::{Deserializer, Map, Value};

use super::head::Head;
use super::sample::{Sample, WIDEST};
use super::{Look, NotThat, text};
use crate::domain::{ColumnType, Content, PreviewColumn, Shape};

/// A list of objects, or one after the other, as a table; any other document as its text, indented.
pub(super) fn look(head: &Head) -> Result<Look, NotThat> {
    let bytes = head.bytes.trim_ascii();
    let list = bytes.first() == Some(&b'[');
    let mut rest = if list { &bytes[1..] } else { bytes };
    let (mut sample, mut columns) = (Sample::default(), IndexMap::<String, Seen>::new());
    let mut lone = None;
    let ended = loop {
        rest = rest.trim_ascii_start();
        rest =
            rest.strip_prefix(b",").filter(|_| list && sample.len() > 0).unwrap_or(rest).trim_ascii_start();
        if rest.is_empty() || list && rest == b"]" {
            break true;
        }
        let mut values = Deserializer::from_slice(rest).into_iter::<Value>();
        match values.next() {
            Some(Ok(Value::Object(object))) => {
                rest = &rest[values.byte_offset()..];
                let row = row(&object, &mut columns);
                // One alone is a document and no table.
                lone = (sample.len() == 0 && !list && rest.trim_ascii().is_empty()).then_some(object);
                if !sample.push(row) {
                    break false;
                }
            }
            Some(Ok(_)) | None => return Err(None),
            // It is cut off there.
            Some(Err(error)) if error.is_eof() && !head.whole && sample.len() > 0 => break false,
            Some(Err(error)) if sample.len() == 0 => return Err(head.whole.then(|| wrong(&error))),
            Some(Err(error)) => {
                let note = format!("row {}: {}", sample.len() + 1, wrong(&error));
                return Ok(Look { content: table(sample, columns, None), notes: vec![note] });
            }
        }
    };
    if let Some(object) = lone.filter(|_| head.whole) {
        let indented = serde_json::to_string_pretty(&object).unwrap_or_default();
        return Ok(Content::Text(text::split(indented.as_bytes())).into());
    }
    if sample.len() == 0 {
        return Err(None);
    }
    // One row, or nothing but what is nested, is no table: in its cells nobody could read it.
    let nested = columns.values().filter(|seen| seen.nested).count();
    if head.whole
        && nested > 0
        && (sample.len() == 1 || nested == columns.len())
        && let Some(indented) = indented(bytes)
    {
        return Ok(Content::Text(text::split(indented.as_bytes())).into());
    }
    let mut notes = Vec::new();
    if columns.len() > WIDEST {
        notes.push(format!("only the first {WIDEST} columns are looked at"));
    }
    let total = (ended && head.whole).then_some(sample.len() as u64);
    Ok(Look { content: table(sample, columns, total), notes })
}

/// All documents that are there.
fn indented(bytes: &[u8]) -> Option<String> {
    let documents = Deserializer::from_slice(bytes).into_iter::<Value>();
    let texts = documents.map(|document| serde_json::to_string_pretty(&document.ok()?).ok());
    Some(texts.collect::<Option<Vec<_>>>()?.join("\n"))
}

fn wrong(error: &serde_json::Error) -> String {
    format!("it is not readable as JSON: {error}")
}

fn table(sample: Sample, columns: IndexMap<String, Seen>, total: Option<u64>) -> Content {
    let column = |(name, seen): (String, Seen)| PreviewColumn { name, kind: Some(seen.kind()) };
    Content::Table(sample.table(columns.into_iter().map(column).collect(), total))
}

/// What the values of a column are.
#[derive(Default)]
struct Seen {
    shape: Shape,
    text: bool,
    nested: bool,
}

impl Seen {
    fn kind(&self) -> ColumnType {
        match (self.nested, self.text) {
            (true, _) => ColumnType::Json,
            (false, true) => ColumnType::String,
            (false, false) => self.shape.kind(),
        }
    }
}

/// Values in the order of the columns; a key that was not there before is a column more.
fn row(object: &Map<String, Value>, columns: &mut IndexMap<String, Seen>) -> Vec<Option<String>> {
    let mut row = vec![None; columns.len()];
    for (name, value) in object {
        let at = match columns.get_index_of(name) {
            Some(at) => at,
            None => columns.insert_full(name.clone(), Seen::default()).0,
        };
        let seen = &mut columns[at];
        let text = match value {
            Value::Null => None,
            Value::String(text) => {
                seen.text = true;
                Some(text.clone())
            }
            Value::Array(_) | Value::Object(_) => {
                seen.nested = true;
                Some(value.to_string())
            }
            Value::Bool(_) | Value::Number(_) => {
                let text = value.to_string();
                seen.shape.add(&text);
                Some(text)
            }
        };
        row.resize(row.len().max(at + 1), None);
        row[at] = text;
    }
    row
}
