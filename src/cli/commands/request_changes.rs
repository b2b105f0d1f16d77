use super::approve::{about, package};
use super::track::gone;
use crate::cli::args::RequestChanges;
use crate::cli::report::card_view;
use crate::cli::track::{Desk, Looked, On, evidence};
use crate::cli::{Exit, Invocation, Output, UserError};
use crate::domain::Digest;
use crate::domain::track::bodies::Requested;
use crate::domain::track::{TrackId, Transition};
use crate::git::Prompt;

/// Says what has to change before this package, or rather the next one, is approved.
pub fn run(asked: &RequestChanges, invocation: &Invocation, output: &Output) -> Result<Exit, UserError> {
    if asked.reason.trim().is_empty() {
        return Err(UserError::wrong("nothing is requested").to_do("say what has to change"));
    }
    let desk = Desk::open(invocation, Prompt::Terminal)?;
    let (id, seen) = desk.visit(&asked.track)?;
    let digest = package(&seen, invocation)?;
    let looked = request(&desk, &id, &digest, &asked.reason, invocation)?;
    let card = evidence(&desk, &looked, &desk.roster()?)?.card(&looked);
    output.either(&card, |look| card_view(&card, invocation, look))?;
    Ok(Exit::Done)
}

/// Signs that this package has to change, and pushes that.
pub fn request(
    desk: &Desk,
    id: &TrackId,
    digest: &Digest,
    reason: &str,
    invocation: &Invocation,
) -> Result<Looked, UserError> {
    let looked = desk.say(id, |_, on, _| {
        let On::Known(looked) = on else { return Err(gone(id.as_str())) };
        about(looked, digest, Transition::Requested(Requested { reason: reason.to_owned() }), invocation)
    })?;
    Ok(looked)
}
