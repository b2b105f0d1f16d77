use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A line of `_run/notes.jsonl`: what somebody said of a run, or that they pinned it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    pub ts: Timestamp,
    /// Who; at most what the machine knows of them.
    pub user: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// From now on `gc` keeps the run, or no longer does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pinned: Option<bool>,
}

/// All that was said of a run, in the order it was said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notes(pub Vec<Note>);

impl Notes {
    /// The last word counts.
    pub fn is_pinned(&self) -> bool {
        self.0.iter().rev().find_map(|note| note.pinned).unwrap_or(false)
    }

    /// What was written, the oldest first.
    pub fn texts(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.0.iter().filter_map(|note| note.text.as_deref())
    }

    /// Whether one of them has these words, in any case.
    pub fn say(&self, words: &str) -> bool {
        let words = words.to_lowercase();
        self.texts().any(|text| text.to_lowercase().contains(&words))
    }
}
