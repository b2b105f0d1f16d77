//! How git names what it keeps.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A text of an untrusted ledger that is no name of git's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    #[error("`{}` is not an object of git: 40 or 64 digits of lower-case hex", crate::domain::text::safe(.0))]
    Object(String),
    #[error("`{}` is not a full name of a branch or ref, such as refs/heads/main", crate::domain::text::safe(.0))]
    Ref(String),
}

macro_rules! object_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The first 12 characters, for people.
            pub fn short(&self) -> &str {
                self.0.get(..12).unwrap_or(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;
            fn try_from(text: String) -> Result<Self, IdError> {
                if is_object_id(&text) { Ok(Self(text)) } else { Err(IdError::Object(text)) }
            }
        }

        impl std::str::FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                text.to_owned().try_into()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }
    };
}

object_id! {
    /// A commit, in lower-case hex: 40 characters, or 64 where the repository counts in sha256.
    CommitId
}
object_id! {
    /// The files of a commit, named by their content alone: two commits with the same tree hold the same files.
    TreeId
}

fn is_object_id(text: &str) -> bool {
    let hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    matches!(text.len(), 40 | 64) && text.bytes().all(hex)
}

/// The full name of a ref, `refs/heads/main`, by git's own rules. They allow what turns writing round: show it through
/// [`crate::domain::text::safe`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RefName(String);

impl RefName {
    const BRANCHES: &str = "refs/heads/";

    /// `main` → `refs/heads/main`.
    ///
    /// # Errors
    /// Where git would not have such a branch.
    pub fn branch(name: &str) -> Result<Self, IdError> {
        // Git takes it for an option, or for the branch before this one.
        match name.starts_with('-') || name == "HEAD" {
            true => Err(IdError::Ref(name.to_owned())),
            false => format!("{}{name}", Self::BRANCHES).try_into(),
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The branch's own name, where it is one.
    pub fn branch_name(&self) -> Option<&str> {
        self.0.strip_prefix(Self::BRANCHES)
    }

    /// As a person would say it: the branch's name, or the whole.
    pub fn short(&self) -> &str {
        self.branch_name().unwrap_or(&self.0)
    }
}

/// As `git check-ref-format` has it, and below `refs/`.
fn is_ref_name(text: &str) -> bool {
    let forbidden = |c: char| c.is_ascii_control() || " ~^:?*[\\".contains(c);
    let part = |part: &str| !part.is_empty() && !part.starts_with('.') && !part.ends_with(".lock");
    text.len() <= 1024
        && text.strip_prefix("refs/").is_some_and(|rest| rest.contains('/'))
        && text.split('/').all(part)
        && !text.ends_with('.')
        && !text.contains("..")
        && !text.contains("@{")
        && !text.contains(forbidden)
}

impl TryFrom<String> for RefName {
    type Error = IdError;
    fn try_from(text: String) -> Result<Self, IdError> {
        if is_ref_name(&text) { Ok(Self(text)) } else { Err(IdError::Ref(text)) }
    }
}

impl std::str::FromStr for RefName {
    type Err = IdError;
    fn from_str(text: &str) -> Result<Self, IdError> {
        text.to_owned().try_into()
    }
}

impl From<RefName> for String {
    fn from(name: RefName) -> Self {
        name.0
    }
}

impl fmt::Display for RefName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_is_named_by_its_digits_alone() {
        let id = "0123456789abcdef0123456789abcdef01234567";
        assert_eq!(id.parse::<CommitId>().unwrap().short(), "0123456789ab");
        assert!("a".repeat(64).parse::<TreeId>().is_ok());
        for wrong in ["", "HEAD", "0123", &id.to_uppercase(), &format!("{id}\n"), &id.replace('0', "é")] {
            assert!(wrong.parse::<CommitId>().is_err(), "{wrong:?}");
        }
        assert!(serde_json::from_str::<CommitId>("\"main\"").is_err());
    }

    #[test]
    fn a_ref_is_named_as_git_would() {
        let good = [
            "refs/heads/main",
            "refs/greenroom/tracks/daily-a1b2c3",
            "refs/heads/\u{202e}niam",
            "refs/heads/é",
        ];
        for name in good {
            let parsed: RefName = name.parse().unwrap();
            let back: RefName = serde_json::from_str(&serde_json::to_string(&parsed).unwrap()).unwrap();
            assert_eq!(back.as_str(), name);
        }
        let wrong = [
            "main",
            "refs/",
            "refs/heads",
            "refs/heads/",
            "refs/heads//a",
            "refs/heads/.a",
            "refs/heads/a.lock",
            "refs/heads/a.lock/b",
            "refs/heads/a..b",
            "refs/heads/a.",
            "refs/heads/a b",
            "refs/heads/a\nb",
            "refs/heads/a:b",
            "refs/heads/@{1}",
            "refs/heads/*",
            "refs/heads/\u{1b}[2J",
            "--upload-pack=x",
        ];
        for name in wrong {
            assert!(name.parse::<RefName>().is_err(), "{name:?}");
        }
        assert_eq!(RefName::branch("feature/x").unwrap().branch_name(), Some("feature/x"));
        assert!(RefName::branch("-f").is_err() && RefName::branch("HEAD").is_err());
    }

    proptest::proptest! {
        /// What git refuses could be taken for something else on a command line or in a refspec.
        #[test]
        fn none_is_accepted_that_git_refuses(name in "refs/[a-z./@{}*~^:\\\\ \u{1}-]{1,9}") {
            if name.parse::<RefName>().is_ok() {
                let git = std::process::Command::new("git").args(["check-ref-format", &name]).status().unwrap();
                proptest::prop_assert!(git.success(), "{name:?}");
            }
        }
    }
}
