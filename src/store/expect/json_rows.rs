use std::fmt;
use std::io::{BufRead, BufReader, Read};

use serde::Deserializer as _;
use serde::de::{SeqAccess, Visitor};
use serde_json::{Deserializer, Map, Value};

use super::data_file::EachRow;

type Object = Map<String, Value>;

/// One array of objects, or an object a line. Nothing but the row at hand is kept in memory.
pub(super) fn each(file: impl Read, wanted: &[&str], row: &mut EachRow) -> Result<u64, String> {
    let mut file = BufReader::new(file);
    let mut rows = 0;
    let mut take = |object: Object| {
        rows += 1;
        row(&wanted.iter().map(|column| object.get(*column).and_then(text)).collect::<Vec<_>>());
    };
    let result = match first(&mut file).map_err(|error| error.to_string())? {
        Some(b'[') => {
            let mut reader = Deserializer::from_reader(file);
            reader.deserialize_seq(Rows(&mut take)).and_then(|()| reader.end())
        }
        _ => Deserializer::from_reader(file).into_iter::<Object>().try_for_each(|row| row.map(&mut take)),
    };
    result.map_err(|error| format!("row {}: {error}", rows + 1))?;
    Ok(rows)
}

fn first(file: &mut impl BufRead) -> std::io::Result<Option<u8>> {
    loop {
        let Some(byte) = file.fill_buf()?.first().copied() else { return Ok(None) };
        if !byte.is_ascii_whitespace() {
            return Ok(Some(byte));
        }
        file.consume(1);
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

struct Rows<'a>(&'a mut dyn FnMut(Object));

impl<'de> Visitor<'de> for Rows<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a list of objects")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while let Some(object) = list.next_element()? {
            self.0(object);
        }
        Ok(())
    }
}
