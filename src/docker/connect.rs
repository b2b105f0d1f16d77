use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use bollard::{API_DEFAULT_VERSION, ClientVersion, Docker};
use camino::Utf8PathBuf;
use serde::{Deserialize, Serialize};
use tokio::time::timeout;

use super::endpoint::{Attempt, Candidate, Endpoint, Surroundings, candidates};
use super::error::{DockerError, chain};

/// Until the headers of an answer. Calls that work long before they answer use `Engine::patient`.
const ANSWER: u64 = 120;
const FIRST_ANSWER: Duration = Duration::from_secs(15);

/// What is known of the engine from its first answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EngineInfo {
    /// Such as `unix:///var/run/docker.sock`.
    pub place: String,
    /// What led there: `DOCKER_HOST`, a context, or the kind of socket.
    pub named_by: String,
    pub version: String,
    pub api_version: String,
    pub podman: bool,
    /// The engine runs without root: its root is the caller.
    pub rootless: bool,
    pub cpus: u64,
    pub memory: u64,
    /// Where it keeps images and containers, if it says so; a path of the engine's machine.
    pub data_root: Option<Utf8PathBuf>,
}

/// A connection to a container engine that has answered. Cheap to clone.
#[derive(Clone)]
pub struct Engine {
    pub(super) docker: Docker,
    info: Arc<EngineInfo>,
    /// How often it did not answer somebody who looked at a container.
    pub(super) absences: Arc<AtomicU64>,
}

impl Engine {
    /// The engine that has answered another process of the same caller. It is not asked again: its first answers take
    /// as long as creating a container. None where `info` names none.
    pub fn known(info: EngineInfo) -> Option<Self> {
        let (major, minor) = info.api_version.split_once('.')?;
        let version =
            ClientVersion { major_version: major.parse().ok()?, minor_version: minor.parse().ok()? };
        let docker = client(&Endpoint::parse(&info.place, false).ok()?, &version).ok()?;
        Some(Self { docker, info: Arc::new(info), absences: Arc::default() })
    }

    pub fn info(&self) -> &EngineInfo {
        &self.info
    }

    /// Whether it still answers. However long that takes.
    pub async fn ping(&self) -> Result<(), DockerError> {
        self.docker.ping().await.map(drop).map_err(|error| DockerError::of("answer", error))
    }

    /// For calls that may say nothing for a long time: imports, builds.
    pub(super) fn patient(&self) -> Docker {
        self.docker.clone().with_timeout(Duration::from_secs(4 * 3600))
    }
}

/// The engine of this machine's user.
pub async fn connect() -> Result<Engine, DockerError> {
    connect_from(&Surroundings::read()).await
}

/// The first engine that answers where `around` points to; the error lists every place and why not.
pub async fn connect_from(around: &Surroundings) -> Result<Engine, DockerError> {
    let mut attempts = Vec::new();
    for Candidate { named_by, place, endpoint } in candidates(around) {
        let answer = match endpoint {
            Ok(endpoint) => reach(&endpoint, &named_by).await,
            Err(problem) => Err(problem),
        };
        match answer {
            Ok(engine) => return Ok(engine),
            Err(problem) => attempts.push(Attempt { place, named_by, problem }),
        }
    }
    Err(DockerError::NoEngine(attempts))
}

/// Connects with its first call.
fn client(endpoint: &Endpoint, version: &ClientVersion) -> Result<Docker, bollard::errors::Error> {
    match endpoint {
        Endpoint::Unix(path) => Docker::connect_with_unix(path, ANSWER, version),
        Endpoint::Tcp(address) => Docker::connect_with_http(address, ANSWER, version),
    }
}

async fn reach(endpoint: &Endpoint, named_by: &str) -> Result<Engine, String> {
    let docker = client(endpoint, API_DEFAULT_VERSION).map_err(|error| error.to_string())?;
    let hello = async {
        let docker = docker.negotiate_version().await?;
        let (version, info) = tokio::try_join!(docker.version(), docker.info())?;
        Ok::<_, bollard::errors::Error>((docker, version, info))
    };
    let (docker, version, system) = timeout(FIRST_ANSWER, hello)
        .await
        .map_err(|_| format!("no answer in {} seconds", FIRST_ANSWER.as_secs()))?
        .map_err(|error| chain(&error))?;
    let options = system.security_options.unwrap_or_default();
    let info = EngineInfo {
        place: endpoint.place(),
        named_by: named_by.to_owned(),
        version: version.version.unwrap_or_default(),
        api_version: docker.client_version().to_string(),
        podman: version
            .components
            .unwrap_or_default()
            .iter()
            .any(|component| component.name.to_ascii_lowercase().contains("podman")),
        rootless: options.iter().any(|option| option.contains("name=rootless")),
        cpus: system.ncpu.and_then(|n| u64::try_from(n).ok()).unwrap_or(1).max(1),
        memory: system.mem_total.and_then(|n| u64::try_from(n).ok()).unwrap_or_default(),
        data_root: system.docker_root_dir.map(Utf8PathBuf::from),
    };
    Ok(Engine { docker, info: Arc::new(info), absences: Arc::default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_engine_that_another_process_has_met_is_not_asked_again() {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("engine.sock");
        let listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        listener.set_nonblocking(true).unwrap();
        let info = EngineInfo {
            place: format!("unix://{}", socket.display()),
            named_by: "default".to_owned(),
            version: "20.10.24".to_owned(),
            api_version: "1.41".to_owned(),
            podman: false,
            rootless: false,
            cpus: 2,
            memory: 1 << 30,
            data_root: None,
        };
        let handed = serde_json::from_str(&serde_json::to_string(&info).unwrap()).unwrap();
        let engine = Engine::known(handed).unwrap();
        assert_eq!(engine.docker.client_version().to_string(), "1.41");
        assert_eq!(engine.info(), &info);
        assert!(listener.accept().is_err(), "nobody came");
        for place in ["", "unix:///nowhere/engine.sock", "ssh://elsewhere", "nonsense"] {
            assert!(Engine::known(EngineInfo { place: place.to_owned(), ..info.clone() }).is_none());
        }
    }

    #[tokio::test]
    async fn every_place_that_was_tried_is_told_with_its_reason() {
        let around = Surroundings {
            docker_host: Some("unix:///nowhere/engine.sock".to_owned()),
            ..Default::default()
        };
        let error = connect_from(&around).await.err().unwrap().to_string();
        assert!(error.contains("unix:///nowhere/engine.sock (DOCKER_HOST)"), "{error}");
        assert!(error.to_lowercase().contains("not found"), "{error}");
    }
}
