use std::fmt;
use std::io::{BufRead, BufReader, Read};

use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Error, Value};

use super::data_file::EachRow;
use super::row_bound::{Budget, bounded};

type Values = Vec<Option<String>>;

/// One array of objects, or an object a line. Nothing but the row at hand is kept in memory, and of that only what is
/// wanted, as the text it is: a tree of it would be many times as large.
pub(super) fn each(file: impl Read, wanted: &[&str], row: &mut EachRow) -> Result<u64, String> {
    let (file, left) = bounded(file);
    let mut file = BufReader::new(file);
    let mut rows = Rows { wanted, left, row, count: 0 };
    let result = first(&mut file).map_err(Error::io).and_then(|first| {
        let mut reader = serde_json::Deserializer::from_reader(file);
        match first {
            Some(b'[') => reader.deserialize_seq(&mut rows).and_then(|()| reader.end()),
            _ => loop {
                match reader.end() {
                    Ok(()) => break Ok(()),
                    Err(error) if error.is_io() => break Err(error),
                    // More follows.
                    Err(_) => {}
                }
                if let Err(error) = Row(wanted).deserialize(&mut reader).map(|values| rows.take(&values)) {
                    break Err(error);
                }
            },
        }
    });
    result.map_err(|error| match error.is_io() {
        // The place within a file that is not at fault says nothing.
        true => format!("row {}: {}", rows.count + 1, std::io::Error::from(error)),
        false => format!("row {}: {error}", rows.count + 1),
    })?;
    Ok(rows.count)
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

/// As `NULL`, a text, or the JSON it is.
fn text(value: &RawValue) -> Result<Option<String>, Error> {
    match value.get().as_bytes().first() {
        Some(b'[' | b'{') => Ok(Some(value.get().to_owned())),
        _ => Ok(match serde_json::from_str(value.get())? {
            Value::Null => None,
            Value::String(text) => Some(text),
            other => Some(other.to_string()),
        }),
    }
}

struct Rows<'a, 'b> {
    wanted: &'a [&'a str],
    left: Budget,
    row: &'a mut EachRow<'b>,
    count: u64,
}

impl Rows<'_, '_> {
    fn take(&mut self, values: &Values) {
        self.left.refill();
        self.count += 1;
        (self.row)(values);
    }
}

impl<'de> Visitor<'de> for &mut Rows<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a list of objects")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while let Some(values) = list.next_element_seed(Row(self.wanted))? {
            self.take(&values);
        }
        Ok(())
    }
}

/// Reads the wanted values of one object.
struct Row<'a>(&'a [&'a str]);

impl<'de> DeserializeSeed<'de> for Row<'_> {
    type Value = Values;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Values, D::Error> {
        reader.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Row<'_> {
    type Value = Values;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Values, A::Error> {
        let mut values = vec![None; self.0.len()];
        while let Some(key) = object.next_key::<String>()? {
            match self.0.iter().position(|column| *column == key) {
                Some(at) => {
                    values[at] = text(&object.next_value::<Box<RawValue>>()?).map_err(A::Error::custom)?;
                }
                None => drop(object.next_value::<IgnoredAny>()?),
            }
        }
        Ok(values)
    }
}
