use jiff::Timestamp;

use super::criterion::number;
use super::{Criterion, Name, Notes, Run, RunFigures, Status};

/// Which runs are meant; what is empty or none asks nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RunQuery {
    pub name: Option<Name>,
    /// One of these.
    pub statuses: Vec<Status>,
    /// Each of them, of a figure, by its own name or as `step.output.name`; of a parameter where the run has no figure of
    /// that name.
    pub criteria: Vec<Criterion>,
    /// Each of them, of a parameter.
    pub params: Vec<Criterion>,
    pub branch: Option<String>,
    /// Started then or later.
    pub since: Option<Timestamp>,
    /// Started before then.
    pub before: Option<Timestamp>,
    /// Some note has these words.
    pub note: Option<String>,
    pub pinned: bool,
    /// With figures at all.
    pub measured: bool,
}

impl RunQuery {
    pub fn of(name: Option<&Name>) -> Self {
        Self { name: name.cloned(), ..Self::default() }
    }

    /// It asks for more than a name.
    pub fn is_narrow(&self) -> bool {
        *self != Self::of(self.name.as_ref())
    }

    pub fn asks_for_notes(&self) -> bool {
        self.note.is_some() || self.pinned
    }

    /// But for the notes.
    pub fn matches(&self, run: &Run, figures: &RunFigures) -> bool {
        let param = |criterion: &Criterion| {
            run.typed_params().any(|(name, text)| {
                name.as_str() == criterion.name && criterion.holds_for(&text, number(&text))
            })
        };
        let figure = |known: &str, criterion: &Criterion| {
            figures
                .values
                .get(known)
                .is_some_and(|value| criterion.holds_for(&value.to_string(), Some(*value)))
        };
        self.name.as_ref().is_none_or(|name| *name == run.name)
            && (self.statuses.is_empty() || self.statuses.contains(&run.status))
            && self.params.iter().all(param)
            && self.criteria.iter().all(|criterion| match figures.known_as(&criterion.name) {
                Some(known) => figure(known, criterion),
                None => param(criterion),
            })
            && (!self.measured || !figures.values.is_empty())
            && (self.branch.is_none() || self.branch == run.branch)
            && self.since.is_none_or(|since| run.started_at >= since)
            && self.before.is_none_or(|before| run.started_at < before)
    }

    pub fn matches_notes(&self, notes: &Notes) -> bool {
        (!self.pinned || notes.is_pinned()) && self.note.as_ref().is_none_or(|words| notes.say(words))
    }
}
