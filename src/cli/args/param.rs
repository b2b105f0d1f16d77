use std::fmt;
use std::str::FromStr;

use camino::Utf8PathBuf;

use crate::domain::{Name, NameError};

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParamError {
    #[error("write NAME=VALUE, such as day=2013-01-31")]
    NoEquals,
    #[error("{}{}", .0, instead(.0))]
    Name(#[from] NameError),
}

/// What to write instead, where that can be told.
fn instead(error: &NameError) -> String {
    let (NameError::Forbidden(text, _) | NameError::Start(text)) = error else { return String::new() };
    Name::meant(text).map(|meant| format!("; did you mean `{meant}`?")).unwrap_or_default()
}

/// Reads `--param k=v`; the value, which may hold `=` or be empty, gets its type from the workflow later.
pub fn parse_param(text: &str) -> Result<(Name, String), ParamError> {
    let (name, value) = text.split_once('=').ok_or(ParamError::NoEquals)?;
    Ok((Name::new(name)?, value.to_owned()))
}

/// A path; an empty one, of a variable that is not set mostly, would mean the current directory to some and nothing to
/// others.
pub(super) fn parse_path(text: &str) -> Result<Utf8PathBuf, &'static str> {
    if text.is_empty() { Err("a path may not be empty") } else { Ok(text.into()) }
}

/// One of the numbers that are not 0. What is said of a 0 otherwise is about a type.
pub(super) fn parse_count<T: FromStr>(text: &str) -> Result<T, String>
where
    T::Err: fmt::Display,
{
    match text.parse::<u64>() {
        Ok(0) => Err("at least 1".to_owned()),
        Ok(_) => text.parse().map_err(|error: T::Err| error.to_string()),
        Err(_) if text.parse::<i64>().is_ok() => Err("at least 1".to_owned()),
        Err(_) => Err(NO_NUMBER.to_owned()),
    }
}

const NO_NUMBER: &str = "write a whole number, such as 10";

/// A number of things, none too.
pub(super) fn parse_whole(text: &str) -> Result<usize, &'static str> {
    text.parse().map_err(|_| match text.parse::<i64>() {
        Ok(..0) => "it cannot be less than 0",
        _ => NO_NUMBER,
    })
}

pub(super) fn parse_name(text: &str) -> Result<Name, ParamError> {
    Ok(Name::new(text)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_first_equals_sign_parts() {
        assert_eq!(parse_param("where=a=b").unwrap().1, "a=b");
        assert_eq!(parse_param("day=").unwrap().1, "");
        assert_eq!(parse_param("day"), Err(ParamError::NoEquals));
        assert!(matches!(parse_param("Day=1"), Err(ParamError::Name(_))));
    }
}
