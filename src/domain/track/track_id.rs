use std::fmt;

use serde::{Deserialize, Serialize};

use super::{IdError, RefName};
use crate::domain::{Name, NameError};

/// What a track is called: the workflow and six of `[a-z0-9]`, as in `daily_delays-k3x9q2`.
///
/// A segment of a ref and of a path, and a word of a shell, as it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TrackId(String);

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrackIdError {
    #[error("`{0}` is not a track, which is named as in `daily_delays-k3x9q2`")]
    Shape(String),
    #[error("`{0}` is not a track: {1}")]
    Workflow(String, NameError),
}

const END: usize = 6;
const LETTERS: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";

impl TrackId {
    /// `random`: of which its last letters are made; eight bytes are more than they hold.
    pub fn of(workflow: &Name, random: [u8; 8]) -> Self {
        let mut rest = u64::from_le_bytes(random);
        let end: String = (0..END)
            .map(|_| {
                let letter = LETTERS[(rest % 36) as usize];
                rest /= 36;
                char::from(letter)
            })
            .collect();
        Self(format!("{workflow}-{end}"))
    }

    pub fn new(text: &str) -> Result<Self, TrackIdError> {
        let shape = || TrackIdError::Shape(text.to_owned());
        let (workflow, end) = text.rsplit_once('-').ok_or_else(shape)?;
        if end.len() != END || !end.bytes().all(|byte| LETTERS.contains(&byte)) {
            return Err(shape());
        }
        Name::new(workflow).map_err(|why| TrackIdError::Workflow(text.to_owned(), why))?;
        Ok(Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn workflow(&self) -> &str {
        self.0.rsplit_once('-').map_or("", |(workflow, _)| workflow)
    }

    /// Where its ledger is.
    pub fn ledger(&self) -> Result<RefName, IdError> {
        format!("refs/greenroom/tracks/{}", self.0).parse()
    }
}

impl TryFrom<String> for TrackId {
    type Error = TrackIdError;
    fn try_from(text: String) -> Result<Self, TrackIdError> {
        Self::new(&text)
    }
}

impl From<TrackId> for String {
    fn from(id: TrackId) -> Self {
        id.0
    }
}

impl fmt::Display for TrackId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_made_one_is_read_again_and_valid_in_a_ref(name in "[a-z][a-z0-9_]{0,62}", random: [u8; 8]) {
            let id = TrackId::of(&Name::new(&name).unwrap(), random);
            prop_assert_eq!(&TrackId::new(id.as_str()).unwrap(), &id);
            prop_assert_eq!(id.workflow(), &name);
            prop_assert!(id.ledger().unwrap().as_str().ends_with(id.as_str()));
        }
    }

    #[test]
    fn nothing_else_is_a_track() {
        for bad in
            ["", "daily", "daily-k3x9q", "daily-K3X9Q2", "-k3x9q2", "../x-k3x9q2", "a-b-k3x9q2", "a-k3x9q2\n"]
        {
            assert!(TrackId::new(bad).is_err(), "{bad:?}");
        }
    }
}
