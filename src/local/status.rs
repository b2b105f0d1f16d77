use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};

use super::image::{ImageState, image_state};
use super::probe::probe;
use super::service::{elsewhere, key, ready, volume_name};
use super::{LocalError, Site};
use crate::docker::{ContainerState, DockerError, ServiceFacts};
use crate::domain::{Name, Project, Service};

/// How a service stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServiceState {
    /// Answers.
    Up,
    /// Runs and does not answer yet; what is missing.
    Starting(String),
    /// Ended by itself; how.
    Exited(String),
    Down,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceLook {
    /// As the project names it, or once did.
    pub name: Name,
    pub state: ServiceState,
    /// `127.0.0.1:9023`
    pub published: Option<String>,
    /// The project says otherwise now; `up` makes it anew.
    pub outdated: bool,
    /// The folder of another project of the same name that has started it.
    pub elsewhere: Option<Utf8PathBuf>,
    /// `greenroom.yaml` does not name it any more; `down` removes it.
    pub orphaned: bool,
    /// Its container's id.
    pub container: Option<String>,
}

/// What keeps a service's data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VolumeLook {
    /// As the engine knows it.
    pub name: String,
    pub made: bool,
    /// Services that have it, as the project says now.
    pub services: Vec<Name>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    pub images: Vec<(Name, ImageState)>,
    pub services: Vec<ServiceLook>,
    pub volumes: Vec<VolumeLook>,
}

/// The project's images, services and volumes as they stand on the engine; changes nothing.
pub async fn status(site: Site<'_>) -> Result<Status, LocalError> {
    let mut images = Vec::new();
    for name in site.project.images.keys() {
        images.push((name.clone(), image_state(site, name).await?));
    }
    let there = site.engine.services(site.project.name.as_str()).await?;
    let mut services = Vec::new();
    for (name, service) in &site.project.services {
        let facts = there.iter().find(|facts| facts.service == name.as_str());
        services.push(look(site, name, service, facts).await?);
    }
    for facts in &there {
        // A label that is no name is none of ours.
        let Ok(name) = Name::new(&facts.service) else { continue };
        if !site.project.services.contains_key(&name) {
            let state = match &facts.state {
                ContainerState::Running { .. } => ServiceState::Up,
                other => ended(other),
            };
            services.push(ServiceLook {
                name,
                state,
                published: facts.published.first().cloned(),
                outdated: false,
                elsewhere: elsewhere(site, facts).map(Utf8Path::to_owned),
                orphaned: true,
                container: Some(facts.id.0.clone()),
            });
        }
    }
    let volumes = volumes(site.project, site.engine.volumes(site.project.name.as_str()).await?);
    Ok(Status { images, services, volumes })
}

/// Those that the engine has, by name, and those that services will want.
fn volumes(project: &Project, made: Vec<String>) -> Vec<VolumeLook> {
    let there = made.into_iter().map(|name| (name, (true, Vec::new())));
    let mut volumes: BTreeMap<String, (bool, Vec<Name>)> = there.collect();
    for (name, service) in &project.services {
        for volume in service.volumes.keys() {
            volumes.entry(volume_name(&project.name, volume)).or_default().1.push(name.clone());
        }
    }
    let look = |(name, (made, services))| VolumeLook { name, made, services };
    volumes.into_iter().map(look).collect()
}

async fn look(
    site: Site<'_>,
    name: &Name,
    service: &Service,
    facts: Option<&ServiceFacts>,
) -> Result<ServiceLook, LocalError> {
    let mut look = ServiceLook {
        name: name.clone(),
        state: ServiceState::Down,
        published: None,
        outdated: false,
        elsewhere: None,
        orphaned: false,
        container: None,
    };
    let Some(facts) = facts else { return Ok(look) };
    look.container = Some(facts.id.0.clone());
    look.elsewhere = elsewhere(site, facts).map(Utf8Path::to_owned);
    let image = match image_state(site, &service.image).await? {
        ImageState::Absent => None,
        ImageState::Stale(image) | ImageState::Current(image) => Some(image),
    };
    look.outdated = image.is_none_or(|image| key(site, service, &image.id).as_str() != facts.key);
    look.published = facts.published.first().cloned();
    look.state = match (&facts.state, ready(service)) {
        (ContainerState::Running { .. }, None) => ServiceState::Up,
        (ContainerState::Running { .. }, Some(ready)) => {
            match probe(site.engine, facts, service.port, &ready).await {
                Ok(None) => ServiceState::Up,
                Ok(Some(missing)) => ServiceState::Starting(missing),
                Err(DockerError::Refused { message, .. }) => ServiceState::Starting(message),
                Err(error) => return Err(error.into()),
            }
        }
        (other, _) => ended(other),
    };
    Ok(look)
}

fn ended(state: &ContainerState) -> ServiceState {
    match state {
        ContainerState::Exited(exit) => ServiceState::Exited(format!("exit code {}", exit.code)),
        _ => ServiceState::Down,
    }
}
