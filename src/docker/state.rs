use std::sync::atomic::Ordering;

use bollard::models::{ContainerState as EngineState, ContainerStateStatusEnum as Status};
use bollard::query_parameters::InspectContainerOptions;

use super::Engine;
use super::error::looking_error;
use crate::engine::{ContainerId, ContainerState, ContainersError, Exit};

impl Engine {
    /// Where the engine does not answer, that counts as an absence: whatever waits for a container looks at it.
    pub(super) async fn state(&self, id: &ContainerId) -> Result<ContainerState, ContainersError> {
        let state = self.inspect(id).await;
        if let Err(ContainersError::Unreachable(_)) = state {
            self.absences.fetch_add(1, Ordering::Relaxed);
        }
        state
    }

    async fn inspect(&self, id: &ContainerId) -> Result<ContainerState, ContainersError> {
        match self.docker.inspect_container(&id.0, None::<InspectContainerOptions>).await {
            Ok(found) => read(found.state.unwrap_or_default()),
            Err(error) => match looking_error(error) {
                ContainersError::Gone => Ok(ContainerState::Gone),
                other => Err(other),
            },
        }
    }
}

/// An exit is believed only with `Status=exited` and both times set: a container that never started has the exit
/// code 0, and one that is being removed may have any.
fn read(state: EngineState) -> Result<ContainerState, ContainersError> {
    let started = state.started_at.as_deref().and_then(time);
    let finished = state.finished_at.as_deref().and_then(time);
    match (state.status, started, finished) {
        (Some(Status::EXITED), Some(started_at), Some(finished_at)) => match state.exit_code {
            Some(code) => Ok(ContainerState::Exited(Exit {
                code,
                oom_killed: state.oom_killed.unwrap_or_default(),
                started_at,
                // The start is noted by another process than the end, and of a short life after it.
                finished_at: finished_at.max(started_at),
            })),
            None => Err(nonsense("an exited container without an exit code")),
        },
        (Some(Status::CREATED | Status::EXITED), _, _) => Ok(ContainerState::Created),
        (Some(Status::REMOVING | Status::DEAD), _, _) => Ok(ContainerState::Gone),
        (
            Some(Status::RUNNING | Status::PAUSED | Status::RESTARTING | Status::STOPPING),
            Some(started_at),
            _,
        ) => Ok(ContainerState::Running { started_at }),
        (status, _, _) => Err(nonsense(&format!("a container in the state {status:?}"))),
    }
}

fn nonsense(what: &str) -> ContainersError {
    ContainersError::Unreachable(format!("its answer makes no sense: {what}"))
}

/// None for the engine's "never", the year 1.
fn time(text: &str) -> Option<jiff::Timestamp> {
    text.parse().ok().filter(|time: &jiff::Timestamp| time.as_second() > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEVER: &str = "0001-01-01T00:00:00Z";
    const THEN: &str = "2026-03-01T10:00:00.123456789Z";

    fn state(status: Status, started: &str, finished: &str, code: i64) -> EngineState {
        EngineState {
            status: Some(status),
            started_at: Some(started.to_owned()),
            finished_at: Some(finished.to_owned()),
            exit_code: Some(code),
            ..Default::default()
        }
    }

    #[test]
    fn an_exit_counts_only_with_both_times() {
        let exited = read(state(Status::EXITED, THEN, THEN, 3)).unwrap();
        assert!(matches!(exited, ContainerState::Exited(Exit { code: 3, .. })));
        for (status, started, finished) in [
            (Status::CREATED, NEVER, NEVER),
            (Status::EXITED, NEVER, THEN),
            (Status::EXITED, THEN, NEVER),
            (Status::EXITED, "", ""),
        ] {
            let read = read(state(status, started, finished, 0)).unwrap();
            assert_eq!(read, ContainerState::Created, "{status:?} {started} {finished}");
        }
    }

    #[test]
    fn a_container_that_is_being_removed_is_gone_whatever_its_code() {
        assert_eq!(read(state(Status::REMOVING, THEN, THEN, 0)).unwrap(), ContainerState::Gone);
        assert_eq!(read(state(Status::DEAD, THEN, THEN, 0)).unwrap(), ContainerState::Gone);
    }

    #[test]
    fn an_answer_without_a_state_is_not_an_end() {
        assert!(matches!(read(EngineState::default()), Err(ContainersError::Unreachable(_))));
    }
}
