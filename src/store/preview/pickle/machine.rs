use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use super::reader::Reader;
use super::value::{Object, Value};

/// Names that are kept: a pickle of a million classes says nothing more.
const GLOBALS: usize = 2_000;

/// Entries of an object's state that are kept.
const STATE: usize = 2_000;

/// How far a pickle could be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Read {
    Whole,
    Cut,
    Garbled,
}

/// Follows what loading a pickle would do, without doing it: what would be called is noted and called nothing.
///
/// The operations are those of Python's `pickletools`, protocols 0 to 5.
#[derive(Default)]
pub(super) struct Machine {
    stack: Vec<Value>,
    memo: HashMap<u64, Value>,
    pub protocol: Option<u8>,
    /// `module.name`
    pub globals: Vec<Rc<str>>,
}

/// The next operation is none, or there is nothing for it to work on.
struct Garbled;

impl Machine {
    pub fn read(&mut self, bytes: &[u8]) -> Read {
        let mut reader = Reader::new(bytes);
        loop {
            let Some(operation) = reader.byte() else { return Read::Cut };
            if operation == b'.' {
                return Read::Whole;
            }
            match self.step(operation, &mut reader) {
                Some(Ok(())) => {}
                Some(Err(Garbled)) => return Read::Garbled,
                None => return Read::Cut,
            }
        }
    }

    /// What is pickled: the outermost object of those that are there.
    pub fn top(&self) -> Option<Value> {
        let object = self.stack.iter().find(|value| matches!(value, Value::Object(_)));
        object.or_else(|| self.stack.first()).cloned()
    }

    /// None: the bytes end within the operation.
    fn step(&mut self, operation: u8, reader: &mut Reader<'_>) -> Option<Result<(), Garbled>> {
        let value = match operation {
            0x80 => {
                self.protocol = Some(reader.byte()?);
                return Some(Ok(()));
            }
            // A frame.
            0x95 => return reader.take(8).map(|_| Ok(())),
            b'(' => Value::Mark,
            b'N' => Value::None,
            0x88 => Value::Bool(true),
            0x89 => Value::Bool(false),
            b'I' => match reader.line()?.as_str() {
                "01" => Value::Bool(true),
                "00" => Value::Bool(false),
                text => text.parse().map_or(Value::Large, Value::Int),
            },
            b'J' => Value::Int(i64::from(reader.number(4)? as u32 as i32)),
            b'K' => Value::Int(reader.number(1)? as i64),
            b'M' => Value::Int(reader.number(2)? as i64),
            b'L' => reader.line()?.trim_end_matches('L').parse().map_or(Value::Large, Value::Int),
            0x8a => {
                let count = reader.number(1)?;
                long(reader.take(count)?)
            }
            0x8b => {
                let count = reader.number(4)?;
                long(reader.take(count)?)
            }
            b'F' => reader.line()?.parse().map_or(Value::Unknown, Value::Float),
            b'G' => Value::Float(f64::from_bits(reader.number(8)?.swap_bytes())),
            b'S' | b'V' => Value::text(reader.line()?.trim_matches(['\'', '"'])),
            b'T' | b'X' => self.sized(reader, 4)?,
            b'U' | 0x8c => self.sized(reader, 1)?,
            0x8d => self.sized(reader, 8)?,
            b'B' => skipped(reader, 4)?,
            b'C' => skipped(reader, 1)?,
            0x8e | 0x96 => skipped(reader, 8)?,
            0x97 => Value::Bytes(0),
            b'}' => Value::Dict(Rc::default()),
            b']' => Value::Many("list", 0),
            b')' => Value::Tuple(0, None),
            0x8f => Value::Many("set", 0),
            b'g' => self.remembered(reader.line()?.parse().ok()),
            b'h' => self.remembered(Some(reader.number(1)?)),
            b'j' => self.remembered(Some(reader.number(4)?)),
            b'c' => {
                let (module, name) = (reader.line()?, reader.line()?);
                self.global(&module, &name)
            }
            b'P' => {
                reader.line()?;
                Value::Unknown
            }
            0x82 => reader.take(1).map(|_| Value::Unknown)?,
            0x83 => reader.take(2).map(|_| Value::Unknown)?,
            0x84 => reader.take(4).map(|_| Value::Unknown)?,
            b'p' => {
                return Some(reader.line()?.parse().map_err(|_| Garbled).and_then(|at| self.remember(at)));
            }
            b'q' => return reader.number(1).map(|at| self.remember(at)),
            b'r' => return reader.number(4).map(|at| self.remember(at)),
            b'i' => {
                let (module, name) = (reader.line()?, reader.line()?);
                let made = self.global(&module, &name);
                return Some(self.since_mark().map(|_| self.stack.push(object(&made))));
            }
            _ => return Some(self.work(operation)),
        };
        self.stack.push(value);
        Some(Ok(()))
    }

