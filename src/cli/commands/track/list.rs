use crate::cli::args::TrackList;
use crate::cli::report::listed_tracks;
use crate::cli::track::Desk;
use crate::cli::{Exit, Invocation, Output, UserError};
use crate::domain::track::Track;
use crate::git::Prompt;

/// Every track of the remote, as it is there now.
pub fn run(asked: &TrackList, invocation: &Invocation, output: &Output) -> Result<Exit, UserError> {
    let desk = Desk::open(invocation, Prompt::Terminal)?.looking();
    let (_, looked) = desk.visit_all()?;
    let tracks: Vec<&Track> = looked.iter().map(|looked| &looked.track).collect();
    output.either(&tracks, |look| listed_tracks(&tracks, asked.all, invocation, look))?;
    Ok(Exit::Done)
}
