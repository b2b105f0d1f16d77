use std::collections::HashMap;

use bollard::models::ContainerCreateBody;
use bollard::query_parameters::{
    ContainerArchiveInfoOptionsBuilder, CreateContainerOptions, RemoveContainerOptionsBuilder,
    RemoveImageOptionsBuilder, TagImageOptionsBuilder,
};

use super::error::{DockerError, status};
use super::{Engine, labels, waiter};

/// What the engine says of an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageFacts {
    /// `sha256:…`
    pub id: String,
    pub labels: HashMap<String, String>,
    /// Bytes on disk, shared layers included.
    pub size: u64,
    pub layers: usize,
    pub created: Option<jiff::Timestamp>,
}

impl ImageFacts {
    pub fn label(&self, name: &str) -> Option<&str> {
        self.labels.get(name).map(String::as_str)
    }

    pub fn has_bash(&self) -> bool {
        self.label(labels::SHELL) == Some("bash")
    }
}

impl Engine {
    /// By tag or id; None where the engine has no such image.
    pub async fn image(&self, reference: &str) -> Result<Option<ImageFacts>, DockerError> {
        let found = match self.docker.inspect_image(reference).await {
            Ok(found) => found,
            Err(error) if status(&error) == Some(404) => return Ok(None),
            Err(error) => return Err(DockerError::of(&format!("inspect {reference}"), error)),
        };
        Ok(Some(ImageFacts {
            id: found.id.unwrap_or_default(),
            labels: found.config.and_then(|config| config.labels).unwrap_or_default(),
            size: found.size.and_then(|size| u64::try_from(size).ok()).unwrap_or_default(),
            layers: found.root_fs.and_then(|root| root.layers).unwrap_or_default().len(),
            created: found.created.and_then(|text| text.parse().ok()),
        }))
    }

    /// Gives an image another name: `repository`, `tag`.
    pub async fn tag_image(&self, image: &str, repository: &str, tag: &str) -> Result<(), DockerError> {
        let options = TagImageOptionsBuilder::default().repo(repository).tag(tag).build();
        self.docker
            .tag_image(image, Some(options))
            .await
            .map_err(|error| DockerError::of(&format!("tag {image}"), error))
    }

    /// Removes a name, and the image with its last one. A missing one is no error.
    pub async fn remove_image(&self, reference: &str) -> Result<(), DockerError> {
        let options = RemoveImageOptionsBuilder::default().force(true).build();
        match self.docker.remove_image(reference, Some(options), None).await {
            Err(error) if status(&error) != Some(404) => {
                Err(DockerError::of(&format!("remove the image {reference}"), error))
            }
            _ => Ok(()),
        }
    }

    /// Whether an image has a file; nothing of it is run.
    pub async fn image_has(&self, image: &str, path: &str) -> Result<bool, DockerError> {
        let refused = |error| DockerError::of(&format!("look into {image}"), error);
        // A container needs a command, though this one is never started.
        let cmd = Some(vec!["true".to_owned()]);
        let labels = Some([(labels::TRIAL.to_owned(), waiter::label())].into());
        let body = ContainerCreateBody { image: Some(image.to_owned()), cmd, labels, ..Default::default() };
        let made =
            self.docker.create_container(None::<CreateContainerOptions>, body).await.map_err(refused)?;
        let options = ContainerArchiveInfoOptionsBuilder::default().path(path).build();
        let found = self.docker.get_container_archive_info(&made.id, Some(options)).await;
        let remove = RemoveContainerOptionsBuilder::default().force(true).v(true).build();
        self.docker.remove_container(&made.id, Some(remove)).await.map_err(refused)?;
        match found {
            Ok(_) => Ok(true),
            Err(error) if status(&error) == Some(404) => Ok(false),
            Err(error) => Err(refused(error)),
        }
    }
}
