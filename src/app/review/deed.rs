use crate::domain::Digest;
use crate::domain::track::bodies::Place;
use crate::domain::track::{CommitId, TrackId};

/// What is said of a track, signed and pushed.
#[derive(Clone, Debug, PartialEq)]
pub enum ReviewDeed {
    /// This package and no other: one that was sealed meanwhile is not meant.
    Approve {
        track: TrackId,
        package: Digest,
    },
    /// Brings what was approved of this package to its target.
    Promote {
        track: TrackId,
        package: Digest,
    },
    Request {
        track: TrackId,
        package: Digest,
        reason: String,
    },
    Comment {
        track: TrackId,
        text: String,
        place: Option<Place>,
        /// The entry that it answers.
        answers: Option<CommitId>,
    },
}

impl ReviewDeed {
    pub fn track(&self) -> &TrackId {
        match self {
            Self::Approve { track, .. }
            | Self::Promote { track, .. }
            | Self::Request { track, .. }
            | Self::Comment { track, .. } => track,
        }
    }

    /// Those of the command that does the same.
    pub(in crate::app) fn words(&self) -> Vec<String> {
        let words: Vec<&str> = match self {
            Self::Approve { track, .. } => vec!["approve", track.as_str()],
            Self::Promote { track, .. } => vec!["promote", track.as_str()],
            Self::Request { track, reason, .. } => vec!["request-changes", track.as_str(), reason.as_str()],
            Self::Comment { track, text, place, answers } => {
                let at =
                    place.as_ref().map(|place| ["--at".to_owned(), format!("{}:{}", place.path, place.line)]);
                let answers =
                    answers.as_ref().map(|entry| ["--answers".to_owned(), entry.short().to_owned()]);
                let said = ["comment".to_owned(), track.to_string(), text.clone()];
                return said.into_iter().chain(at.into_iter().chain(answers).flatten()).collect();
            }
        };
        words.into_iter().map(str::to_owned).collect()
    }

    /// What was typed, taken out of it.
    pub(in crate::app) fn take_text(&mut self) -> String {
        match self {
            Self::Request { reason: text, .. } | Self::Comment { text, .. } => std::mem::take(text),
            Self::Approve { .. } | Self::Promote { .. } => String::new(),
        }
    }

    pub(in crate::app) fn doing(&self) -> String {
        match self {
            Self::Approve { track, .. } => format!("approving {track}"),
            Self::Promote { track, .. } => format!("promoting {track}"),
            Self::Request { track, .. } => format!("requesting changes of {track}"),
            Self::Comment { track, .. } => format!("commenting on {track}"),
        }
    }

    /// Once it has landed.
    pub(in crate::app) fn done(&self) -> String {
        match self {
            Self::Approve { track, .. } => format!("{track} is approved"),
            Self::Promote { track, .. } => format!("{track} is on its target"),
            Self::Request { track, .. } => format!("changes of {track} are requested"),
            Self::Comment { track, .. } => format!("it is said on {track}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::scene::{ID, commit};
    use super::*;

    #[test]
    fn each_is_a_command_that_could_have_been_typed() {
        let track = TrackId::new(ID).unwrap();
        let place = Some(Place { path: "sql/a.sql".to_owned(), line: 3 });
        let said = |place, answers| ReviewDeed::Comment {
            track: track.clone(),
            text: "why?".to_owned(),
            place,
            answers,
        };
        assert_eq!(said(place, None).words(), ["comment", ID, "why?", "--at", "sql/a.sql:3"]);
        let entry = commit('e');
        assert_eq!(
            said(None, Some(entry.clone())).words(),
            ["comment", ID, "why?", "--answers", entry.short()]
        );
        let package = Digest::of(b"package");
        assert_eq!(ReviewDeed::Approve { track, package }.words(), ["approve", ID]);
    }
}
