use bollard::models::{ContainerCreateBody, HostConfig, HostConfigLogConfig};
use indexmap::IndexMap;

use super::Engine;
use super::create::confined;
use super::error::containers_error;
use crate::engine::{ContainerId, ContainersError};

/// A container that only holds a network namespace, which steps that never run at once share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PauseSpec {
    /// `greenroom-<token>-pause-<n>`.
    pub name: String,
    /// An image id; only its `sleep` is used.
    pub image: String,
    /// The project's network.
    pub network: String,
    /// Those of the run.
    pub labels: IndexMap<String, String>,
}

impl Engine {
    /// Creates and starts it, or adopts the one that is there.
    pub async fn pause(&self, spec: &PauseSpec) -> Result<ContainerId, ContainersError> {
        let host = HostConfig {
            network_mode: Some(spec.network.clone()),
            readonly_rootfs: Some(true),
            memory: Some(32 << 20),
            memory_swap: Some(32 << 20),
            pids_limit: Some(16),
            log_config: Some(HostConfigLogConfig { typ: Some("none".to_owned()), config: None }),
            ..confined()
        };
        let body = ContainerCreateBody {
            image: Some(spec.image.clone()),
            entrypoint: Some(Vec::new()),
            cmd: Some(vec!["sleep".to_owned(), "infinity".to_owned()]),
            user: Some("65534:65534".to_owned()),
            working_dir: Some("/".to_owned()),
            labels: Some(spec.labels.clone().into_iter().collect()),
            host_config: Some(host),
            ..Default::default()
        };
        let id = self.create_or_adopt(&spec.name, &spec.labels, body).await?;
        self.docker.start_container(&id.0, None).await.map_err(containers_error)?;
        Ok(id)
    }
}
