use std::collections::HashMap;

use bollard::models::{ContainerCreateBody, HostConfig};
use bollard::query_parameters::{
    AttachContainerOptionsBuilder, CreateContainerOptions, ListContainersOptionsBuilder,
};
use futures_util::StreamExt;

use super::create::{bind, confined};
use super::error::DockerError;
use super::{Engine, labels, waiter};
use crate::engine::{ContainerId, ContainerState, Mount};

/// Of what it writes, the first this many bytes are kept.
const KEPT: usize = 16 * 1024;

/// A command in a container of its own, which is gone afterwards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnceSpec {
    /// A tag or id.
    pub image: String,
    pub argv: Vec<String>,
    /// `uid:gid`.
    pub user: String,
    pub mounts: Vec<Mount>,
    pub memory_limit: Option<u64>,
    /// None: it has none.
    pub network: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Once {
    pub code: i64,
    pub output: String,
}

impl Engine {
    /// Runs it to its end.
    pub async fn once(&self, spec: &OnceSpec) -> Result<Once, DockerError> {
        let refused = |error| DockerError::of("start a container", error);
        let made = self.docker.create_container(None::<CreateContainerOptions>, body(spec)).await;
        let id = ContainerId(made.map_err(refused)?.id);
        let ended = self.to_its_end(&id).await;
        let removed = self.remove(&id).await;
        let ended = ended?;
        removed.map_err(|error| DockerError::Unreachable(error.to_string()))?;
        Ok(ended)
    }

    /// Removes such containers whose process is gone: killed, it could not, and they would compute for nobody and keep
    /// their network in use. Whatever cannot be removed is left to the next who looks.
    pub async fn remove_abandoned(&self) {
        let filter = HashMap::from([("label", vec![labels::TRIAL.to_owned()])]);
        let options = ListContainersOptionsBuilder::default().all(true).filters(&filter).build();
        let listed = self.docker.list_containers(Some(options)).await.unwrap_or_default();
        let abandoned = listed.into_iter().filter_map(|summary| {
            let waiting = summary.labels?.remove(labels::TRIAL)?;
            summary.id.filter(|_| waiter::is_gone(&waiting)).map(ContainerId)
        });
        for id in abandoned {
            self.remove(&id).await.ok();
        }
    }

    async fn to_its_end(&self, id: &ContainerId) -> Result<Once, DockerError> {
        let refused = |error| DockerError::of("start a container", error);
        let options = AttachContainerOptionsBuilder::default().stream(true).stdout(true).stderr(true).build();
        let mut attached = self.docker.attach_container(&id.0, Some(options)).await.map_err(refused)?;
        self.docker.start_container(&id.0, None).await.map_err(refused)?;
        let mut kept = Vec::new();
        while let Some(piece) = attached.output.next().await {
            let piece = piece.map_err(refused)?;
            let room = KEPT.saturating_sub(kept.len()).min(piece.as_ref().len());
            kept.extend_from_slice(&piece.as_ref()[..room]);
        }
        match self.wait(id).await {
            Ok(ContainerState::Exited(exit)) => {
                Ok(Once { code: exit.code, output: String::from_utf8_lossy(&kept).into_owned() })
            }
            Ok(_) => Err(DockerError::NotFound("such container any more".to_owned())),
            Err(error) => Err(DockerError::Unreachable(error.to_string())),
        }
    }
}

pub(super) fn body(spec: &OnceSpec) -> ContainerCreateBody {
    let memory = spec.memory_limit.map(|bytes| i64::try_from(bytes).unwrap_or(i64::MAX));
    ContainerCreateBody {
        image: Some(spec.image.clone()),
        entrypoint: Some(Vec::new()),
        cmd: Some(spec.argv.clone()),
        user: Some(spec.user.clone()),
        labels: Some([(labels::TRIAL.to_owned(), waiter::label())].into()),
        host_config: Some(HostConfig {
            mounts: Some(spec.mounts.iter().map(bind).collect()),
            network_mode: Some(spec.network.clone().unwrap_or_else(|| "none".to_owned())),
            memory,
            memory_swap: memory,
            ..confined()
        }),
        ..Default::default()
    }
}
