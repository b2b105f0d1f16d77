use std::collections::HashMap;

use bollard::query_parameters::CreateImageOptionsBuilder;
use futures_util::StreamExt;

use super::Engine;
use super::error::DockerError;

impl Engine {
    /// Pulls an image; `line` gets what the engine says, once per change of a layer's state.
    pub async fn pull(&self, image: &str, line: &(dyn Fn(&str) + Send + Sync)) -> Result<(), DockerError> {
        let named = if image.rsplit('/').next().is_some_and(|last| last.contains([':', '@'])) {
            image.to_owned()
        } else {
            format!("{image}:latest")
        };
        let options = CreateImageOptionsBuilder::default().from_image(&named).build();
        let docker = self.patient();
        let mut answers = docker.create_image(Some(options), None, None);
        let mut last: HashMap<String, String> = HashMap::new();
        while let Some(answer) = answers.next().await {
            let answer = answer.map_err(|error| DockerError::of(&format!("pull {image}"), error))?;
            let (id, status) = (answer.id.unwrap_or_default(), answer.status.unwrap_or_default());
            if last.insert(id.clone(), status.clone()).as_ref() != Some(&status) {
                line(format!("{id} {status}").trim());
            }
        }
        Ok(())
    }
}
