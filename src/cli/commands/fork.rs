use serde_json::json;

use crate::cli::args::Fork;
use crate::cli::report::Building;
use crate::cli::stage::{start_fork, watch};
use crate::cli::{Exit, Invocation, Output, UserError, Workspace};

/// Starts a new run from an old one, and shows it to its end.
pub async fn run(asked: &Fork, invocation: &Invocation, output: &Output) -> Result<Exit, UserError> {
    let workspace = Workspace::open(invocation.project())?;
    let warn = |warning: &str| output.warn(warning);
    let launched = start_fork(&workspace, asked, &Building::default(), &warn, invocation).await?;
    if !asked.detach {
        return watch(&workspace.place, launched, invocation, output).await;
    }
    let token = launched.plan.token;
    output.either(&json!({ "token": token }), |_| format!("{token}\n"))?;
    Ok(Exit::Done)
}
