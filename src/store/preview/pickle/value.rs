use std::cell::RefCell;
use std::rc::Rc;

/// Letters of a text that are kept.
const LONGEST: usize = 120;
/// Entries of a dict that are kept.
const MOST: usize = 500;

/// As much of a value as is told of it. What holds others keeps their number alone, but for dicts, which keep what a line
/// tells of each: however deep a pickle is nested, a value is not.
#[derive(Clone, Debug)]
pub(super) enum Value {
    Mark,
    None,
    Bool(bool),
    Int(i64),
    /// One of more digits.
    Large,
    Float(f64),
    Text(Rc<str>),
    Bytes(u64),
    /// `list`, `set`, and how many it holds.
    Many(&'static str, usize),
    /// How many it holds, and the first name in it: what something is made of is handed over so.
    Tuple(usize, Option<Rc<str>>),
    Dict(Rc<RefCell<Dict>>),
    /// `module.name`
    Global(Rc<str>),
    Object(Rc<RefCell<Object>>),
    /// What a dict tells of an object in it.
    Flat(Rc<str>),
    Unknown,
}

#[derive(Debug, Default)]
pub(super) struct Dict {
    pub kept: Vec<(Rc<str>, Value)>,
    pub count: usize,
}

#[derive(Debug)]
pub(super) struct Object {
    pub class: Rc<str>,
    pub state: Vec<(Rc<str>, Value)>,
}

impl Value {
    pub fn text(text: &str) -> Self {
        let mut shown: String = text.chars().take(LONGEST).collect();
        if shown.len() < text.len() {
            shown.push('…');
        }
        Self::Text(shown.into())
    }

    /// As the key of another.
    pub fn name(&self) -> Rc<str> {
        match self {
            Self::Text(text) => text.clone(),
            other => other.told().into(),
        }
    }

    /// Without what it holds.
    pub fn flat(&self) -> Self {
        match self {
            Self::Dict(_) | Self::Object(_) => Self::Flat(self.told().into()),
            plain => plain.clone(),
        }
    }

    pub fn told(&self) -> String {
        match self {
            Self::None => "None".to_owned(),
            Self::Bool(true) => "True".to_owned(),
            Self::Bool(false) => "False".to_owned(),
            Self::Int(number) => number.to_string(),
            Self::Large => "a large number".to_owned(),
            Self::Float(number) => number.to_string(),
            Self::Text(text) => format!("{text:?}"),
            Self::Bytes(count) => format!("{count} bytes"),
            Self::Many(kind, 1) => format!("{kind} of 1"),
            Self::Many(kind, count) => format!("{kind} of {count}"),
            Self::Tuple(count, _) => format!("tuple of {count}"),
            Self::Dict(dict) => format!("dict of {}", dict.borrow().count),
            Self::Global(name) | Self::Flat(name) => name.to_string(),
            Self::Object(object) => {
                let object = object.borrow();
                object.class.rsplit('.').next().unwrap_or_default().to_owned()
            }
            Self::Mark | Self::Unknown => "…".to_owned(),
        }
    }
}

impl Dict {
    pub fn add(&mut self, entries: Vec<(Rc<str>, Value)>) {
        self.count += entries.len();
        let room = MOST.saturating_sub(self.kept.len());
        self.kept.extend(entries.into_iter().take(room));
    }
}
