use super::Engine;
use super::error::{DockerError, status};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RegistryAnswer {
    /// It has the image.
    Has,
    /// It answers, but has no such image, or not for everybody.
    HasNot,
    /// None can be reached; why.
    Silent(String),
}

impl Engine {
    /// Asks the image's registry by way of the engine, without pulling.
    pub async fn registry_has(&self, image: &str) -> Result<RegistryAnswer, DockerError> {
        match self.docker.inspect_registry_image(image, None).await {
            Ok(_) => Ok(RegistryAnswer::Has),
            Err(error) if matches!(status(&error), Some(401 | 403 | 404)) => Ok(RegistryAnswer::HasNot),
            Err(error) => match DockerError::of("ask a registry", error) {
                DockerError::Refused { message, .. } => Ok(RegistryAnswer::Silent(message)),
                other => Err(other),
            },
        }
    }
}
