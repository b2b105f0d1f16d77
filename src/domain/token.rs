use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The name of a run everywhere: a UUIDv7, so tokens sort by the time they were made.
///
/// Parsed as a UUID before any path is made of it: a text that is not one never reaches the file system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Token(Uuid);

impl Token {
    /// A new one, of now.
    pub fn generate() -> Self {
        Self(Uuid::now_v7())
    }

    /// None of that moment or later is less.
    pub fn first_at(at: Timestamp) -> Self {
        let mut bytes = [0; 16];
        let milliseconds = u64::try_from(at.as_millisecond()).unwrap_or_default().to_be_bytes();
        bytes[..6].copy_from_slice(&milliseconds[2..]);
        (bytes[6], bytes[8]) = (0x70, 0x80);
        Self(Uuid::from_bytes(bytes))
    }

    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(uuid::Uuid::from_bytes(bytes))
    }

    pub fn as_bytes(&self) -> &[u8; 16] {
        self.0.as_bytes()
    }

    /// The last 4 characters, what people type.
    pub fn short(&self) -> String {
        let text = self.0.to_string();
        text.get(text.len() - 4..).unwrap_or_default().to_owned()
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

impl FromStr for Token {
    type Err = uuid::Error;
    /// Only the hyphenated form of 36 characters: a run directory is named by exactly that.
    fn from_str(text: &str) -> Result<Self, uuid::Error> {
        let uuid = Uuid::try_parse(text)?;
        match uuid.hyphenated().to_string() == text {
            true => Ok(Self(uuid)),
            false => Uuid::try_parse("").map(Self),
        }
    }
}
