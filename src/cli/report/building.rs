use std::sync::{Mutex, PoisonError};

use super::Progress;
use crate::local::{self, Event};

/// Shows what the local environment does while it takes its time. One thing at a time is under way; what is not done
/// when this is dropped has failed, and an error tells why.
#[derive(Default)]
pub struct Building(Mutex<Option<Progress>>);

impl local::Progress for Building {
    fn report(&self, event: Event) {
        let mut current = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            Event::Started { what } => match current.as_mut() {
                Some(progress) => progress.change(&what),
                None => *current = Some(Progress::start(&what)),
            },
            Event::Line(line) => {
                if let Some(progress) = current.as_mut() {
                    progress.line(&line);
                }
            }
            Event::Done => {
                if let Some(progress) = current.take() {
                    progress.done("");
                }
            }
        }
    }
}
