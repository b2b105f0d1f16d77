use std::collections::HashMap;
use std::fs::File;
use std::os::unix::fs::OpenOptionsExt;
use std::time::{Duration, Instant};

use bollard::models::NetworkCreateRequest;
use bollard::query_parameters::ListNetworksOptionsBuilder;
use rustix::fs::OFlags;

use super::error::{DockerError, status};
use super::{Engine, labels};

/// How long another process may take to make a network.
const LONGEST: Duration = Duration::from_secs(10);

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
    /// An engine makes a second network of the same name without a word, and then refuses the name as ambiguous. So
    /// makers on this machine wait for one another, and where there are two for all that, the younger one goes.
    pub async fn ensure_network(&self, name: &str, project: &str) -> Result<(), DockerError> {
        if self.networks(name).await?.len() == 1 {
            return Ok(());
        }
        let _alone = alone().await;
        if self.networks(name).await?.is_empty() {
            self.create_network(name, project).await?;
        }
        for younger in self.networks(name).await?.iter().skip(1) {
            self.remove_network(younger).await?;
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
            // Somebody else made it in between.
            Err(error) if status(&error) == Some(409) => Ok(()),
            Err(error) => Err(DockerError::of(&format!("create the network {name}"), error)),
            Ok(_) => Ok(()),
        }
    }

    /// Ids of all that have this name, the oldest first.
    async fn networks(&self, name: &str) -> Result<Vec<String>, DockerError> {
        // The filter finds parts of names too.
        let filter = HashMap::from([("name", vec![name.to_owned()])]);
        let options = ListNetworksOptionsBuilder::default().filters(&filter).build();
        let listed = self.docker.list_networks(Some(options)).await;
        let listed =
            listed.map_err(|error| DockerError::of(&format!("look for the network {name}"), error))?;
        let named = listed.into_iter().filter(|network| network.name.as_deref() == Some(name));
        let mut found: Vec<(String, String)> = named
            .filter_map(|network| {
                Some((network.created.map(|at| at.to_string()).unwrap_or_default(), network.id?))
            })
            .collect();
        found.sort();
        Ok(found.into_iter().map(|(_, id)| id).collect())
    }

    /// By its name. All that have it, unless something is still on one.
    pub async fn remove_networks(&self, name: &str) -> Result<NetworkEnd, DockerError> {
        let mut end = NetworkEnd::Absent;
        for id in self.networks(name).await? {
            match self.remove_network(&id).await? {
                NetworkEnd::InUse => return Ok(NetworkEnd::InUse),
                NetworkEnd::Removed => end = NetworkEnd::Removed,
                NetworkEnd::Absent => {}
            }
        }
        Ok(end)
    }

    async fn remove_network(&self, name: &str) -> Result<NetworkEnd, DockerError> {
        match self.docker.remove_network(name).await {
            Ok(()) => Ok(NetworkEnd::Removed),
            Err(error) if status(&error) == Some(404) => Ok(NetworkEnd::Absent),
            Err(error) if matches!(status(&error), Some(403 | 409)) => Ok(NetworkEnd::InUse),
            Err(error) => Err(DockerError::of(&format!("remove the network {name}"), error)),
        }
    }
}

/// Until it is dropped, no other process of this user on this machine makes networks. Where the lock cannot be had
/// it is done without.
async fn alone() -> Option<File> {
    let uid = rustix::process::getuid().as_raw();
    let path = std::env::temp_dir().join(format!("greenroom-networks-{uid}.lock"));
    let lock = move || {
        let flags = i32::try_from(OFlags::NOFOLLOW.bits()).ok()?;
        let file =
            File::options().create(true).append(true).mode(0o600).custom_flags(flags).open(path).ok()?;
        // Whose file it is nobody knows: whoever holds it for long is none of ours.
        let deadline = Instant::now() + LONGEST;
        while file.try_lock().is_err() {
            if Instant::now() > deadline {
                return None;
            }
            // No event tells when a lock becomes free.
            std::thread::sleep(Duration::from_millis(20));
        }
        Some(file)
    };
    tokio::task::spawn_blocking(lock).await.ok()?
}
