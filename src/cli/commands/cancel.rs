use std::io::ErrorKind;
use std::time::{Duration, Instant};

use serde_json::json;
use tokio::time::sleep;

use crate::cli::args::Cancel;
use crate::cli::invocation::near;
use crate::cli::report::Patience;
use crate::cli::stage::{find, foreign, lay_down, runs_of};
use crate::cli::{Exit, Invocation, Machine, Output, UserError, Workspace};
use crate::domain::{RunLayout, Status};
use crate::engine::Stop;
use crate::store::{Origin, OwnRuns, is_driven};
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
    let layout = RunLayout::at(&row.path);
    // Nobody drives it, and what it left running would go on to its end.
    if row.run.status == Status::Interrupted {
        let (plan, origin) = runs.plan(&OwnRuns::of_user(), &row).map_err(|error| {
            UserError::from_error(Exit::NotReady, format!("run {short} cannot be stopped"), &error)
        })?;
        // A copy may bear the token of another run, whose containers these would be.
        if origin != Origin::Here {
            return Err(foreign(&short, origin));
        }
        let machine = Machine::connect(invocation).await?;
        lay_down(&workspace.place, &plan, &layout, &machine)?;
        row = find(&runs, &token.to_string())?;
    } else if row.run.status != Status::Running {
        return Err(UserError::wrong(format!("run {short} is not running: it {}", ended(row.run.status))));
    }
    let lock = layout.lock();
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
                // Its disk, or the machine, stands still for a moment.
                Err(SupervisorError::Socket { source, .. })
                    if source.kind() == ErrorKind::TimedOut && Instant::now() < patience => {}
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
    if row.run.status == Status::Interrupted {
        return Err(UserError::not_ready(format!("run {short} was interrupted before it could be stopped"))
            .because(format!("{} tells more", near(&layout.supervisor_log()))));
    }
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
