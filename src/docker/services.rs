use std::collections::HashMap;

use bollard::models::{
    ContainerCreateBody, EndpointSettings, HostConfig, Mount as EngineMount, MountType, NetworkingConfig,
    PortBinding,
};
use bollard::query_parameters::{InspectContainerOptions, LogsOptionsBuilder};
use futures_util::{Stream, StreamExt};
use indexmap::IndexMap;

use super::attach::frame;
use super::create::{assignments, whole_log};
use super::error::{DockerError, status};
use super::{Engine, EngineInfo, HostCertificates, labels};
use crate::engine::{ContainerId, ContainerState, ContainersError, Frame};

/// A container that stays up beside the steps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceSpec {
    /// `greenroom-<project>-service-<name>`.
    pub name: String,
    /// What steps call it on the network.
    pub alias: String,
    /// An image id.
    pub image: String,
    pub command: Vec<String>,
    pub env: Vec<(String, String)>,
    /// Published under the same number, on 127.0.0.1 only.
    pub port: Option<u16>,
    /// Volume of the engine → mount point.
    pub volumes: Vec<(String, String)>,
    pub labels: IndexMap<String, String>,
    pub network: String,
    pub certificates: Option<HostCertificates>,
}

/// What the engine says of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceFacts {
    pub id: ContainerId,
    /// The project's name for it.
    pub service: String,
    pub key: String,
    /// The directory of the project that started it; empty where its label is missing.
    pub folder: String,
    pub state: ContainerState,
    /// Its address on the project's network.
    pub address: Option<String>,
    /// `host:port` as published.
    pub published: Vec<String>,
}

impl Engine {
    /// Creates and starts it; one of the same name must have been removed.
    pub async fn start_service(&self, spec: &ServiceSpec) -> Result<ContainerId, DockerError> {
        let id =
            self.create_or_adopt(&spec.name, &spec.labels, body(spec, self.info())).await.map_err(of_port)?;
        match self.docker.start_container(&id.0, None).await {
            Ok(()) => Ok(id),
            Err(error) => {
                // A container that cannot start (its port is taken) must not pass for a stopped service.
                self.remove(&id).await.map_err(of_port)?;
                Err(DockerError::of(&format!("start the service {}", spec.alias), error))
            }
        }
    }

    /// Every service container of a project, running or not, by name.
    pub async fn services(&self, project: &str) -> Result<Vec<ServiceFacts>, DockerError> {
        let label = vec![format!("{}={project}", labels::PROJECT), labels::SERVICE.to_owned()];
        let mut found = self.containers(&HashMap::from([("label", label)])).await.map_err(of_port)?;
        found.sort_by(|a, b| a.name.cmp(&b.name));
        let mut facts = Vec::new();
        for container in found {
            facts.extend(self.service(&container.name).await?);
        }
        Ok(facts)
    }

    /// By the container's name or id.
    pub async fn service(&self, container: &str) -> Result<Option<ServiceFacts>, DockerError> {
        let found = match self.docker.inspect_container(container, None::<InspectContainerOptions>).await {
            Ok(found) => found,
            Err(error) if status(&error) == Some(404) => return Ok(None),
            Err(error) => return Err(DockerError::of(&format!("inspect {container}"), error)),
        };
        let id = ContainerId(found.id.unwrap_or_default());
        let state = self.state(&id).await.map_err(of_port)?;
        let carried = found.config.and_then(|config| config.labels).unwrap_or_default();
        let label = |name: &str| carried.get(name).cloned().unwrap_or_default();
        let settings = found.network_settings.unwrap_or_default();
        let bindings = settings.ports.unwrap_or_default().into_values().flatten().flatten();
        Ok(Some(ServiceFacts {
            id,
            service: label(labels::SERVICE),
            key: label(labels::KEY),
            folder: label(labels::FOLDER),
            state,
            address: settings
                .networks
                .unwrap_or_default()
                .into_values()
                .find_map(|endpoint| endpoint.ip_address.filter(|address| !address.is_empty())),
            published: bindings
                .map(|b| format!("{}:{}", b.host_ip.unwrap_or_default(), b.host_port.unwrap_or_default()))
                .collect(),
        }))
    }

