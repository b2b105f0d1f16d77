use crate::domain::{Name, NameError};

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParamError {
    #[error("write NAME=VALUE, such as day=2013-01-31")]
    NoEquals,
    #[error(transparent)]
    Name(#[from] NameError),
}

/// Reads `--param k=v`; the value, which may hold `=` or be empty, gets its type from the workflow later.
pub fn parse_param(text: &str) -> Result<(Name, String), ParamError> {
    let (name, value) = text.split_once('=').ok_or(ParamError::NoEquals)?;
    Ok((Name::new(name)?, value.to_owned()))
}

pub(super) fn parse_name(text: &str) -> Result<Name, NameError> {
    Name::new(text)
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
