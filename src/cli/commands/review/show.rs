use crate::cli::args::ReviewShow;
use crate::cli::report::card_view;
use crate::cli::track::{Desk, gathered};
use crate::cli::{Exit, Invocation, Output, UserError};
use crate::git::Prompt;
use crate::review::markdown;

/// The decision card of a track.
pub fn run(asked: &ReviewShow, invocation: &Invocation, output: &Output) -> Result<Exit, UserError> {
    let desk = Desk::open(invocation, Prompt::Terminal)?.looking();
    let (_, looked) = desk.visit(&asked.track)?;
    let card = gathered(&desk, &looked, &desk.roster()?)?.card(&looked);
    match asked.markdown {
        true => output.text(&markdown(&card))?,
        false => output.either(&card, |look| card_view(&card, invocation, look))?,
    }
    Ok(Exit::Done)
}
