use std::time::Duration;

use bollard::models::{
    ContainerCreateBody, ContainerStateStatusEnum, HostConfig, HostConfigLogConfig, Mount as EngineMount,
    MountBindOptions, MountType,
};
use bollard::query_parameters::{CreateContainerOptionsBuilder, InspectContainerOptions};
use camino::Utf8PathBuf;
use indexmap::IndexMap;

use super::error::{containers_error, status};
use super::{DockerError, Engine, EngineContainers, EngineInfo, labels};
use crate::engine::{ContainerId, ContainerSpec, ContainersError, Mount, Network};

const PIDS: i64 = 4096;
const SHM: i64 = 1 << 30;
/// How often a name that is just being freed is asked for again.
const TRIES: usize = 100;
const PAUSE: Duration = Duration::from_millis(50);

/// The host's certificate bundle and where containers see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostCertificates {
    /// A file of this machine.
    pub bundle: Utf8PathBuf,
    /// Where it is mounted.
    pub target: Utf8PathBuf,
    /// Variables that make the usual clients read it.
    pub variables: Vec<&'static str>,
}

impl EngineContainers {
    pub(super) async fn create_or_adopt(&self, spec: &ContainerSpec) -> Result<ContainerId, ContainersError> {
        let body = self.body_on_network(spec).await.map_err(of_network)?;
        self.engine.create_or_adopt(&spec.name, &spec.labels, body).await
    }

    /// What it is made of, and the network that it needs.
    pub(super) async fn body_on_network(
        &self,
        spec: &ContainerSpec,
    ) -> Result<ContainerCreateBody, DockerError> {
        if let Network::Project(name) = &spec.network {
            // Whoever stops the local environment meanwhile, or did before a resume, takes it away.
            let project = spec.labels.get(labels::PROJECT).map_or("", String::as_str);
            self.engine.ensure_network(name, project).await?;
        }
        Ok(self.body(spec))
    }

    fn body(&self, spec: &ContainerSpec) -> ContainerCreateBody {
        let mut env = assignments(&spec.env);
        // Only so does a SIGTERM to the init reach every process of the step.
        env.push("TINI_KILL_PROCESS_GROUP=1".to_owned());
        let mut mounts: Vec<EngineMount> = spec.mounts.iter().map(bind).collect();
        if let Some(certificates) = self.certificates.as_ref().filter(|_| spec.trust_host_certificates) {
            mounts.push(certificates.mount());
            env.extend(certificates.env());
        }
        let memory = spec.memory_limit.map(|bytes| i64::try_from(bytes).unwrap_or(i64::MAX));
        let host = HostConfig {
            mounts: Some(mounts),
            memory,
            // Unset, the engine allows twice the limit.
            memory_swap: memory,
            nano_cpus: spec.cpu_limit.map(|millis| nano_cpus(millis, self.engine.info().cpus)),
            pids_limit: Some(PIDS),
            shm_size: Some(SHM),
            log_config: Some(whole_log(self.engine.info())),
            network_mode: Some(network_mode(&spec.network)),
            // What a step may write, it has mounts for; in the image itself no limit holds.
            readonly_rootfs: Some(true),
            ..confined()
        };
        ContainerCreateBody {
            image: Some(spec.image.clone()),
            // An entry point of the image must not come before the argv.
            entrypoint: Some(Vec::new()),
            cmd: Some(spec.argv.clone()),
            env: Some(env),
            working_dir: Some(spec.working_dir.to_string()),
            user: Some(spec.user.clone()),
            labels: Some(spec.labels.clone().into_iter().collect()),
            host_config: Some(host),
            ..Default::default()
        }
    }
}

impl Engine {
    /// Creates a container, or adopts the one that has the name if it carries the same labels.
    pub(super) async fn create_or_adopt(
        &self,
        name: &str,
        labels: &IndexMap<String, String>,
        body: ContainerCreateBody,
    ) -> Result<ContainerId, ContainersError> {
        for _ in 0..TRIES {
            let options = CreateContainerOptionsBuilder::default().name(name).build();
            match self.docker.create_container(Some(options), body.clone()).await {
                Ok(made) => return Ok(ContainerId(made.id)),
                Err(error) if status(&error) == Some(409) => match self.adopt(name, labels).await? {
                    Some(id) => return Ok(id),
                    None => tokio::time::sleep(PAUSE).await,
                },
                Err(error) => return Err(containers_error(error)),
            }
        }
        Err(ContainersError::Refused(format!(
            "a container named {name} is being removed and does not go away"
        )))
    }

