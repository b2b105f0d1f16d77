use std::time::Duration;

use bollard::query_parameters::WaitContainerOptionsBuilder;
use futures_util::StreamExt;
use tokio::time::{Instant, sleep, timeout};

use super::Engine;
use crate::engine::{ContainerId, ContainerState, ContainersError};

/// How long the wait call is believed to be quiet for a reason before the container is looked at again.
const LOOK: Duration = Duration::from_secs(10);
/// How long an engine may be away: a restart takes it some seconds, and containers may live on meanwhile. As long as a
/// run waits for one in all else.
const PATIENCE: Duration = Duration::from_secs(120);
const SHORTEST: Duration = Duration::from_millis(10);
const LONGEST: Duration = Duration::from_secs(1);

impl Engine {
    /// The wait call only tells when to look: it answers 0 at once for a container that never started, and may
    /// answer early, never or not at all. What counts is what inspect says.
    pub(super) async fn wait(&self, id: &ContainerId) -> Result<ContainerState, ContainersError> {
        let mut pause = SHORTEST;
        let mut away_since: Option<Instant> = None;
        loop {
            match self.state(id).await {
                Ok(ended @ (ContainerState::Exited(_) | ContainerState::Gone)) => return Ok(ended),
                Ok(ContainerState::Running { .. }) => {
                    away_since = None;
                    let asked = Instant::now();
                    self.wait_call(id).await;
                    if asked.elapsed() >= LONGEST {
                        pause = SHORTEST;
                        continue;
                    }
                }
                Ok(ContainerState::Created) => away_since = None,
                Err(error @ ContainersError::Unreachable(_)) => {
                    if away_since.get_or_insert_with(Instant::now).elapsed() > PATIENCE {
                        return Err(error);
                    }
                }
                Err(error) => return Err(error),
            }
            sleep(pause).await;
            pause = (pause * 2).min(LONGEST);
        }
    }

    async fn wait_call(&self, id: &ContainerId) {
        let options = WaitContainerOptionsBuilder::default().condition("not-running").build();
        let mut answer = Box::pin(self.docker.wait_container(&id.0, Some(options)));
        let _when_to_look = timeout(LOOK, answer.next()).await;
    }
}
