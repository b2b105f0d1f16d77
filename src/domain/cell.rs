use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{Name, NameError, Value};

/// One combination of a step's `matrix`, as a path segment: its values in order, each as `[a-z0-9_]+`, joined by `-`.
///
/// A value that has other characters is replaced by a hash of itself, so that two cells never share a directory.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CellId(String);

impl CellId {
    pub fn of<'a>(values: impl IntoIterator<Item = &'a Value>) -> Self {
        let parts: Vec<String> = values.into_iter().map(segment).collect();
        Self(parts.join("-"))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn segment(value: &Value) -> String {
    let text = value.to_string();
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if !text.is_empty() && text.len() <= 40 && text.chars().all(plain) {
        return text;
    }
    let hash = Sha256::digest(text.as_bytes());
    let hex: String = hash.iter().take(6).map(|b| format!("{b:02x}")).collect();
    format!("h{hex}")
}

impl fmt::Display for CellId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// What the engine runs: a step, or one cell of it. Shown and stored as `step` or `step.cell`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct NodeId {
    pub step: Name,
    pub cell: Option<CellId>,
}

impl NodeId {
    pub fn new(step: Name, cell: Option<CellId>) -> Self {
        Self { step, cell }
    }

    /// Its directory below the run's, with `/`: `step` or `step/cell`.
    pub fn dir(&self) -> String {
        match &self.cell {
            Some(cell) => format!("{}/{cell}", self.step),
            None => self.step.to_string(),
        }
    }
}

impl fmt::Display for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.cell {
            Some(cell) => write!(f, "{}.{cell}", self.step),
            None => self.step.fmt(f),
        }
    }
}

impl FromStr for NodeId {
    type Err = NameError;
    fn from_str(text: &str) -> Result<Self, NameError> {
        let (step, cell) = match text.split_once('.') {
            Some((step, cell)) => (step, Some(cell)),
            None => (text, None),
        };
        if let Some(cell) = cell {
            let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '-';
            if cell.is_empty() {
                return Err(NameError::Empty);
            }
            if let Some(c) = cell.chars().find(|c| !plain(*c)) {
                return Err(NameError::Forbidden(cell.to_owned(), c));
            }
        }
        Ok(Self::new(Name::new(step)?, cell.map(|c| CellId(c.to_owned()))))
    }
}

impl TryFrom<String> for NodeId {
    type Error = NameError;
    fn try_from(text: String) -> Result<Self, NameError> {
        text.parse()
    }
}

impl From<NodeId> for String {
    fn from(id: NodeId) -> Self {
        id.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_values_are_hashed_and_stay_apart() {
        let id = |a: &str| CellId::of([&Value::String(a.into()), &Value::Int(3)]);
        assert_eq!(id("ua").as_str(), "ua-3");
        assert_ne!(id("a b"), id("a/b"));
        assert!(!id("../..").as_str().contains('/'));
        assert!(!id("").as_str().starts_with('-'));
    }

    #[test]
    fn a_node_id_reads_back() {
        for text in ["train", "train.a_1-2"] {
            assert_eq!(text.parse::<NodeId>().map(|id| id.to_string()), Ok(text.to_owned()));
        }
        for bad in ["train.", "train.a/b", "../x", "train.a.b"] {
            assert!(bad.parse::<NodeId>().is_err(), "{bad}");
        }
    }
}
