use std::collections::HashMap;

use bollard::models::{ContainerCreateBody, HostConfig, PortBinding};
use bollard::query_parameters::CreateContainerOptionsBuilder;

use super::error::DockerError;
use super::{Engine, EngineContainers, labels, waiter};
use crate::engine::{ContainerId, ContainerSpec};

impl EngineContainers {
    /// Makes a container as for a step, with a port of it published on 127.0.0.1 by one that is free there. It does not
    /// outlive this process for long: whoever brings up the local environment next removes it.
    pub async fn publishing(&self, spec: &ContainerSpec, port: u16) -> Result<ContainerId, DockerError> {
        let body = self.body_on_network(spec).await?;
        let port = format!("{port}/tcp");
        let free = PortBinding { host_ip: Some("127.0.0.1".to_owned()), host_port: None };
        let host = HostConfig {
            port_bindings: Some(HashMap::from([(port.clone(), Some(vec![free]))])),
            ..body.host_config.unwrap_or_default()
        };
        let mut carried = body.labels.unwrap_or_default();
        carried.insert(labels::TRIAL.to_owned(), waiter::label());
        let body = ContainerCreateBody {
            exposed_ports: Some(vec![port]),
            host_config: Some(host),
            labels: Some(carried),
            ..body
        };
        let name = CreateContainerOptionsBuilder::default().name(&spec.name).build();
        let made = self.engine.docker.create_container(Some(name), body).await;
        Ok(ContainerId(made.map_err(|error| DockerError::of("make a container", error))?.id))
    }
}

impl Engine {
    pub async fn start(&self, id: &ContainerId) -> Result<(), DockerError> {
        let started = self.docker.start_container(&id.0, None).await;
        started.map_err(|error| DockerError::of("start a container", error))
    }
}
