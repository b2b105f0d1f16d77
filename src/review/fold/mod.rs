//! Entries that are rightly signed → the track they come to. Who may do what, and what it needs.

mod both;
mod cells;
mod next;
mod release;
mod review;
mod signer;
mod state;

pub(super) use self::cells::carried;
use self::state::State;
use super::{Checked, Circumstances, Persons};
use crate::domain::track::{
    Entry, Event, Fault, InvalidEntry, LedgerState, Package, Track, TrackId, Transition, Vouched,
};

/// A pure function: the same entries and circumstances give the same track.
pub fn fold(id: &TrackId, checked: &Checked, known: &Circumstances) -> Track {
    state(&checked.entries, &checked.former, known).into_track(id, checked)
}

/// The package that these entries leave under review, by what is known so far.
pub(super) fn under_review(entries: &[Entry], known: &Circumstances) -> Option<Package> {
    state(entries, &Persons::default(), known).package.map(|package| package.manifest)
}

/// Why an event that somebody is about to sign would not count as the next one; None: it would. To a rewritten ledger,
/// one that is gone or one of two, nothing is added: whatever is signed there would vouch for it.
pub fn refusal(checked: &Checked, known: &Circumstances, event: &Event) -> Option<Fault> {
    match &checked.state {
        LedgerState::Intact => {}
        LedgerState::Rewritten { seen } => return Some(Fault::Rewritten(seen.clone())),
        LedgerState::Gone { seen } => return Some(Fault::Gone(seen.clone())),
        LedgerState::Parted(parted) => return Some(Fault::Parted(parted.clone())),
    }
    // Any commit that the ledger has not.
    let entry = checked.entries.last().map_or_else(|| event.head.clone(), |entry| entry.commit.clone());
    let mut state = state(&checked.entries, &checked.former, known);
    if let Err(fault) = state.take(&entry, event, &[]) {
        return Some(fault);
    }
    match event.transition {
        Transition::Approved(_) => state.outdated().map(Fault::Outdated),
        _ => None,
    }
}

fn state<'a>(entries: &[Entry], former: &Persons, known: &'a Circumstances) -> State<'a> {
    let mut state = State::new(known, former);
    for entry in entries {
        let taken = match (&entry.standing, &entry.event) {
            (Ok(Vouched::Covered(vouchers)), Some(event)) => state.take(&entry.commit, event, vouchers),
            (Ok(_), Some(event)) => state.take(&entry.commit, event, &[]),
            (Ok(_), None) => Ok(()),
            (Err(fault), _) => Err(fault.clone()),
        };
        match taken {
            Ok(()) => state.unknown.extend(entry.unknown.iter().cloned()),
            Err(why) => state.refuse(entry, why),
        }
    }
    state
}

impl State<'_> {
    fn refuse(&mut self, entry: &Entry, why: Fault) {
        let event = entry.event.as_ref();
        // What nobody who counts has signed says nothing about a step: anybody could have put it there.
        if let Some(step) = entry.valid().and_then(|event| event.transition.step()) {
            self.last_refused.insert(step, why.clone());
        }
        self.invalid.push(InvalidEntry {
            entry: entry.commit.clone(),
            transition: event.map(|event| event.transition.name()),
            claimed: event.map(|event| event.person.clone()),
            why,
        });
    }
}
