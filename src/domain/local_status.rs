use std::fmt;

use camino::Utf8PathBuf;
use serde::Serialize;

use super::Name;

/// The local environment of a project, as `local status --json` has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LocalStatus {
    pub engine: EngineStatus,
    pub images: Vec<ImageStatus>,
    pub services: Vec<ServiceStatus>,
    pub volumes: Vec<VolumeStatus>,
}

/// A container engine that answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EngineStatus {
    /// `Docker` or `Podman`.
    pub kind: &'static str,
    pub version: String,
    pub rootless: bool,
    /// `unix:///var/run/docker.sock`
    pub place: String,
    /// What led there: `DOCKER_HOST`, a context, or the kind of socket.
    pub named_by: String,
    pub cpus: u64,
    pub memory_bytes: u64,
    /// Where it keeps images and containers; a path of the engine's machine.
    pub data_root: Option<Utf8PathBuf>,
    /// What is free there, if that is this machine.
    pub free_bytes: Option<u64>,
}

impl fmt::Display for EngineStatus {
    /// `Docker 20.10.24 at unix:///var/run/docker.sock`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rootless = if self.rootless { ", rootless" } else { "" };
        write!(f, "{} {}{rootless} at {}", self.kind, self.version, self.place)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ImageState {
    Ready,
    /// Built from something else than `greenroom.yaml` now says.
    Outdated,
    Absent,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ImageStatus {
    pub name: Name,
    pub state: ImageState,
    pub tag: String,
    /// `debian:bookworm-slim, bootstrapped`
    pub base: String,
    pub bytes: Option<u64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ServiceState {
    /// Answers.
    Up,
    /// Runs, but does not answer yet.
    Starting,
    /// Ended by itself.
    Exited,
    Down,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ServiceStatus {
    pub name: Name,
    pub state: ServiceState,
    /// `127.0.0.1:49153`, where it is published on this machine.
    pub address: Option<String>,
    /// Why it is not up.
    pub note: String,
    /// Its container's id, where there is one.
    pub container: Option<String>,
}

impl ServiceStatus {
    /// Its container is at work, whether it answers or not.
    pub fn is_running(&self) -> bool {
        matches!(self.state, ServiceState::Up | ServiceState::Starting)
    }

    /// It does what it is there for.
    pub fn answers(&self) -> bool {
        self.state == ServiceState::Up
    }
}

/// Where services keep what is to outlive them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct VolumeStatus {
    /// As the engine knows it.
    pub name: String,
    /// False: it is made with the first service that wants it.
    pub made: bool,
    /// Services that have it, as `greenroom.yaml` says now.
    pub services: Vec<Name>,
}
