use std::collections::HashMap;
use std::sync::atomic::Ordering;
use std::time::Duration;

use async_trait::async_trait;
use bollard::query_parameters::{ListContainersOptionsBuilder, RemoveContainerOptionsBuilder};

use super::error::{containers_error, looking_error, status};
use super::{Engine, HostCertificates, labels};
use crate::domain::Token;
use crate::engine::{ContainerId, ContainerSpec, ContainerState, Containers, ContainersError, Found, Frames};

/// The engine's containers, as runs need them.
#[derive(Clone)]
pub struct EngineContainers {
    pub(super) engine: Engine,
    pub(super) certificates: Option<HostCertificates>,
}

impl EngineContainers {
    /// `certificates`: the host's bundle, for the specs that ask for it.
    pub fn new(engine: Engine, certificates: Option<HostCertificates>) -> Self {
        Self { engine, certificates }
    }
}

#[async_trait]
impl Containers for EngineContainers {
    async fn create(&self, spec: &ContainerSpec) -> Result<ContainerId, ContainersError> {
        self.create_or_adopt(spec).await
    }

    async fn attach(&self, id: &ContainerId) -> Result<Frames, ContainersError> {
        self.engine.attach(id).await
    }

    async fn follow(&self, id: &ContainerId) -> Result<Frames, ContainersError> {
        self.engine.replay(id, true).await
    }

    async fn replay(&self, id: &ContainerId) -> Result<Frames, ContainersError> {
        self.engine.replay(id, false).await
    }

    async fn start(&self, id: &ContainerId) -> Result<(), ContainersError> {
        self.engine.docker.start_container(&id.0, None).await.map_err(containers_error)
    }

    async fn wait(&self, id: &ContainerId) -> Result<ContainerState, ContainersError> {
        self.engine.wait(id).await
    }

    async fn state(&self, id: &ContainerId) -> Result<ContainerState, ContainersError> {
        self.engine.state(id).await
    }

    fn absences(&self) -> u64 {
        self.engine.absences.load(Ordering::Relaxed)
    }

    async fn stop(&self, id: &ContainerId, grace: Duration) -> Result<(), ContainersError> {
        self.engine.stop(id, grace).await
    }

    async fn remove(&self, id: &ContainerId) -> Result<(), ContainersError> {
        self.engine.remove(id).await
    }

    async fn memory(&self, id: &ContainerId) -> Option<u64> {
        self.engine.memory(id).await
    }

    async fn of_run(&self, token: Token) -> Result<Vec<Found>, ContainersError> {
        let filter = HashMap::from([("label", vec![format!("{}={token}", labels::RUN)])]);
        self.engine.containers(&filter).await
    }
}

impl Engine {
    /// Running or not, those that fit the engine's own filters.
    pub(super) async fn containers(
        &self,
        filters: &HashMap<&str, Vec<String>>,
    ) -> Result<Vec<Found>, ContainersError> {
        let options = ListContainersOptionsBuilder::default().all(true).filters(filters).build();
        let listed = self.docker.list_containers(Some(options)).await.map_err(looking_error)?;
        let found = listed.into_iter().filter_map(|summary| {
            let name = summary.names?.into_iter().next()?;
            let name = name.strip_prefix('/').unwrap_or(&name).to_owned();
            let place = summary.labels.and_then(|mut labels| labels.remove(labels::PLACE));
            Some(Found { id: ContainerId(summary.id?), name, place })
        });
        Ok(found.collect())
    }

    /// Also when it runs. A missing one, and one that is being removed already, is no error.
    pub(super) async fn remove(&self, id: &ContainerId) -> Result<(), ContainersError> {
        let options = RemoveContainerOptionsBuilder::default().force(true).v(true).build();
        match self.docker.remove_container(&id.0, Some(options)).await {
            Err(error) if !matches!(status(&error), Some(404 | 409)) => Err(containers_error(error)),
            _ => Ok(()),
        }
    }
}