    /// Operations that only work on what is there.
    fn work(&mut self, operation: u8) -> Result<(), Garbled> {
        match operation {
            b'0' => drop(self.pop()?),
            b'1' => drop(self.since_mark()?),
            b'2' => {
                let top = self.stack.last().cloned().ok_or(Garbled)?;
                self.stack.push(top);
            }
            // Of a buffer: read-only.
            0x98 => {}
            // The mark is not counted, the memo goes by its own number.
            0x94 => return self.remember(self.memo.len() as u64),
            b's' => {
                let (value, key) = (self.pop()?, self.pop()?);
                self.put(&[key, value]);
            }
            b'u' => {
                let items = self.since_mark()?;
                self.put(&items);
            }
            b'd' => {
                let items = self.since_mark()?;
                self.stack.push(Value::Dict(Rc::default()));
                self.put(&items);
            }
            b'a' => {
                self.pop()?;
                self.grow(1);
            }
            b'e' | 0x90 => {
                let count = self.since_mark()?.len();
                self.grow(count);
            }
            b'l' => self.gather("list")?,
            b't' => {
                let items = self.since_mark()?;
                self.stack.push(tuple(&items));
            }
            0x91 => self.gather("frozenset")?,
            0x85..=0x87 => {
                let count = usize::from(operation - 0x84);
                let from = self.stack.len().checked_sub(count).ok_or(Garbled)?;
                let items = self.stack.split_off(from);
                self.stack.push(tuple(&items));
            }
            0x93 => {
                let (name, module) = (self.pop()?, self.pop()?);
                let value = match (module, name) {
                    (Value::Text(module), Value::Text(name)) => self.global(&module, &name),
                    _ => Value::Unknown,
                };
                self.stack.push(value);
            }
            // What is called, and with what.
            b'R' | 0x81 => {
                let (handed, called) = (self.pop()?, self.pop()?);
                let made = match (&called, handed) {
                    // Older protocols make an object of any class by one of these.
                    (Value::Global(name), Value::Tuple(_, Some(class)))
                        if name.ends_with("._reconstructor") || name.ends_with(".__newobj__") =>
                    {
                        object(&Value::Global(class))
                    }
                    _ => object(&called),
                };
                self.stack.push(made);
            }
            0x92 => {
                self.pop()?;
                self.pop()?;
                let called = self.pop()?;
                self.stack.push(object(&called));
            }
            b'o' => {
                let items = self.since_mark()?;
                self.stack.push(object(items.first().unwrap_or(&Value::Unknown)));
            }
            b'b' => {
                let state = self.pop()?;
                if let (Some(Value::Object(object)), Value::Dict(dict)) = (self.stack.last(), &state) {
                    let state = &mut object.borrow_mut().state;
                    let room = STATE.saturating_sub(state.len());
                    state.extend(dict.borrow().kept.iter().take(room).cloned());
                }
            }
            b'Q' => {
                self.pop()?;
                self.stack.push(Value::Unknown);
            }
            _ => return Err(Garbled),
        }
        Ok(())
    }

    fn pop(&mut self) -> Result<Value, Garbled> {
        self.stack.pop().ok_or(Garbled)
    }

    /// All above the last mark, which goes too.
    fn since_mark(&mut self) -> Result<Vec<Value>, Garbled> {
        let at = self.stack.iter().rposition(|value| matches!(value, Value::Mark)).ok_or(Garbled)?;
        let items = self.stack.split_off(at + 1);
        self.stack.pop();
        Ok(items)
    }

    fn gather(&mut self, kind: &'static str) -> Result<(), Garbled> {
        let count = self.since_mark()?.len();
        self.stack.push(Value::Many(kind, count));
        Ok(())
    }

    fn grow(&mut self, more: usize) {
        if let Some(Value::Many(_, count)) = self.stack.last_mut() {
            *count += more;
        }
    }

    /// Keys and values by turns, into the dict on top.
    fn put(&mut self, items: &[Value]) {
        if let Some(Value::Dict(dict)) = self.stack.last() {
            // It may be asked for what it is itself: one may hold itself.
            let entries: Vec<(Rc<str>, Value)> =
                items.chunks_exact(2).map(|pair| (pair[0].name(), pair[1].flat())).collect();
            dict.borrow_mut().add(entries);
        }
    }

    fn remember(&mut self, at: u64) -> Result<(), Garbled> {
        let top = self.stack.last().cloned().ok_or(Garbled)?;
        self.memo.insert(at, top);
        Ok(())
    }

    fn remembered(&self, at: Option<u64>) -> Value {
        at.and_then(|at| self.memo.get(&at)).cloned().unwrap_or(Value::Unknown)
    }

    fn global(&mut self, module: &str, name: &str) -> Value {
        let Value::Text(name) = Value::text(&format!("{module}.{name}")) else { return Value::Unknown };
        if self.globals.len() < GLOBALS {
            self.globals.push(name.clone());
        }
        Value::Global(name)
    }

    fn sized(&self, reader: &mut Reader<'_>, bytes: u64) -> Option<Value> {
        let count = reader.number(bytes)?;
        reader.text(count).map(|text| Value::text(&text))
    }
}

fn tuple(items: &[Value]) -> Value {
    let first = items.iter().find_map(|item| match item {
        Value::Global(name) => Some(name.clone()),
        _ => None,
    });
    Value::Tuple(items.len(), first)
}

fn object(made: &Value) -> Value {
    match made {
        Value::Global(class) => {
            Value::Object(Rc::new(RefCell::new(Object { class: class.clone(), state: Vec::new() })))
        }
        _ => Value::Unknown,
    }
}

fn skipped(reader: &mut Reader<'_>, bytes: u64) -> Option<Value> {
    let count = reader.number(bytes)?;
    reader.take(count).map(|_| Value::Bytes(count))
}

/// Two's complement, the lowest byte first.
fn long(bytes: &[u8]) -> Value {
    if bytes.len() > 8 {
        return Value::Large;
    }
    let negative = bytes.last().is_some_and(|byte| *byte >= 0x80);
    let fill = if negative { -1i64 } else { 0 };
    Value::Int(bytes.iter().rev().fold(fill, |number, byte| number << 8 | i64::from(*byte)))
}
