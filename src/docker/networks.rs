use std::collections::HashMap;

use bollard::models::NetworkCreateRequest;
use bollard::query_parameters::ListNetworksOptionsBuilder;

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
    ///
    /// Engines make two networks of one name without a word, and then refuse the name as ambiguous. So who has made
    /// one looks whether somebody else did at the same moment: the oldest stays.
    pub async fn ensure_network(&self, name: &str, project: &str) -> Result<(), DockerError> {
        let there = self.networks(name).await?;
        if there.is_empty() {
            self.create_network(name, project).await?;
        }
        if there.len() != 1 {
            for younger in self.networks(name).await?.into_iter().skip(1) {
                self.remove_network(&younger).await?;
            }
        }
        Ok(())
    }

    async fn create_network(&self, name: &str, project: &str) -> Result<(), DockerError> {
        let request = NetworkCreateRequest {
            name: name.to_owned(),
            driver: Some("bridge".to_owned()),
            labels: Some(HashMap::from([(labels::PROJECT.to_owned(), project.to_owned())])),
            ..Default::default()
        };
        match self.docker.create_network(request).await {
            // Somebody else made it in between, on an engine that minds.
            Err(error) if status(&error) == Some(409) => Ok(()),
            Err(error) => Err(DockerError::of(&format!("create the network {name}"), error)),
            Ok(_) => Ok(()),
        }
    }

    /// The ids of the networks of exactly this name, the oldest first.
    async fn networks(&self, name: &str) -> Result<Vec<String>, DockerError> {
        let filters = HashMap::from([("name", vec![name])]);
        let options = ListNetworksOptionsBuilder::default().filters(&filters).build();
        let listed = self.docker.list_networks(Some(options)).await;
        let listed = listed.map_err(|error| DockerError::of("list networks", error))?;
        let exact = listed.into_iter().filter(|network| network.name.as_deref() == Some(name));
        // The engine's timestamps are of one zone and length, so their texts are in the order of time.
        let mut found: Vec<_> = exact.filter_map(|network| Some((network.created, network.id?))).collect();
        found.sort();
        Ok(found.into_iter().map(|(_, id)| id).collect())
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
