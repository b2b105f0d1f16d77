use crate::cli::report::tracks_table;
use crate::cli::track::Desk;
use crate::cli::{Exit, Invocation, Output, UserError};
use crate::domain::track::{NextAction, Track};
use crate::git::Prompt;

/// The packages that wait for an engineer.
pub fn run(invocation: &Invocation, output: &Output) -> Result<Exit, UserError> {
    let desk = Desk::open(invocation, Prompt::Terminal)?.looking();
    let (_, looked) = desk.visit_all()?;
    let waits = |track: &&Track| track.next.action == NextAction::Review;
    let tracks: Vec<&Track> = looked.iter().map(|looked| &looked.track).filter(waits).collect();
    output.either(&tracks, |look| match tracks.is_empty() {
        true => {
            format!("nothing waits for a review; all there is: {}\n", invocation.command(&["track", "list"]))
        }
        false => tracks_table(&tracks, invocation, look),
    })?;
    Ok(Exit::Done)
}
