use crate::cli::args::{self, Completions};
use crate::cli::{Exit, Output, UserError};

/// Prints the script that teaches a shell this command line.
pub fn run(asked: &Completions, output: &Output) -> Result<Exit, UserError> {
    let mut script = Vec::new();
    clap_complete::generate(asked.shell, &mut args::command(), "greenroom", &mut script);
    output.text(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Done)
}
