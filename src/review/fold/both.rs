use jiff::Timestamp;

use super::signer::Signer;
use super::state::Taken;
use crate::domain::track::{CommitId, Event, Fault, Pending, Side};
use crate::domain::{Digest, Name};
use crate::review::{Persons, payload};

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
    /// Of the same side, where the key of `by` counts no more.
    covered_by: Vec<Name>,
    at: Timestamp,
    expires: Option<Timestamp>,
}

impl Half {
    fn signer(&self) -> Signer<'_> {
        Signer { by: &self.by, vouchers: &self.covered_by }
    }
}

impl Both {
    /// Another payload starts anew: nobody has signed that one.
    pub(super) fn sign(&mut self, taken: &Taken<'_>, persons: &Persons) -> Result<(), Fault> {
        let event = taken.event;
        let payload = payload(event).map_err(|error| Fault::Inconsistent(error.to_string()))?;
        let side = Side::of(event.role);
        let covered_by = taken.vouchers_of(side)?;
        let half = Half {
            entry: taken.entry.clone(),
            side,
            by: event.person.clone(),
            covered_by,
            at: event.at,
            expires: event.expires,
        };
        let mut halves = match self.payload.as_ref() == Some(&payload) {
            true => self.halves.clone(),
            false => Vec::new(),
        };
        // What ran out can be signed again.
        halves.retain(|old| old.expires.is_none_or(|end| end > taken.at));
        if halves.iter().any(|old| old.by == half.by || old.side == half.side) {
            return Err(Fault::Repeated);
        }
        if let Some(other) = halves.iter().find(|old| !apart(old, &half, persons)) {
            let why = match persons.same(&other.by, &half.by) {
                true => format!("{} is the same person", other.by),
                false => format!("whoever vouches for one of them and {} have signed both", other.by),
            };
            return Err(Fault::OwnWork { person: half.by, why });
        }
        halves.push(half);
        *self = Self { payload: Some(payload), halves };
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

/// They are of two people, whoever of those that vouch is believed for each.
fn apart(one: &Half, other: &Half, persons: &Persons) -> bool {
    one.signer().ways().iter().any(|way| other.signer().is_apart(way, persons))
}
