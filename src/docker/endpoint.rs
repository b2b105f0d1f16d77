use std::env;

use camino::{Utf8Path, Utf8PathBuf};
use serde::Deserialize;

use crate::domain::Digest;

/// What of this machine tells where an engine may be. Read once, so that the search itself can be tested.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    pub docker_host: Option<String>,
    pub docker_context: Option<String>,
    pub docker_tls: bool,
    /// `$DOCKER_CONFIG`, else `~/.docker`.
    pub docker_config: Option<Utf8PathBuf>,
    pub runtime_dir: Option<Utf8PathBuf>,
}

impl Surroundings {
    pub fn read() -> Self {
        let var = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
        let home = env::home_dir().and_then(|home| Utf8PathBuf::from_path_buf(home).ok());
        Self {
            docker_host: var("DOCKER_HOST"),
            docker_context: var("DOCKER_CONTEXT"),
            docker_tls: var("DOCKER_TLS_VERIFY").is_some(),
            docker_config: var("DOCKER_CONFIG").map(Utf8PathBuf::from).or(home.map(|h| h.join(".docker"))),
            runtime_dir: var("XDG_RUNTIME_DIR").map(Utf8PathBuf::from).filter(|dir| dir.is_absolute()),
        }
    }
}

/// A place where no engine answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    pub place: String,
    /// What led there: `DOCKER_HOST`, a context's name, `default`.
    pub named_by: String,
    pub problem: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Endpoint {
    Unix(String),
    /// `host:port`, plain HTTP.
    Tcp(String),
}

impl Endpoint {
    pub fn place(&self) -> String {
        match self {
            Self::Unix(path) => format!("unix://{path}"),
            Self::Tcp(address) => format!("tcp://{address}"),
        }
    }