    /// Containers of runs and shells that the project still has going or ready to go, by name.
    pub async fn at_work(&self, project: &str) -> Result<Vec<String>, DockerError> {
        let status = ["created", "running", "paused", "restarting"].map(str::to_owned).to_vec();
        let label = vec![format!("{}={project}", labels::PROJECT)];
        let found = self.containers(&HashMap::from([("label", label), ("status", status)])).await;
        let services = self.services(project).await?;
        let mut names: Vec<String> = found
            .map_err(of_port)?
            .into_iter()
            .filter(|found| services.iter().all(|service| service.id != found.id))
            .map(|found| found.name)
            .collect();
        names.sort();
        Ok(names)
    }

    /// The container that publishes a port of this machine, by name, and the directory of the project that started it; an
    /// empty one, where it is no service.
    pub async fn publisher(&self, port: u16) -> Result<Option<(String, String)>, DockerError> {
        let filter =
            HashMap::from([("publish", vec![port.to_string()]), ("status", vec!["running".to_owned()])]);
        let found = self.containers(&filter).await.map_err(of_port)?;
        let Some(container) = found.into_iter().next().map(|found| found.name) else { return Ok(None) };
        let folder = self.service(&container).await?.map(|facts| facts.folder);
        Ok(Some((container, folder.unwrap_or_default())))
    }

    /// What a service wrote, `tail` lines of it or all, and what follows if asked.
    pub fn service_log(
        &self,
        container: &str,
        tail: Option<usize>,
        follow: bool,
    ) -> impl Stream<Item = Result<Frame, DockerError>> + Send + use<> {
        let tail = tail.map_or_else(|| "all".to_owned(), |lines| lines.to_string());
        let options =
            LogsOptionsBuilder::default().follow(follow).stdout(true).stderr(true).tail(&tail).build();
        self.docker.logs(container, Some(options)).map(|output| frame(output).map_err(of_port)).boxed()
    }

    /// Ends a service and removes its container. A missing one is no error.
    pub async fn remove_service(
        &self,
        container: &ContainerId,
        grace: std::time::Duration,
    ) -> Result<(), DockerError> {
        self.stop(container, grace).await.map_err(of_port)?;
        self.remove(container).await.map_err(of_port)
    }
}

fn body(spec: &ServiceSpec, engine: &EngineInfo) -> ContainerCreateBody {
    let mut env = assignments(&spec.env);
    env.push("TINI_KILL_PROCESS_GROUP=1".to_owned());
    let mut mounts: Vec<EngineMount> =
        spec.volumes.iter().map(|(name, target)| volume(name, target)).collect();
    if let Some(certificates) = &spec.certificates {
        mounts.push(certificates.mount());
        env.extend(certificates.env());
    }
    let ports: Vec<String> = spec.port.map(|port| format!("{port}/tcp")).into_iter().collect();
    let published = |port: &String| (port.clone(), Some(vec![on_this_machine(spec.port)]));
    let host = HostConfig {
        mounts: Some(mounts),
        network_mode: Some(spec.network.clone()),
        port_bindings: Some(ports.iter().map(published).collect()),
        // Servers change to a user of their own, so they keep the capabilities an engine gives by default.
        security_opt: Some(vec!["no-new-privileges".to_owned()]),
        init: Some(true),
        log_config: Some(whole_log(engine)),
        ..Default::default()
    };
    let endpoint = EndpointSettings { aliases: Some(vec![spec.alias.clone()]), ..Default::default() };
    ContainerCreateBody {
        image: Some(spec.image.clone()),
        cmd: Some(spec.command.clone()),
        env: Some(env),
        labels: Some(spec.labels.clone().into_iter().collect()),
        exposed_ports: Some(ports),
        host_config: Some(host),
        networking_config: Some(NetworkingConfig {
            endpoints_config: Some(HashMap::from([(spec.network.clone(), endpoint)])),
        }),
        ..Default::default()
    }
}

fn on_this_machine(port: Option<u16>) -> PortBinding {
    PortBinding { host_ip: Some("127.0.0.1".to_owned()), host_port: port.map(|port| port.to_string()) }
}

fn volume(name: &str, target: &str) -> EngineMount {
    EngineMount {
        typ: Some(MountType::VOLUME),
        source: Some(name.to_owned()),
        target: Some(target.to_owned()),
        ..Default::default()
    }
}

fn of_port(error: ContainersError) -> DockerError {
    match error {
        ContainersError::Unreachable(message) => DockerError::Unreachable(message),
        ContainersError::Refused(message) => DockerError::Refused { what: "do this".to_owned(), message },
        ContainersError::NoImage(image) => DockerError::NotFound(format!("image {image}")),
        ContainersError::Gone => DockerError::NotFound("such container".to_owned()),
    }
}
