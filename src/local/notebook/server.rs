use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};

use crate::docker::{ContainerId, ContainerSpec, ContainerState, DockerError, Engine, EngineContainers};
use crate::local::last_lines::last_lines;
use crate::local::probe::get;
use crate::local::{LocalError, READY_WITHIN};

const PAUSE: Duration = Duration::from_millis(100);
/// How often it is looked whether it still runs.
const LOOK: Duration = Duration::from_secs(1);
/// For one try.
const ANSWER: Duration = Duration::from_secs(3);
/// To end its kernels.
const GRACE: Duration = Duration::from_secs(5);

/// A server in a container, published on this machine's loopback alone, by a port that was free.
pub struct Server {
    engine: Engine,
    id: ContainerId,
    /// On 127.0.0.1.
    pub port: u16,
}

impl Server {
    /// Makes its container, which has not started. Nothing but `remove` takes it away.
    pub async fn make(
        engine: &Engine,
        containers: &EngineContainers,
        spec: &ContainerSpec,
        port: u16,
    ) -> Result<Self, LocalError> {
        let id = containers.publishing(spec, port).await?;
        Ok(Self { engine: engine.clone(), id, port: 0 })
    }

    /// Starts it, and waits until it answers a request for this path.
    ///
    /// # Errors
    /// It has ended, or does not answer within two minutes; both with its last lines.
    pub async fn start(&mut self, path: &str) -> Result<(), LocalError> {
        self.engine.start(&self.id).await?;
        let since = Instant::now();
        let mut missing = "it is not published yet".to_owned();
        while since.elapsed() < READY_WITHIN {
            let Some(port) = self.published().await? else {
                sleep(PAUSE).await;
                continue;
            };
            self.port = port;
            match timeout(ANSWER, get("127.0.0.1", port, path)).await {
                Ok(Ok(200)) => return Ok(()),
                Ok(Ok(status)) => missing = format!("it answers {status}"),
                Ok(Err(error)) => missing = error.to_string(),
                Err(_) => missing = "no answer".to_owned(),
            }
            sleep(PAUSE).await;
        }
        let last_lines = last_lines(&self.engine, &self.id.0).await;
        Err(LocalError::NoAnswer {
            how: format!("was not ready after {} s: {missing}", READY_WITHIN.as_secs()),
            last_lines,
        })
    }

    /// Its port on this machine.
    async fn published(&self) -> Result<Option<u16>, LocalError> {
        let facts = self.engine.service(&self.id.0).await?;
        let facts = facts.ok_or_else(|| DockerError::NotFound("such container any more".to_owned()))?;
        if let ContainerState::Exited(exit) = facts.state {
            return Err(self.ended(exit.code, exit.oom_killed).await);
        }
        Ok(facts.published.iter().find_map(|at| at.rsplit_once(':')?.1.parse().ok()).filter(|port| *port > 0))
    }

    /// Until it ends by itself, as when somebody shuts it down in the browser.
    ///
    /// # Errors
    /// It ended otherwise.
    pub async fn wait(&self) -> Result<(), LocalError> {
        loop {
            match self.engine.service(&self.id.0).await?.map(|facts| facts.state) {
                None | Some(ContainerState::Gone) => return Ok(()),
                Some(ContainerState::Exited(exit)) if exit.code == 0 => return Ok(()),
                Some(ContainerState::Exited(exit)) => {
                    return Err(self.ended(exit.code, exit.oom_killed).await);
                }
                Some(_) => sleep(LOOK).await,
            }
        }
    }

    async fn ended(&self, code: i64, out_of_memory: bool) -> LocalError {
        let how = if out_of_memory { "out of memory".to_owned() } else { format!("exit code {code}") };
        let how = format!("has ended ({how})");
        LocalError::NoAnswer { how, last_lines: last_lines(&self.engine, &self.id.0).await }
    }

    /// Ends it if it runs, and takes it away.
    pub async fn remove(self) -> Result<(), LocalError> {
        Ok(self.engine.remove_service(&self.id, GRACE).await?)
    }
}
