use std::sync::Arc;

use crate::cli::args::Supervise;
use crate::cli::invocation::near;
use crate::cli::stage::{compose, foreign, forget_secrets, record_end, record_start, told_remote};
use crate::cli::{Exit, Invocation, Machine, Place, UserError};
use crate::domain::{RunLayout, Status};
use crate::engine::{Past, Stop};
use crate::store::{self, Origin, OwnRuns, Sending};
use crate::supervisor::{Ended, RunLock, supervise};

/// The detached process that drives one run. It holds the run's lock, which it got as its standard input.
pub async fn run(asked: &Supervise, invocation: &Invocation) -> Result<Exit, UserError> {
    let lock = RunLock::inherited(&RunLayout::at(&asked.run_dir).lock()).map_err(undriven)?;
    let place = Place::find(invocation.project())?;
    let layout = RunLayout::at(&asked.run_dir);
    let (plan, origin) = OwnRuns::of_user().plan(&layout).map_err(unrecorded)?;
    if origin != Origin::Here {
        return Err(foreign(&layout, &plan.token.short(), "driven", origin));
    }
    let events = store::read_events(&layout, plan.token).map_err(unrecorded)?;
    let past = if asked.cancel { Past::to_stop(&events) } else { Past::fold(&events) };
    // Where it cannot be noted, a copy may be taken for the run itself once that is gone.
    let _ = OwnRuns::of_user().renew(&layout, plan.token);
    let machine = Machine::handed(asked.engine.as_deref(), invocation).await?;
    let stop = if asked.cancel { Stop::Gently } else { Stop::No };
    let composed = compose(&place, &machine, &plan, &layout, asked.jobs.map(usize::from), stop)?;
    let token = plan.token;
    record_start(&layout)?;
    let ended = supervise(lock, Arc::new(plan), past, composed.setting, composed.rooms, stop).await;
    match ended.map_err(undriven)? {
        Ended::Finished(status) => {
            forget_secrets(token);
            record_end(&layout, status)?;
            // A mark that lacks this only tells less.
            let _ = OwnRuns::of_user().mark_end(&layout, token);
            send_rest(composed.sending, &layout)?;
            Ok(Exit::of_run(status))
        }
        Ended::Unrecorded(why) => {
            forget_secrets(token);
            // A full disk may have room for these few bytes again; the reason is told either way.
            let _ = record_end(&layout, Status::Failed);
            let _ = OwnRuns::of_user().mark_end(&layout, token);
            Err(UserError::not_ready(why)
                .to_do("see to it that the disk can be written, then resume the run"))
        }
        // Its containers may live on, and still read their secrets.
        Ended::Interrupted(why) => Err(UserError::not_ready(why)),
    }
}

/// Where the root is a bucket, the run has ended when all of it is there.
fn send_rest(sending: Option<Sending>, layout: &RunLayout) -> Result<(), UserError> {
    let Some(sending) = sending else { return Ok(()) };
    let address = sending.mirror().address().clone();
    sending.finish().map(drop).map_err(|error| {
        let told = told_remote(&error);
        let what =
            format!("not all of the run is in {address} yet; what it made is in {}", near(layout.dir()));
        UserError { what, ..told }
    })
}

fn undriven(error: crate::supervisor::SupervisorError) -> UserError {
    UserError::from_error(Exit::NotReady, "the run cannot be driven", &error)
}

fn unrecorded(error: crate::engine::StoreError) -> UserError {
    UserError::from_error(Exit::NotReady, "the run's record cannot be read", &error)
}
