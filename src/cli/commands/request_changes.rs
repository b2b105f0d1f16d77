use super::approve::{about, package};
use super::track::gone;
use crate::cli::args::RequestChanges;
use crate::cli::report::card_view;
use crate::cli::track::{Desk, On, gathered};
use crate::cli::{Exit, Invocation, Output, UserError};
use crate::domain::track::Transition;
use crate::domain::track::bodies::Requested;
use crate::git::Prompt;

/// Says what has to change before this package, or rather the next one, is approved.
pub fn run(asked: &RequestChanges, invocation: &Invocation, output: &Output) -> Result<Exit, UserError> {
    if asked.reason.trim().is_empty() {
        return Err(UserError::wrong("nothing is requested").to_do("say what has to change"));
    }
    let desk = Desk::open(invocation, Prompt::Terminal)?;
    let (id, seen) = desk.visit(&asked.track)?;
    let digest = package(&seen, invocation)?;
    let looked = desk.say(&id, |_, on, _| {
        let On::Known(looked) = on else { return Err(gone(id.as_str())) };
        let body = Requested { reason: asked.reason.clone() };
        about(looked, &digest, Transition::Requested(body), invocation)
    })?;
    let card = gathered(&desk, &looked, &desk.roster()?)?.card(&looked);
    output.either(&card, |look| card_view(&card, invocation, look))?;
    Ok(Exit::Done)
}