    pub(super) fn parse(text: &str, tls: bool) -> Result<Self, String> {
        match text.split_once("://") {
            Some(("unix", path)) if !path.is_empty() => Ok(Self::Unix(path.to_owned())),
            Some(("tcp" | "http", _)) if tls => {
                Err("engines behind TLS are not supported; forward its socket instead (ssh -L)".to_owned())
            }
            Some(("tcp" | "http", address)) if !address.is_empty() => {
                Ok(Self::Tcp(address.trim_end_matches('/').to_owned()))
            }
            Some(("ssh", _)) => {
                Err("engines behind ssh are not supported; forward its socket instead (ssh -L)".to_owned())
            }
            _ => Err("an engine's address is unix://PATH or tcp://HOST:PORT".to_owned()),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Candidate {
    pub named_by: String,
    pub place: String,
    pub endpoint: Result<Endpoint, String>,
}

/// Where to look, in order. As the docker command does: `DOCKER_HOST`, else `DOCKER_CONTEXT`, else the current
/// context. An engine that somebody named is the only candidate: another one must not be used in its place.
pub(super) fn candidates(around: &Surroundings) -> Vec<Candidate> {
    if let Some(host) = &around.docker_host {
        let endpoint = Endpoint::parse(host, around.docker_tls);
        return vec![Candidate { named_by: "DOCKER_HOST".to_owned(), place: host.clone(), endpoint }];
    }
    let context = around.docker_context.clone().or_else(|| current_context(around));
    if let Some(name) = context.filter(|name| name != "default") {
        let found = context_host(around, &name);
        let place = found.as_ref().map_or_else(|_| name.clone(), |(host, _)| host.clone());
        let endpoint = found.and_then(|(host, tls)| Endpoint::parse(&host, tls));
        return vec![Candidate { named_by: format!("docker context {name}"), place, endpoint }];
    }
    sockets(around)
        .into_iter()
        .map(|(named_by, path)| {
            let endpoint = Endpoint::Unix(path);
            Candidate { named_by: named_by.to_owned(), place: endpoint.place(), endpoint: Ok(endpoint) }
        })
        .collect()
}

fn sockets(around: &Surroundings) -> Vec<(&'static str, String)> {
    let own = |tail: &str| around.runtime_dir.as_ref().map(|dir| dir.join(tail).into_string());
    [
        ("default", Some("/var/run/docker.sock".to_owned())),
        ("rootless", own("docker.sock")),
        ("rootless Podman", own("podman/podman.sock")),
        ("Podman", Some("/run/podman/podman.sock".to_owned())),
    ]
    .into_iter()
    .filter_map(|(name, path)| path.map(|path| (name, path)))
    .collect()
}

fn current_context(around: &Surroundings) -> Option<String> {
    #[derive(Deserialize)]
    struct Config {
        #[serde(rename = "currentContext")]
        current_context: Option<String>,
    }
    let file = around.docker_config.as_ref()?.join("config.json");
    let text = fs_err::read_to_string(file).ok()?;
    serde_json::from_str::<Config>(&text).ok()?.current_context.filter(|name| !name.is_empty())
}

/// A context's address, and whether it asks for TLS.
fn context_host(around: &Surroundings, name: &str) -> Result<(String, bool), String> {
    #[derive(Deserialize)]
    struct Meta {
        #[serde(rename = "Endpoints")]
        endpoints: Endpoints,
    }
    #[derive(Deserialize)]
    struct Endpoints {
        docker: Docker,
    }
    #[derive(Deserialize)]
    struct Docker {
        #[serde(rename = "Host")]
        host: String,
    }
    let config = around.docker_config.as_deref().unwrap_or(Utf8Path::new(".docker"));
    // The command names a context's directory by the sum of its name.
    let id = Digest::of(name.as_bytes());
    let file = config.join("contexts/meta").join(id.as_str()).join("meta.json");
    let text = fs_err::read_to_string(&file).map_err(|_| format!("there is no such context (no {file})"))?;
    let meta: Meta = serde_json::from_str(&text).map_err(|error| format!("{file}: {error}"))?;
    let tls = config.join("contexts/tls").join(id.as_str()).exists();
    Ok((meta.endpoints.docker.host, tls))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(around: &Surroundings) -> Vec<String> {
        candidates(around).into_iter().map(|candidate| candidate.place).collect()
    }

    #[test]
    fn without_a_named_engine_every_known_socket_is_tried() {
        let around = Surroundings { runtime_dir: Some("/run/user/7".into()), ..Default::default() };
        assert_eq!(
            places(&around),
            [
                "unix:///var/run/docker.sock",
                "unix:///run/user/7/docker.sock",
                "unix:///run/user/7/podman/podman.sock",
                "unix:///run/podman/podman.sock"
            ]
        );
    }

    #[test]
    fn a_named_host_is_the_only_one_tried() {
        let host = |text: &str| Surroundings {
            docker_host: Some(text.to_owned()),
            docker_context: Some("other".to_owned()),
            ..Default::default()
        };
        let one = candidates(&host("tcp://10.1.2.3:2375"));
        assert_eq!(one.len(), 1);
        assert_eq!(one[0].endpoint, Ok(Endpoint::Tcp("10.1.2.3:2375".to_owned())));
        for bad in ["ssh://me@host", "npipe:////./pipe/docker", "unix://", "docker.sock", ""] {
            assert!(candidates(&host(bad))[0].endpoint.is_err(), "{bad}");
        }
    }

    #[test]
    fn the_current_context_is_followed_and_the_variable_beats_it() {
        let dir = tempfile::tempdir().unwrap();
        let config = Utf8PathBuf::from_path_buf(dir.path().to_owned()).unwrap();
        for (name, host) in [("work", "unix:///run/work.sock"), ("lab", "tcp://lab:2375")] {
            let meta = config.join("contexts/meta").join(Digest::of(name.as_bytes()).as_str());
            fs_err::create_dir_all(&meta).unwrap();
            let text = format!(r#"{{"Name":"{name}","Endpoints":{{"docker":{{"Host":"{host}"}}}}}}"#);
            fs_err::write(meta.join("meta.json"), text).unwrap();
        }
        fs_err::write(config.join("config.json"), r#"{"currentContext":"work"}"#).unwrap();
        let mut around = Surroundings { docker_config: Some(config), ..Default::default() };
        assert_eq!(places(&around), ["unix:///run/work.sock"]);
        around.docker_context = Some("lab".to_owned());
        assert_eq!(places(&around), ["tcp://lab:2375"]);
        around.docker_context = Some("nowhere".to_owned());
        assert!(candidates(&around)[0].endpoint.as_ref().unwrap_err().contains("no such context"));
        around.docker_context = Some("default".to_owned());
        assert_eq!(places(&around).len(), 2);
    }
}
