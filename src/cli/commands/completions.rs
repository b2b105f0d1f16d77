use crate::cli::args::Completions;
use crate::cli::complete::script;
use crate::cli::{Exit, Invocation, Output, UserError};

/// Prints the script that teaches a shell to ask this program what may come next.
pub fn run(asked: &Completions, invocation: &Invocation, output: &Output) -> Result<Exit, UserError> {
    let script = script(asked.shell, &invocation.program_from_anywhere())
        .map_err(|error| UserError::from_error(Exit::Wrong, "there is no script for this shell", &error))?;
    output.text(&script)?;
    Ok(Exit::Done)
}
