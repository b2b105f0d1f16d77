use std::ops::Range;

use crate::domain::Span;

/// Something wrong in a file by which a person has the workbench as they want it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    pub span: Span,
    pub message: String,
    /// What to do; may be empty.
    pub help: String,
}

impl Mistake {
    /// At a range of a text's bytes.
    pub(super) fn at(
        text: &str,
        range: Range<usize>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Self { span: place(text, range), message: message.into(), help: help.into() }
    }
}

/// Line and column, from 1.
fn place(text: &str, range: Range<usize>) -> Span {
    let before = text.get(..range.start).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let length = text.get(range).map_or(1, |part| part.chars().count()).max(1);
    Span { line: before.matches('\n').count() + 1, column: before[line_start..].chars().count() + 1, length }
}

/// A file in TOML; where it is none, all that is wrong in its syntax, or the first thing that is not of its form.
pub(super) fn parse<T: serde::de::DeserializeOwned>(text: &str, help: &str) -> Result<T, Vec<Mistake>> {
    let told =
        |error: toml::de::Error| Mistake::at(text, error.span().unwrap_or_default(), error.message(), help);
    let (_, errors) = toml::de::DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        return Err(errors.into_iter().map(told).collect());
    }
    toml::from_str(text).map_err(|error| vec![told(error)])
}
