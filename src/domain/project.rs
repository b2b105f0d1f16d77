use camino::Utf8PathBuf;
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::Name;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    Analyst,
    Scientist,
    Engineer,
}

impl Role {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Analyst => "analyst",
            Self::Scientist => "scientist",
            Self::Engineer => "engineer",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    pub email: String,
    pub role: Role,
}

/// An image of the local environment: a base and the layers on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Image {
    /// `debian:bookworm-slim`: pulled, or bootstrapped where no registry answers.
    pub base: String,
    pub apt: Vec<String>,
    /// A requirements file of the project, relative to its root.
    pub pip: Option<Utf8PathBuf>,
}

/// What must answer before a service counts as up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Ready {
    /// A TCP connection to this port of the service.
    Tcp(u16),
    /// HTTP GET on this path of `port` answers below 400.
    Http(String),
    /// This argv exits 0 in the service's container.
    Command(Vec<String>),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Service {
    /// One of the project's images.
    pub image: Name,
    pub command: Vec<String>,
    pub env: IndexMap<String, String>,
    /// Published on 127.0.0.1, and reached by name from steps.
    pub port: Option<u16>,
    pub ready: Option<Ready>,
    /// Volume name → mount point, kept over `down`.
    pub volumes: IndexMap<Name, String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "engine", rename_all = "lowercase")]
pub enum Warehouse {
    /// Embedded: Parquet below `path` (relative to the project's root), read by DuckDB in the step's container.
    Duckdb { path: Utf8PathBuf },
    /// `endpoint` points the client to a stand-in.
    Bigquery { project: String, endpoint: Option<String> },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Airflow {
    pub url: String,
    pub namespace: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Environment {
    /// A directory relative to the project's root, `gs://…` or `s3://…`.
    pub root: String,
    pub warehouse: Option<Warehouse>,
    pub branch: Option<String>,
    pub airflow: Option<Airflow>,
}

/// `greenroom.yaml`. `dev` is always among the environments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Project {
    pub name: Name,
    pub people: IndexMap<Name, Person>,
    pub images: IndexMap<Name, Image>,
    pub services: IndexMap<Name, Service>,
    pub environments: IndexMap<Name, Environment>,
}
