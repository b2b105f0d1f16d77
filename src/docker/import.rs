use std::io;

use bollard::body_try_stream;
use bollard::query_parameters::CreateImageOptionsBuilder;
use bytes::Bytes;
use camino::Utf8Path;
use futures_util::{StreamExt, stream};
use tokio::fs::File;
use tokio::io::AsyncReadExt;

use super::Engine;
use super::error::DockerError;

const CHUNK: usize = 1 << 18;

impl Engine {
    /// Makes an image of a root file system's tarball. `changes` are Dockerfile instructions (`LABEL`, `CMD`, `ENV`).
    pub async fn import(
        &self,
        tarball: &Utf8Path,
        repository: &str,
        tag: &str,
        changes: &[String],
    ) -> Result<(), DockerError> {
        let file = File::open(tarball)
            .await
            .map_err(|source| DockerError::Io { what: format!("cannot read {tarball}"), source })?;
        // Docker takes the tag here and apart; Podman only here.
        let name = format!("{repository}:{tag}");
        let options =
            CreateImageOptionsBuilder::default().from_src("-").repo(&name).changes(changes.to_vec()).build();
        let docker = self.patient();
        let mut answers = docker.create_image(Some(options), Some(body_try_stream(chunks(file))), None);
        while let Some(answer) = answers.next().await {
            answer.map_err(|error| DockerError::of(&format!("import {name}"), error))?;
        }
        Ok(())
    }
}

fn chunks(file: File) -> impl futures_util::Stream<Item = Result<Bytes, io::Error>> + Send + 'static {
    stream::try_unfold(file, |mut file| async move {
        let mut chunk = vec![0; CHUNK];
        let read = file.read(&mut chunk).await?;
        chunk.truncate(read);
        Ok((read > 0).then(|| (Bytes::from(chunk), file)))
    })
}
