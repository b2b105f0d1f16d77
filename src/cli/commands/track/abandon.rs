use super::agree::gone;
use crate::cli::args::TrackAbandon;
use crate::cli::report::track_view;
use crate::cli::track::{Desk, Draft, On};
use crate::cli::{Exit, Invocation, Output, UserError};
use crate::domain::track::Transition;
use crate::domain::track::bodies::Abandoned;
use crate::git::Prompt;

/// Gives a track up; or, where the other side has, signs that.
pub fn run(asked: &TrackAbandon, invocation: &Invocation, output: &Output) -> Result<Exit, UserError> {
    let desk = Desk::open(invocation, Prompt::Terminal)?;
    let (id, _) = desk.visit(&asked.track)?;
    let looked = desk.say(&id, |_, on, _| {
        let On::Known(looked) = on else { return Err(gone(&asked.track)) };
        if let Some(other) = looked.half("abandoned") {
            return Ok(Draft::like(other, other.transition.clone()));
        }
        let Some((_, opened)) = looked.opened() else { return Err(gone(&asked.track)) };
        Ok(Draft::like(opened, Transition::Abandoned(Abandoned { reason: asked.reason.clone() })))
    })?;
    output.either(&looked.track, |look| track_view(&looked.track, invocation, look))?;
    Ok(Exit::Done)
}
