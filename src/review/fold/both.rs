use indexmap::IndexMap;
use jiff::Timestamp;

use crate::domain::track::{CommitId, Event, Fault, Pending, Side};
use crate::domain::{Digest, Name, Person};
use crate::review::payload;
use crate::review::roster::same_person;

/// What has to be signed by one person of each side over one payload.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Both {
    payload: Option<Digest>,
    halves: Vec<Half>,
}

#[derive(Clone, Debug, PartialEq)]
struct Half {
    entry: CommitId,
    side: Side,
    by: Name,
    at: Timestamp,
    expires: Option<Timestamp>,
}

impl Both {
    /// Another payload starts anew: nobody has signed that one.
    pub(super) fn sign(
        &mut self,
        entry: &CommitId,
        event: &Event,
        people: &IndexMap<Name, Person>,
    ) -> Result<(), Fault> {
        let payload = payload(event).map_err(|error| Fault::Inconsistent(error.to_string()))?;
        if self.payload.as_ref() != Some(&payload) {
            *self = Self { payload: Some(payload), halves: Vec::new() };
        }
        let half = Half {
            entry: entry.clone(),
            side: Side::of(event.role),
            by: event.person.clone(),
            at: event.at,
            expires: event.expires,
        };
        // What ran out can be signed again.
        let lasting = |old: &Half| old.expires.is_none_or(|end| end > event.at);
        self.halves.retain(lasting);
        if let Some(other) = self.halves.iter().find(|old| same_person(people, &old.by, &half.by)) {
            return Err(match other.by == half.by {
                true => Fault::Repeated,
                false => Fault::OwnWork { person: half.by, why: format!("{} is the same person", other.by) },
            });
        }
        if self.halves.iter().any(|old| old.side == half.side) {
            return Err(Fault::Repeated);
        }
        self.halves.push(half);
        Ok(())
    }

    /// It is over what was signed before.
    pub(super) fn goes_on(&self, event: &Event) -> Result<bool, Fault> {
        let payload = payload(event).map_err(|error| Fault::Inconsistent(error.to_string()))?;
        Ok(self.payload.as_ref() == Some(&payload))
    }

    pub(super) fn complete(&self) -> bool {
        self.halves.len() == 2
    }

    /// Complete, and not run out then.
    pub(super) fn holds_at(&self, at: Timestamp) -> bool {
        self.complete() && self.end().is_none_or(|end| at < end)
    }

    pub(super) fn end(&self) -> Option<Timestamp> {
        self.halves.iter().filter_map(|half| half.expires).min()
    }

    pub(super) fn by(&self) -> Vec<Name> {
        self.halves.iter().map(|half| half.by.clone()).collect()
    }

    pub(super) fn since(&self) -> Option<Timestamp> {
        self.halves.iter().map(|half| half.at).max()
    }

    /// What is signed by one side alone.
    pub(super) fn pending(&self, transition: &'static str) -> Option<Pending> {
        match self.halves.as_slice() {
            [one] => Some(Pending {
                transition,
                entry: one.entry.clone(),
                by: one.by.clone(),
                lacks: one.side.other(),
                expires: one.expires,
            }),
            _ => None,
        }
    }
}
