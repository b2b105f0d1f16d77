use crate::cli::report::tracks_table;
use crate::cli::track::Desk;
use crate::cli::{Exit, Invocation, Output, UserError};
use crate::domain::track::Track;
use crate::git::Prompt;

/// Every track of the remote, as it is there now.
pub fn run(invocation: &Invocation, output: &Output) -> Result<Exit, UserError> {
    let desk = Desk::open(invocation, Prompt::Terminal)?;
    let (_, looked) = desk.visit_all()?;
    let tracks: Vec<&Track> = looked.iter().map(|looked| &looked.track).collect();
    output.either(&tracks, |look| tracks_table(&tracks, invocation, look))?;
    Ok(Exit::Done)
}
