use crate::cli::args::TrackShow;
use crate::cli::report::track_view;
use crate::cli::track::Desk;
use crate::cli::{Exit, Invocation, Output, UserError};
use crate::git::Prompt;

/// One track with its eight steps, what was said, and what does not count.
pub fn run(asked: &TrackShow, invocation: &Invocation, output: &Output) -> Result<Exit, UserError> {
    let desk = Desk::open(invocation, Prompt::Terminal)?.looking();
    let (_, looked) = desk.visit(&asked.track)?;
    desk.tell_ending()?;
    output.either(&looked.track, |look| track_view(&looked.track, invocation, look))?;
    Ok(Exit::Done)
}
