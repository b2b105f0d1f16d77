use std::sync::Arc;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use super::{Control, RunLock, SupervisorError};
use crate::domain::{Plan, Status};
use crate::engine::{DriveError, Past, Rooms, Setting, Stop, drive};

/// How a supervisor's work ended; its exit code tells it to who waits for it.
#[derive(Debug)]
pub enum Ended {
    Finished(Status),
    /// The run could not be recorded.
    Unrecorded(String),
    /// The engine was lost: the run is interrupted.
    Interrupted(String),
}

/// Drives a run while it holds its lock; asked to stop from the start (`said`), through the control socket, SIGTERM or
/// SIGINT, and at once by a second signal.
pub async fn supervise(
    mut lock: RunLock,
    plan: Arc<Plan>,
    past: Past,
    setting: Setting,
    rooms: Rooms,
    said: Stop,
) -> Result<Ended, SupervisorError> {
    let (sender, stop) = watch::channel(said);
    let control = Control::listen(plan.token, sender.clone())?;
    let unsigned = |source| SupervisorError::Lock { path: setting.layout.lock(), source };
    lock.sign(control.path()).map_err(unsigned)?;
    heed_signals(sender)?;
    let ended = drive(plan, past, setting, rooms, stop).await;
    drop(control);
    Ok(match ended {
        Ok(outcome) => Ended::Finished(outcome.status),
        Err(error @ DriveError::Unrecorded(_)) => Ended::Unrecorded(error.to_string()),
        Err(error @ DriveError::Engine(_)) => Ended::Interrupted(error.to_string()),
    })
}

fn heed_signals(stop: watch::Sender<Stop>) -> Result<(), SupervisorError> {
    let mut terminate = signal(SignalKind::terminate()).map_err(SupervisorError::Start)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(SupervisorError::Start)?;
    tokio::spawn(async move {
        loop {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            stop.send_modify(|said| *said = if *said == Stop::No { Stop::Gently } else { Stop::AtOnce });
        }
    });
    Ok(())
}
