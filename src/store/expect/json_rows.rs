use std::fmt;
use std::io::{BufRead, BufReader, Read};

use indexmap::IndexSet;
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Error, Value};

use super::row_bound::{Budget, bounded};

/// A value of an object, as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::store) struct JsonValue {
    pub text: String,
    pub kind: JsonKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) enum JsonKind {
    /// It stood in quotes: `"7"` is not 7.
    Text,
    Number,
    Bool,
    /// A list or an object.
    Nested,
}

/// None is null, or not there.
type Values = Vec<Option<JsonValue>>;

/// Columns that are told of: of documents whose keys are data there is no end.
const WIDEST: usize = 100_000;

/// One array of objects, or an object a line. Nothing but the row at hand is kept in memory, and of that only what is
/// wanted, as the text it is: a tree of it would be many times as large.
pub(super) fn each(
    file: impl Read,
    wanted: &[&str],
    row: &mut dyn FnMut(Vec<Option<JsonValue>>),
) -> Result<u64, String> {
    objects(file, || Row(wanted), &mut |values: Values| {
        row(values);
        Ok(())
    })
}

/// The keys of all objects, each where it comes first.
pub(super) fn names(file: impl Read) -> Result<Vec<String>, String> {
    let mut all = IndexSet::new();
    objects(file, || Keys, &mut |keys: Vec<String>| {
        all.extend(keys);
        match all.len() > WIDEST {
            true => Err(Error::custom(format!("there are more than {WIDEST} keys"))),
            false => Ok(()),
        }
    })?;
    Ok(all.into_iter().collect())
}

/// Takes each object as its seed reads it; answers with their number.
fn objects<S: for<'de> DeserializeSeed<'de, Value = V>, V>(
    file: impl Read,
    seed: impl Fn() -> S,
    take: &mut dyn FnMut(V) -> Result<(), Error>,
) -> Result<u64, String> {
    let (file, left) = bounded(file);
    let mut file = BufReader::new(file);
    let mut rows = Rows { seed, left, take, count: 0 };
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
                if let Err(error) = (rows.seed)().deserialize(&mut reader).and_then(|row| rows.take(row)) {
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
pub(in crate::store) fn told(value: &RawValue) -> Result<Option<JsonValue>, Error> {
    let (text, kind) = match value.get().as_bytes().first() {
        Some(b'[' | b'{') => (value.get().to_owned(), JsonKind::Nested),
        _ => match serde_json::from_str(value.get())? {
            Value::Null => return Ok(None),
            Value::String(text) => (text, JsonKind::Text),
            Value::Bool(flag) => (flag.to_string(), JsonKind::Bool),
            // A float has not all digits of a whole number that takes more than 64 bits.
            Value::Number(number) if number.is_f64() && is_whole(value.get()) => {
                (value.get().to_owned(), JsonKind::Number)
            }
            other => (other.to_string(), JsonKind::Number),
        },
    };
    Ok(Some(JsonValue { text, kind }))
}

/// It is written with digits alone.
fn is_whole(number: &str) -> bool {
    number.strip_prefix('-').unwrap_or(number).bytes().all(|byte| byte.is_ascii_digit())
}

struct Rows<'a, F, V> {
    seed: F,
    left: Budget,
    take: &'a mut dyn FnMut(V) -> Result<(), Error>,
    count: u64,
}

impl<F, V> Rows<'_, F, V> {
    fn take(&mut self, row: V) -> Result<(), Error> {
        self.left.refill();
        self.count += 1;
        (self.take)(row)
    }
}

impl<'de, F: Fn() -> S, S: DeserializeSeed<'de, Value = V>, V> Visitor<'de> for &mut Rows<'_, F, V> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a list of objects")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while let Some(row) = list.next_element_seed((self.seed)())? {
            self.take(row).map_err(A::Error::custom)?;
        }
        Ok(())
    }
}

/// Reads the keys of one object.
struct Keys;

impl<'de> DeserializeSeed<'de> for Keys {
    type Value = Vec<String>;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Vec<String>, D::Error> {
        reader.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Keys {
    type Value = Vec<String>;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Vec<String>, A::Error> {
        let mut keys = Vec::new();
        while let Some((key, IgnoredAny)) = object.next_entry()? {
            keys.push(key);
        }
        Ok(keys)
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
                    values[at] = told(&object.next_value::<Box<RawValue>>()?).map_err(A::Error::custom)?;
                }
                None => drop(object.next_value::<IgnoredAny>()?),
            }
        }
        Ok(values)
    }
}
