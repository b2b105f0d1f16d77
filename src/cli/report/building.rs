use std::sync::{Mutex, PoisonError};

use super::Progress;
use crate::cli::stopping::at_work as would_stop;
use crate::local::{self, Event};

/// Shows what the local environment is at: each piece of work on a line of its own, with what its tools print.
#[derive(Default)]
pub struct Building {
    at_work: Mutex<Option<Progress>>,
    /// What tools print is left out where there is no terminal to draw it over: of a failure the error has the last of it.
    folded: bool,
}

impl Building {
    /// For what nobody asked to see being made.
    pub fn folded() -> Self {
        Self { at_work: Mutex::default(), folded: true }
    }
}

impl local::Progress for Building {
    fn report(&self, event: Event) {
        let mut at_work = self.at_work.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            Event::Started { what } => {
                would_stop(Some(&what));
                match at_work.as_mut() {
                    // What was tried first did not do: a pull has become a bootstrap.
                    Some(progress) => progress.change(&what),
                    None => *at_work = Some(Progress::start(&what)),
                }
            }
            Event::Line(line) => {
                if let Some(progress) = at_work.as_mut().filter(|progress| !self.folded || progress.is_live())
                {
                    progress.line(&line);
                }
            }
            Event::Done => {
                would_stop(None);
                if let Some(progress) = at_work.take() {
                    progress.done("");
                }
            }
        }
    }
}

impl Drop for Building {
    /// What did not get done failed; the error that follows says why.
    fn drop(&mut self) {
        let at_work = self.at_work.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Some(progress) = at_work.take() {
            would_stop(None);
            progress.fail("");
        }
    }
}
