use std::collections::HashMap;
use std::sync::Arc;

use super::{Ask, Effect, Model, PastRun, Screen, Slot};
use crate::domain::{Doubts, Status, Token};

/// Runs whose doubts are remembered: whoever has gone through more asks again.
const KEPT: usize = 500;

/// What cannot be believed of the runs that were looked at. It is asked for when the selection rests on one, and again
/// whenever it comes back: files change without a word.
#[derive(Clone, Debug, Default)]
pub struct Doubted {
    /// The run that is asked about, as it stands.
    asked: Option<(Token, Status)>,
    known: HashMap<Token, Arc<Doubts>>,
}

impl Doubted {
    /// None: nobody knows yet.
    pub fn of(&self, run: Token) -> Option<&Doubts> {
        self.known.get(&run).map(|doubts| &**doubts)
    }

    pub(super) fn take(&mut self, run: Token, doubts: Arc<Doubts>) {
        if self.known.len() >= KEPT {
            self.known.clear();
        }
        self.known.insert(run, doubts);
    }

    /// The runs have been read again: the one that is looked at is checked again too.
    pub(super) fn renew(&mut self) {
        self.asked = None;
    }
}

impl Model {
    /// The run that is looked at is checked, and no other; one that goes on has not told all yet.
    pub(super) fn sync_doubts(&mut self) -> Vec<Effect> {
        let wanted = match self.screen {
            Screen::Runs => self.selected_run().map(|past| (past.run.token, past.status())),
            Screen::Workflow => self.workflow.live.as_ref().map(|live| (live.past.run.token, live.status())),
            _ => None,
        };
        let wanted = wanted.filter(|(_, status)| *status != Status::Running);
        if self.doubted.asked == wanted {
            return Vec::new();
        }
        self.doubted.asked = wanted;
        match wanted {
            None => vec![self.tasks.forget(Slot::Doubts)],
            Some((run, _)) => vec![self.tasks.ask(Slot::Doubts, Ask::Doubts(run))],
        }
    }

    /// Why a run is foreign, where it is known to be.
    pub fn why_foreign(&self, past: &PastRun) -> Option<&'static str> {
        let known = self.doubted.of(past.run.token).and_then(|doubts| doubts.foreign);
        known.or(past.foreign)
    }

    /// The run that is looked at, or pointed at, is not driven here. `done`: what is not done with it.
    pub(super) fn refuse_foreign(&self, done: &str) -> Result<(), String> {
        let past = match self.screen {
            Screen::Runs => self.selected_run(),
            _ => self.workflow.live.as_ref().map(|live| &live.past),
        };
        match past.and_then(|past| Some((past.run.token.short(), self.why_foreign(past)?))) {
            Some((short, why)) => Err(format!("run {short} is foreign, and {done}: {why}")),
            None => Ok(()),
        }
    }
}
