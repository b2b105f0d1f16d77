use std::time::{Duration, Instant};

use serde_json::json;
use tokio::time::sleep;

use crate::cli::args::Cancel;
use crate::cli::report::Patience;
use crate::cli::stage::{find, runs_of};
use crate::cli::{Exit, Invocation, Output, UserError, Workspace};
use crate::domain::{RunLayout, Status};
use crate::engine::Stop;
use crate::store::is_driven;
use crate::supervisor::{SupervisorError, ask};

/// How often it is looked whether the run has ended: its end is told by its lock, which nothing announces.
const LOOK: Duration = Duration::from_millis(50);

/// How long a supervisor may take from its start until it listens, on a machine that is busy.
const UNHEARD: Duration = Duration::from_secs(20);

/// Asks a run to stop, and waits until it has: its containers may clean up.
pub async fn run(asked: &Cancel, invocation: &Invocation, output: &Output) -> Result<Exit, UserError> {
    let workspace = Workspace::open(invocation.project())?;
    let runs = runs_of(&workspace, &asked.env)?;
    let mut row = find(&runs, &asked.run)?;
    let token = row.run.token;
    let short = token.short();
    if row.run.status != Status::Running {
        let error = UserError::wrong(format!("run {short} is not running: it {}", ended(row.run.status)));
        if row.run.status != Status::Interrupted {
            return Err(error);
        }
        let resume = invocation.command(&["resume", &short]);
        return Err(error
            .because("nobody drives it, and what it left running goes on to its end")
            .to_do(format!("take it up, and press Ctrl-C to stop it: {resume}")));
    }
    let lock = RunLayout::at(&row.path).lock();
    let patience = Instant::now() + UNHEARD;
    let mut heard = false;
    let waiting = Patience::start(&format!("run {short}: waiting until its steps have stopped"));
    // The end is on record a little before its supervisor has tidied up.
    while row.run.status == Status::Running || is_driven(&lock).unwrap_or_default() {
        if !heard {
            match ask(token, &lock, Stop::Gently).await {
                Ok(()) => heard = true,
                // It has only just started, or ends right now.
                Err(SupervisorError::Nobody) if Instant::now() < patience => {}
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
    drop(waiting);
    output.either(&json!({"token": token, "status": row.run.status}), |_| {
        format!("run {short} {}\n", ended(row.run.status))
    })?;
    Ok(Exit::Done)
}

/// What became of a run, as one says it.
fn ended(status: Status) -> String {
    match status {
        Status::Succeeded | Status::Failed => status.as_str().to_owned(),
        other => format!("was {}", other.as_str()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_became_of_a_run_reads_well() {
        let said = [Status::Succeeded, Status::Failed, Status::Cancelled, Status::Interrupted].map(ended);
        assert_eq!(said, ["succeeded", "failed", "was cancelled", "was interrupted"]);
    }
}
