use std::time::Duration;

use super::printer::{Form, Printer, Seen};
use super::tell_incomplete;
use crate::cli::{Exit, Output, UserError};
use crate::domain::{EventKind, NodeId, RunLayout, Status, Token};
use crate::store::Events;

/// How often a log that grows is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// A step whose log is followed.
pub(super) struct Watched<'a> {
    pub layout: &'a RunLayout,
    pub token: Token,
    pub node: &'a NodeId,
    /// Only this attempt; None: the last one, and those that come.
    pub attempt: Option<u32>,
    pub form: Form,
}

/// Shows a step's log until the step ends, or the attempt that was asked for.
pub(super) async fn follow(watched: Watched<'_>, output: &Output) -> Result<Exit, UserError> {
    let mut events = Events::open(watched.layout, watched.token);
    let mut look = tokio::time::interval(LOOK_EVERY);
    let mut state = State { printer: None, current: None, ended: false, succeeded: false, waiting: true };
    loop {
        tokio::select! {
            // Events of the past come at once: the attempt that runs is known before its log is looked at.
            biased;
            event = events.next() => {
                let event = event.map_err(|error| {
                    UserError::from_error(Exit::NotReady, "the run's events cannot be read", &error)
                })?;
                let Some(event) = event else { break };
                state.heed(&watched, &event.kind, output)?;
            }
            _ = look.tick() => {
                // Only now: what ended in one life of the run may have gone on in the next.
                if state.ended {
                    break;
                }
                state.show(&watched, output)?;
            }
        }
        if state.printer.as_ref().is_some_and(|(_, seen)| *seen == Seen::Gone) {
            return Ok(Exit::Done);
        }
    }
    state.close(&watched, output)?;
    tell_incomplete(watched.layout, watched.token, watched.node, output);
    Ok(Exit::Done)
}

struct State {
    printer: Option<(Printer, Seen)>,
    /// The attempt to show.
    current: Option<u32>,
    ended: bool,
    succeeded: bool,
    /// Nothing has been said yet about what is waited for.
    waiting: bool,
}

impl State {
    fn heed(&mut self, watched: &Watched<'_>, event: &EventKind, output: &Output) -> Result<(), UserError> {
        if let EventKind::RunStarted { .. } = event {
            // What has succeeded stays so; all else may get another chance.
            self.ended &= self.succeeded;
        }
        if event.node().as_ref() != Some(watched.node) {
            return Ok(());
        }
        match event {
            EventKind::AttemptStarted { attempt, .. }
                if watched.attempt.is_none_or(|only| only == *attempt) =>
            {
                if self.printer.is_some() {
                    self.close(watched, output)?;
                    output.warn(&format!("attempt {attempt}"));
                }
                self.current = Some(*attempt);
                self.ended = false;
            }
            EventKind::AttemptFinished { attempt, .. } => self.ended = watched.attempt == Some(*attempt),
            EventKind::Warned { message, .. } if self.printer.is_some() => output.warn(message),
            EventKind::StepFinished { status, .. } => {
                self.ended = true;
                self.succeeded = *status == Status::Succeeded;
            }
            _ => {}
        }
        Ok(())
    }

    fn show(&mut self, watched: &Watched<'_>, output: &Output) -> Result<(), UserError> {
        self.open(watched)?;
        match &mut self.printer {
            Some((printer, seen)) => *seen = printer.more()?,
            None if self.waiting => {
                output.warn(&format!("waiting for step {} to write something", watched.node))
            }
            None => {}
        }
        self.waiting = false;
        Ok(())
    }

    /// The container may not have written anything when its attempt starts.
    fn open(&mut self, watched: &Watched<'_>) -> Result<(), UserError> {
        let (None, Some(attempt)) = (&self.printer, self.current) else { return Ok(()) };
        let log = watched.layout.log(watched.node, attempt);
        if log.exists() {
            self.printer = Some((Printer::open(&log, attempt, watched.form)?, Seen::Nothing));
        }
        Ok(())
    }

    fn close(&mut self, watched: &Watched<'_>, output: &Output) -> Result<(), UserError> {
        self.open(watched)?;
        match self.printer.take() {
            Some((mut printer, _)) => {
                if printer.rest()? == Seen::Nothing {
                    output.warn("it has written nothing");
                }
            }
            None => output.warn(&format!("step {} has ended without a log", watched.node)),
        }
        Ok(())
    }
}
