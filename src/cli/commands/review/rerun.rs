use serde_json::json;

use crate::cli::args::ReviewRerun;
use crate::cli::report::rerun_view;
use crate::cli::track::{Desk, rerun};
use crate::cli::{Exit, Invocation, Output, UserError};
use crate::git::Prompt;

/// Runs a package again, here, and tells what came of it.
pub async fn run(asked: &ReviewRerun, invocation: &Invocation, output: &Output) -> Result<Exit, UserError> {
    let desk = Desk::open(invocation, Prompt::Terminal)?;
    let (id, looked) = desk.visit(&asked.track)?;
    let again = rerun(&desk, &looked, (&asked.env, asked.secrets), invocation, output).await?;
    match output.json {
        // After the events of the run, a line each.
        true => output.line(&json!({
            "event": "rerun_finished",
            "track": id,
            "path": again.layout.dir(),
            "rerun": again.found,
        }))?,
        false => output.text(&rerun_view(&again.found, &looked.track, invocation, &output.look))?,
    }
    Ok(match again.exit {
        Exit::Done if !again.found.holds() => Exit::Failed,
        exit => exit,
    })
}
