//! Entries that are rightly signed → the track they come to. Who may do what, and what it needs.

mod both;
mod cells;
mod next;
mod release;
mod review;
mod state;

pub(super) use self::cells::carried;
use self::state::State;
use super::{Checked, Circumstances};
use crate::domain::track::{CommitId, Event, Fault, InvalidEntry, Track, TrackId, Vouched};

/// A pure function: the same entries and circumstances give the same track.
pub fn fold(id: &TrackId, checked: &Checked, known: &Circumstances) -> Track {
    state(checked, known).into_track(id, checked)
}

/// Why an event that somebody is about to sign would not count as the next one; None: it would.
pub fn refusal(checked: &Checked, known: &Circumstances, event: &Event) -> Option<Fault> {
    // Any commit that the ledger has not.
    let entry = checked.entries.last().map_or_else(|| event.head.clone(), |entry| entry.commit.clone());
    let mut state = state(checked, known);
    state.covered_by = None;
    state.take(&entry, event).err()
}

fn state<'a>(checked: &Checked, known: &'a Circumstances) -> State<'a> {
    let mut state = State::new(known);
    for entry in &checked.entries {
        let taken = match (&entry.standing, &entry.event) {
            (Ok(vouched), Some(event)) => {
                state.covered_by = match vouched {
                    Vouched::Covered(person) => Some(person.clone()),
                    _ => None,
                };
                state.take(&entry.commit, event)
            }
            (Ok(_), None) => Ok(()),
            (Err(fault), _) => Err(fault.clone()),
        };
        match taken {
            Ok(()) => state.unknown.extend(entry.unknown.iter().cloned()),
            Err(why) => state.refuse(&entry.commit, entry.event.as_ref(), why),
        }
    }
    state
}

impl State<'_> {
    fn refuse(&mut self, entry: &CommitId, event: Option<&Event>, why: Fault) {
        if let Some(step) = event.and_then(|event| event.transition.step()) {
            self.last_refused.insert(step, why.clone());
        }
        self.invalid.push(InvalidEntry {
            entry: entry.clone(),
            transition: event.map(|event| event.transition.name()),
            claimed: event.map(|event| event.person.clone()),
            why,
        });
    }
}
