use std::time::Duration;

use camino::Utf8Path;
use indexmap::IndexMap;

use super::keys::sum;
use super::{LocalError, Site, network_name};
use crate::docker::{ServiceFacts, ServiceSpec, labels};
use crate::domain::{Digest, Name, Ready, Service};

/// Between a service's SIGTERM and its SIGKILL.
pub(super) const GRACE: Duration = Duration::from_secs(10);

pub fn service_container(project: &Name, service: &Name) -> String {
    format!("greenroom-{project}-service-{service}")
}

pub(super) fn volume_name(project: &Name, volume: &Name) -> String {
    format!("greenroom-{project}-{volume}")
}

/// What counts as answering. A service that publishes a port and says nothing else is up when that port answers.
pub(super) fn ready(service: &Service) -> Option<Ready> {
    service.ready.clone().or(service.port.map(Ready::Tcp))
}

pub(super) fn declared<'a>(site: Site<'a>, name: &Name) -> Result<&'a Service, LocalError> {
    site.project.services.get(name).ok_or_else(|| LocalError::UnknownService(name.clone()))
}

/// The folder of another project of the same name whose service this is: it is left alone. A folder that is gone, or
/// has moved, owns nothing any more.
pub(super) fn elsewhere<'a>(site: Site<'_>, facts: &'a ServiceFacts) -> Option<&'a Utf8Path> {
    let folder = Utf8Path::new(&facts.folder);
    let another = !facts.folder.is_empty() && folder != site.root;
    // What may not be looked into may well be there.
    let there = || folder.join("greenroom.yaml").as_std_path().try_exists().unwrap_or(true);
    (another && there()).then_some(folder)
}

/// `image`: an id, so that a rebuilt image makes the service anew.
pub(super) fn service_spec(site: Site<'_>, name: &Name, service: &Service, image: &str) -> ServiceSpec {
    let project = &site.project.name;
    let labels = [
        (labels::PROJECT, project.to_string()),
        (labels::SERVICE, name.to_string()),
        (labels::FOLDER, site.root.to_string()),
        (labels::KEY, key(site, service, image).to_string()),
    ];
    ServiceSpec {
        name: service_container(project, name),
        alias: name.to_string(),
        image: image.to_owned(),
        command: service.command.clone(),
        env: service.env.iter().map(|(name, value)| (name.clone(), value.clone())).collect(),
        port: service.port,
        volumes: service
            .volumes
            .iter()
            .map(|(volume, target)| (volume_name(project, volume), target.clone()))
            .collect(),
        labels: labels.into_iter().map(|(name, value)| (name.to_owned(), value)).collect::<IndexMap<_, _>>(),
        network: network_name(project),
        certificates: site.certificates.map(super::Bundle::for_containers),
    }
}

/// What a service's container is made of. How it gets ready is no part of it: that changes no container.
pub(super) fn key(site: Site<'_>, service: &Service, image: &str) -> Digest {
    let pairs = |pairs: Vec<(&str, &str)>| {
        let flat: Vec<&str> = pairs.into_iter().flat_map(|(a, b)| [a, b]).collect();
        sum(&flat)
    };
    let command: Vec<&str> = service.command.iter().map(String::as_str).collect();
    let env = pairs(service.env.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect());
    let volumes = pairs(service.volumes.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect());
    let port = service.port.map(|port| port.to_string()).unwrap_or_default();
    let certificates = site.certificates.map_or("", |bundle| bundle.digest.as_str());
    sum(&["service 1", image, sum(&command).as_str(), env.as_str(), volumes.as_str(), &port, certificates])
}