    /// None: it went away, or is going.
    async fn adopt(
        &self,
        name: &str,
        labels: &IndexMap<String, String>,
    ) -> Result<Option<ContainerId>, ContainersError> {
        let found = match self.docker.inspect_container(name, None::<InspectContainerOptions>).await {
            Ok(found) => found,
            Err(error) if status(&error) == Some(404) => return Ok(None),
            Err(error) => return Err(containers_error(error)),
        };
        let state = found.state.and_then(|state| state.status);
        if matches!(state, Some(ContainerStateStatusEnum::REMOVING | ContainerStateStatusEnum::DEAD)) {
            return Ok(None);
        }
        let carried = found.config.and_then(|config| config.labels).unwrap_or_default();
        match labels.iter().all(|(key, value)| carried.get(key) == Some(value)) {
            true => Ok(found.id.map(ContainerId)),
            false => Err(ContainersError::Refused(format!(
                "a container named {name} exists and is not this one; remove it: docker rm -f {name}"
            ))),
        }
    }
}

/// What every container gets, whatever it is for.
pub(super) fn confined() -> HostConfig {
    HostConfig {
        cap_drop: Some(vec!["ALL".to_owned()]),
        security_opt: Some(vec!["no-new-privileges".to_owned()]),
        init: Some(true),
        ..Default::default()
    }
}

/// The engine keeps every byte: its default may rotate at 30 MB, and `json-file` spoils what is not UTF-8.
pub(super) fn whole_log(engine: &EngineInfo) -> HostConfigLogConfig {
    // Podman has no other that keeps a file, and never turns this one over.
    if engine.podman {
        return HostConfigLogConfig { typ: Some("k8s-file".to_owned()), config: None };
    }
    let config = [("max-size", "100g"), ("max-file", "1"), ("compress", "false")];
    HostConfigLogConfig {
        typ: Some("local".to_owned()),
        config: Some(config.into_iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect()),
    }
}

/// Through `Mounts` and never `Binds`, which creates a missing source as root.
pub(super) fn bind(mount: &Mount) -> EngineMount {
    EngineMount {
        typ: Some(MountType::BIND),
        source: Some(mount.source.to_string()),
        target: Some(mount.target.to_string()),
        read_only: Some(!mount.writable),
        bind_options: Some(MountBindOptions { non_recursive: Some(true), ..Default::default() }),
        ..Default::default()
    }
}

pub(super) fn assignments(env: &[(String, String)]) -> Vec<String> {
    env.iter().map(|(name, value)| format!("{name}={value}")).collect()
}

fn of_network(error: DockerError) -> ContainersError {
    match error {
        DockerError::Unreachable(why) => ContainersError::Unreachable(why),
        other => ContainersError::Refused(other.to_string()),
    }
}

pub(super) fn network_mode(network: &Network) -> String {
    match network {
        Network::Project(name) => name.clone(),
        Network::Shared(ContainerId(id)) => format!("container:{id}"),
    }
}

/// The engine refuses more cores than its machine has.
fn nano_cpus(millis: u64, cpus: u64) -> i64 {
    let millis = millis.min(cpus.saturating_mul(1000));
    i64::try_from(millis.saturating_mul(1_000_000)).unwrap_or(i64::MAX)
}

impl HostCertificates {
    pub(super) fn mount(&self) -> EngineMount {
        bind(&Mount { source: self.bundle.clone(), target: self.target.clone(), writable: false })
    }

    pub(super) fn env(&self) -> impl Iterator<Item = String> + '_ {
        self.variables.iter().map(|name| format!("{name}={}", self.target))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cores_are_capped_to_the_machine() {
        assert_eq!(nano_cpus(500, 2), 500_000_000);
        assert_eq!(nano_cpus(64_000, 2), 2_000_000_000);
        assert_eq!(nano_cpus(u64::MAX, u64::MAX), i64::MAX);
    }

    #[test]
    fn a_mount_is_not_recursive_and_creates_nothing() {
        let mount = bind(&Mount { source: "/a".into(), target: "/b".into(), writable: false });
        let options = mount.bind_options.unwrap();
        assert_eq!(mount.read_only, Some(true));
        assert_eq!(options.non_recursive, Some(true));
        assert_eq!(options.create_mountpoint, None);
    }
}
