use std::collections::HashMap;

use bollard::models::VolumeCreateRequest;
use bollard::query_parameters::{ListVolumesOptionsBuilder, RemoveVolumeOptions};

use super::error::{DockerError, status};
use super::{Engine, labels};

impl Engine {
    /// Made if it is missing.
    pub async fn ensure_volume(&self, name: &str, project: &str) -> Result<(), DockerError> {
        let request = VolumeCreateRequest {
            name: Some(name.to_owned()),
            labels: Some(HashMap::from([(labels::PROJECT.to_owned(), project.to_owned())])),
            ..Default::default()
        };
        let made = self.docker.create_volume(request).await;
        made.map(drop).map_err(|error| DockerError::of(&format!("create the volume {name}"), error))
    }

    /// Names of the project's volumes.
    pub async fn volumes(&self, project: &str) -> Result<Vec<String>, DockerError> {
        let filter = HashMap::from([("label", vec![format!("{}={project}", labels::PROJECT)])]);
        let options = ListVolumesOptionsBuilder::default().filters(&filter).build();
        let listed = self.docker.list_volumes(Some(options)).await;
        let listed = listed.map_err(|error| DockerError::of("list volumes", error))?;
        Ok(listed.volumes.unwrap_or_default().into_iter().map(|volume| volume.name).collect())
    }

    /// A missing one is no error.
    pub async fn remove_volume(&self, name: &str) -> Result<(), DockerError> {
        match self.docker.remove_volume(name, None::<RemoveVolumeOptions>).await {
            Err(error) if status(&error) != Some(404) => {
                Err(DockerError::of(&format!("remove the volume {name}"), error))
            }
            _ => Ok(()),
        }
    }
}
