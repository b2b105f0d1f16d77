use std::io::ErrorKind;
use std::time::{Duration, Instant};

use serde_json::json;
use tokio::time::sleep;

use crate::cli::args::Cancel;
use crate::cli::invocation::near;
use crate::cli::report::Patience;
use crate::cli::stage::{foreign, lay_down, look_up, runs_of};
use crate::cli::{Exit, Invocation, Machine, Output, UserError, Workspace};
use crate::domain::{EventKind, RunEvent, RunLayout, Status, Token};
use crate::engine::Stop;
use crate::store::{Origin, OwnRuns, is_driven, read_events};
use crate::supervisor::{SupervisorError, ask};

/// How often it is looked whether the run has ended: its end is told by its lock, which nothing announces.
const LOOK: Duration = Duration::from_millis(50);

/// How long a supervisor may take from its start until it listens, on a machine that is busy.
const UNHEARD: Duration = Duration::from_secs(20);

/// Asks a run to stop, and waits until it has: its containers may clean up.
pub async fn run(asked: &Cancel, invocation: &Invocation, output: &Output) -> Result<Exit, UserError> {
    let (token, status) = stop(asked, invocation).await?;
    let short = token.short();
    output.either(&json!({"token": token, "status": status}), |_| match status {
        Status::Failed => {
            format!("run {short} has stopped; it counts as failed, because one of its steps had\n")
        }
        Status::Succeeded => format!("run {short} succeeded before it could be stopped\n"),
        status => format!("run {short} {}\n", ended(status)),
    })?;
    Ok(Exit::Done)
}

/// The same, without telling it: how the run stands then.
pub async fn stop(asked: &Cancel, invocation: &Invocation) -> Result<(Token, Status), UserError> {
    // By its directory a run can be stopped while greenroom.yaml has errors.
    let mut row = look_up(invocation, &asked.env, &asked.run).map_err(|error| {
        error.to_do("or name the run by its directory, below the root of its environment")
    })?;
    let token = row.run.token;
    let short = token.short();
    let layout = RunLayout::at(&row.path);
    let look = || look_up(invocation, &asked.env, layout.dir().as_str());
    // Nobody drives it, and what it left running would go on to its end.
    if row.run.status == Status::Interrupted {
        let workspace = Workspace::open(invocation.project())?;
        let (plan, origin) =
            runs_of(&workspace, &asked.env)?.plan(&OwnRuns::of_user(), &row).map_err(|error| {
                UserError::from_error(Exit::NotReady, format!("run {short} cannot be stopped"), &error)
            })?;
        // A copy may bear the token of another run, whose containers these would be.
        if origin != Origin::Here {
            return Err(foreign(&layout, &short, "stopped", origin));
        }
        let machine = Machine::connect(invocation).await?;
        lay_down(&workspace.place, &plan, &layout, &machine)?;
        row = look()?;
    } else if row.run.status != Status::Running {
        return Err(UserError::wrong(format!("run {short} is not running: it {}", ended(row.run.status))));
    }
    let lock = layout.lock();
    let earlier = ends(&layout, token).len();
    let mut driver = row.supervisor_pid;
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
                    return Err(unheard(&short, &error));
                }
            }
        }
        sleep(LOOK).await;
        row = look()?;
        // Somebody may have gone on with it in between: that is another life, which nobody has asked to stop.
        if row.supervisor_pid != driver {
            driver = row.supervisor_pid;
            if let Some(ended) = ends(&layout, token).get(earlier) {
                return Ok((token, *ended));
            }
        }
    }
    drop(waiting);
    if row.run.status == Status::Interrupted {
        return Err(UserError::not_ready(format!("run {short} was interrupted before it could be stopped"))
            .because(format!("{} may tell more", near(&layout.supervisor_log())))
            .to_do(format!("stop what is left of it: {}", invocation.command(&["cancel", &short]))));
    }
    Ok((token, row.run.status))
}

/// How each life of a run has ended.
fn ends(layout: &RunLayout, token: Token) -> Vec<Status> {
    let events = read_events(layout, token).unwrap_or_default();
    let end = |event: RunEvent| match event.kind {
        EventKind::RunFinished { status, .. } => Some(status),
        _ => None,
    };
    events.into_iter().filter_map(end).collect()
}

/// It may have heard all the same: who stands still answers later.
fn unheard(short: &str, error: &SupervisorError) -> UserError {
    let told = format!("run {short} does not answer whether it stops");
    UserError::from_error(Exit::NotReady, told, error)
        .to_do("look whether its supervisor, or its disk, stands still; it stops when it goes on")
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
