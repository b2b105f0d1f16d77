use std::time::Duration;

use bollard::query_parameters::KillContainerOptionsBuilder;
use tokio::time::timeout;

use super::Engine;
use super::error::{containers_error, status};
use crate::engine::{ContainerId, ContainersError};

/// For a killed container to be seen as ended.
const AFTER_KILL: Duration = Duration::from_secs(10);

impl Engine {
    /// By signals of our own: the engine's stop call fails when the grace is longer than the client's timeout.
    pub(super) async fn stop(&self, id: &ContainerId, grace: Duration) -> Result<(), ContainersError> {
        if !grace.is_zero() {
            if !self.signal(id, "SIGTERM").await? {
                return Ok(());
            }
            if let Ok(ended) = timeout(grace, self.wait(id)).await {
                return ended.map(drop);
            }
        }
        if self.signal(id, "SIGKILL").await? {
            // Past that, whoever waits for the container sees it end when it does.
            let _ended = timeout(AFTER_KILL, self.wait(id)).await;
        }
        Ok(())
    }

    /// False: there is nothing to signal, it is gone or does not run.
    async fn signal(&self, id: &ContainerId, signal: &str) -> Result<bool, ContainersError> {
        let options = KillContainerOptionsBuilder::default().signal(signal).build();
        match self.docker.kill_container(&id.0, Some(options)).await {
            Ok(()) => Ok(true),
            Err(error) if matches!(status(&error), Some(404 | 409)) => Ok(false),
            Err(error) => Err(containers_error(error)),
        }
    }
}
