use std::borrow::Borrow;
use std::fmt;

use serde::{Deserialize, Serialize};

/// What a project, workflow, step, parameter, output, … is called: `[a-z][a-z0-9_]*`, at most 63 bytes.
///
/// The alphabet is that of a path segment, a host name and an environment variable at once, so a name
/// never needs quoting anywhere.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Name(String);

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    #[error("a name may not be empty")]
    Empty,
    #[error("`{0}` is {1} bytes long; a name has at most 63")]
    TooLong(String, usize),
    #[error("`{0}` has a character a name may not have: {1:?}")]
    Forbidden(String, char),
    #[error("`{0}` does not start with a lower-case letter")]
    Start(String),
}

impl Name {
    pub const MAX: usize = 63;

    pub fn new(text: &str) -> Result<Self, NameError> {
        let Some(first) = text.chars().next() else {
            return Err(NameError::Empty);
        };
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        if let Some(c) = text.chars().find(|c| !allowed(*c)) {
            return Err(NameError::Forbidden(text.to_owned(), c));
        }
        if !first.is_ascii_lowercase() {
            return Err(NameError::Start(text.to_owned()));
        }
        if text.len() > Self::MAX {
            return Err(NameError::TooLong(text.to_owned(), text.len()));
        }
        Ok(Self(text.to_owned()))
    }

    /// What somebody who wrote something that is no name meant, perhaps: `load_data` of `loadData`.
    pub fn meant(text: &str) -> Option<Self> {
        let mut mended = String::new();
        let mut before = ' ';
        for c in text.chars() {
            if c.is_ascii_uppercase() && before.is_ascii_lowercase() {
                mended.push('_');
            }
            mended.push(if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' });
            before = c;
        }
        Self::new(mended.trim_matches('_')).ok()
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As a part of an environment variable: `mean_delay` → `MEAN_DELAY`.
    pub fn as_env(&self) -> String {
        self.0.to_ascii_uppercase()
    }
}

impl TryFrom<String> for Name {
    type Error = NameError;
    fn try_from(text: String) -> Result<Self, NameError> {
        Self::new(&text)
    }
}

impl From<Name> for String {
    fn from(name: Name) -> Self {
        name.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl Borrow<str> for Name {
    fn borrow(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_segment_a_host_and_a_variable() {
        for good in ["a", "daily_delays", "x9", &"a".repeat(63)] {
            assert!(Name::new(good).is_ok(), "{good}");
        }
        for bad in ["", "9x", "_x", "Daily", "a-b", "a/b", "..", "é", &"a".repeat(64)] {
            assert!(Name::new(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_is_no_name_may_have_been_meant_as_one() {
        for (text, meant) in [
            ("C", "c"),
            ("loadData", "load_data"),
            ("load-data", "load_data"),
            ("_x", "x"),
            ("Daily Delays", "daily_delays"),
        ] {
            assert_eq!(Name::meant(text), Name::new(meant).ok(), "{text}");
        }
        for nothing in ["", "9x", "--", &"A".repeat(64)] {
            assert_eq!(Name::meant(nothing), None, "{nothing}");
        }
    }
}
