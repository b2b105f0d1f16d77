use std::collections::HashMap;

use bollard::models::NetworkCreateRequest;
use bollard::query_parameters::InspectNetworkOptions;

use super::error::{DockerError, status};
use super::{Engine, labels};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NetworkEnd {
    Removed,
    Absent,
    /// Containers are on it; it stays.
    InUse,
}

impl Engine {
    /// The project's bridge network, made if it is missing.
    pub async fn ensure_network(&self, name: &str, project: &str) -> Result<(), DockerError> {
        if self.has_network(name).await? {
            return Ok(());
        }
        let request = NetworkCreateRequest {
            name: name.to_owned(),
            driver: Some("bridge".to_owned()),
            labels: Some(HashMap::from([(labels::PROJECT.to_owned(), project.to_owned())])),
            ..Default::default()
        };
        match self.docker.create_network(request).await {
            // Somebody else made it in between.
            Err(error) if status(&error) == Some(409) => Ok(()),
            Err(error) => Err(DockerError::of(&format!("create the network {name}"), error)),
            Ok(_) => Ok(()),
        }
    }

    pub async fn has_network(&self, name: &str) -> Result<bool, DockerError> {
        match self.docker.inspect_network(name, None::<InspectNetworkOptions>).await {
            Ok(_) => Ok(true),
            Err(error) if status(&error) == Some(404) => Ok(false),
            Err(error) => Err(DockerError::of(&format!("inspect the network {name}"), error)),
        }
    }

    /// Unless something is still on it.
    pub async fn remove_network(&self, name: &str) -> Result<NetworkEnd, DockerError> {
        match self.docker.remove_network(name).await {
            Ok(()) => Ok(NetworkEnd::Removed),
            Err(error) if status(&error) == Some(404) => Ok(NetworkEnd::Absent),
            Err(error) if matches!(status(&error), Some(403 | 409)) => Ok(NetworkEnd::InUse),
            Err(error) => Err(DockerError::of(&format!("remove the network {name}"), error)),
        }
    }
}
