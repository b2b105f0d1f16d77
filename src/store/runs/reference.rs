use std::str::FromStr;

use camino::Utf8PathBuf;

use crate::domain::{Name, Token};

/// What a person types to name a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RunRef {
    Token(Token),
    /// The last 4 or more characters of a token.
    Ending(String),
    /// `@last`, `NAME@last`, `NAME@-2`: `back` counts from the newest, which is 1.
    Newest {
        name: Option<Name>,
        back: usize,
    },
    /// `@failed`: the newest that failed.
    Failed {
        name: Option<Name>,
    },
    /// `champion`, or `NAME@champion` where more than one algorithm has such an alias.
    Alias {
        name: Option<Name>,
        alias: Name,
    },
    /// The directory of a run, wherever it lies.
    Directory(Utf8PathBuf),
}

/// What was typed names no run, whichever there are.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReferenceError {
    #[error("`{0}` names no run")]
    Unknown(String),
    #[error("`{0}` is too short: a run is named by the last 4 or more characters of its token")]
    Short(String),
    #[error("`{0}` names no run: after @ comes last, failed, -2 for the one before the last, or an alias")]
    Selector(String),
    #[error("`{0}` names no run: {1}")]
    Name(String, crate::domain::NameError),
}

impl FromStr for RunRef {
    type Err = ReferenceError;

    fn from_str(text: &str) -> Result<Self, ReferenceError> {
        if text.contains('/') || text == "." || text == ".." {
            return Ok(Self::Directory(text.into()));
        }
        if let Some((name, selector)) = text.split_once('@') {
            let name = match name {
                "" => None,
                name => Some(Name::new(name).map_err(|error| ReferenceError::Name(text.to_owned(), error))?),
            };
            let back = selector.strip_prefix('-').and_then(|back| back.parse().ok()).filter(|back| *back > 0);
            return match (selector, back) {
                ("last", _) => Ok(Self::Newest { name, back: 1 }),
                ("failed", _) => Ok(Self::Failed { name }),
                (_, Some(back)) => Ok(Self::Newest { name, back }),
                (alias, None) => match Name::new(alias) {
                    Ok(alias) => Ok(Self::Alias { name, alias }),
                    Err(_) => Err(ReferenceError::Selector(text.to_owned())),
                },
            };
        }
        let lower = text.to_ascii_lowercase();
        if let Ok(token) = lower.parse() {
            return Ok(Self::Token(token));
        }
        let of_token = !lower.is_empty() && lower.chars().all(|c| c.is_ascii_hexdigit() || c == '-');
        match lower.len() {
            4..36 if of_token => Ok(Self::Ending(lower)),
            1..4 if of_token => Err(ReferenceError::Short(text.to_owned())),
            _ => match Name::new(text) {
                Ok(alias) => Ok(Self::Alias { name: None, alias }),
                Err(_) => Err(ReferenceError::Unknown(text.to_owned())),
            },
        }
    }
}

impl RunRef {
    /// May a run be called by this alone? Not by what means something else.
    pub fn is_free(alias: &Name) -> bool {
        let means = |text: &str| matches!(text.parse(), Ok(Self::Alias { .. }));
        means(alias.as_str()) && means(&format!("@{alias}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::name;

    #[test]
    fn every_form_is_read() {
        let token = Token::generate();
        let daily = Some(name("daily"));
        for (text, expected) in [
            (token.to_string(), RunRef::Token(token)),
            (token.to_string().to_uppercase(), RunRef::Token(token)),
            ("3F2a".into(), RunRef::Ending("3f2a".into())),
            ("8000-3f2a".into(), RunRef::Ending("8000-3f2a".into())),
            ("@last".into(), RunRef::Newest { name: None, back: 1 }),
            ("@-3".into(), RunRef::Newest { name: None, back: 3 }),
            ("daily@last".into(), RunRef::Newest { name: daily.clone(), back: 1 }),
            ("daily@-2".into(), RunRef::Newest { name: daily.clone(), back: 2 }),
            ("daily@failed".into(), RunRef::Failed { name: daily.clone() }),
            ("champion".into(), RunRef::Alias { name: None, alias: name("champion") }),
            ("@champion".into(), RunRef::Alias { name: None, alias: name("champion") }),
            ("daily@champion".into(), RunRef::Alias { name: daily, alias: name("champion") }),
            ("@failed".into(), RunRef::Failed { name: None }),
            ("./copy".into(), RunRef::Directory("./copy".into())),
            (".".into(), RunRef::Directory(".".into())),
        ] {
            assert_eq!(text.parse(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn an_alias_is_nothing_that_means_something_else() {
        for (alias, free) in
            [("champion", true), ("last", false), ("failed", false), ("cafe", false), ("a", false)]
        {
            assert_eq!(RunRef::is_free(&name(alias)), free, "{alias}");
        }
    }

    #[test]
    fn what_names_no_run_is_told_why() {
        for (text, why) in [
            ("", "names no run"),
            ("2a", "too short"),
            ("Daily", "names no run"),
            ("@-x", "after @ comes"),
            ("daily@-0", "after @ comes"),
            ("daily@", "after @ comes"),
            ("Daily@last", "a name may not have"),
            ("01900000-0000-7000-8000-000000003f2aa", "names no run"),
        ] {
            let read = text.parse::<RunRef>();
            assert!(
                read.as_ref().map_or_else(|e| e.to_string(), |_| String::new()).contains(why),
                "{read:?}"
            );
        }
    }
}
