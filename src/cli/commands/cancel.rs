use std::time::Duration;

use serde_json::json;
use tokio::time::sleep;

use crate::cli::args::Cancel;
use crate::cli::stage::{find, runs_of};
use crate::cli::{Exit, Invocation, Output, UserError, Workspace};
use crate::domain::Status;
use crate::engine::Stop;
use crate::supervisor::{SupervisorError, ask};

/// How often it is looked whether the run has ended: its end is told by its lock, which nothing announces.
const LOOK: Duration = Duration::from_millis(50);

/// Asks a run to stop, and waits until it has: its containers may clean up.
pub async fn run(asked: &Cancel, invocation: &Invocation, output: &Output) -> Result<Exit, UserError> {
    let workspace = Workspace::open(invocation.project())?;
    let runs = runs_of(&workspace, &asked.env)?;
    let mut row = find(&runs, &asked.run)?;
    let token = row.run.token;
    let short = token.short();
    if row.run.status != Status::Running {
        return Err(UserError::wrong(format!(
            "run {short} is not running: it has {}",
            row.run.status.as_str()
        )));
    }
    let mut heard = false;
    while row.run.status == Status::Running {
        if !heard {
            match ask(token, Stop::Gently).await {
                Ok(()) => heard = true,
                // It has only just started, or ends right now.
                Err(SupervisorError::Nobody) => {}
                Err(error) => {
                    return Err(UserError::from_error(
                        Exit::NotReady,
                        format!("run {short} cannot be asked to stop"),
                        &error,
                    ));
                }
            }
        }
        sleep(LOOK).await;
        row = find(&runs, &token.to_string())?;
    }
    output.either(&json!({"token": token, "status": row.run.status}), |_| {
        format!(
            "run {short} has {}\n",
            match row.run.status {
                Status::Cancelled => "been cancelled",
                other => other.as_str(),
            }
        )
    })?;
    Ok(Exit::Done)
}
