use crate::docker::{EngineInfo, labels};
use crate::domain::{
    EngineStatus, ImageState, ImageStatus, LocalStatus, Name, Project, ServiceState, ServiceStatus,
    VolumeStatus,
};
use crate::local::{self, LocalError, ServiceLook, Site, VolumeLook, image_tag};

/// The local environment as it stands, for people and machines.
pub async fn local_look(site: Site<'_>) -> Result<LocalStatus, LocalError> {
    let found = local::status(site).await?;
    Ok(LocalStatus {
        engine: engine(site.engine.info()),
        images: found.images.iter().map(|(name, state)| image(site.project, name, state)).collect(),
        services: found.services.into_iter().map(service).collect(),
        volumes: found.volumes.into_iter().map(volume).collect(),
    })
}

fn engine(info: &EngineInfo) -> EngineStatus {
    EngineStatus {
        kind: if info.podman { "Podman" } else { "Docker" },
        version: info.version.clone(),
        rootless: info.rootless,
        place: info.place.clone(),
        named_by: info.named_by.clone(),
        cpus: info.cpus,
        memory_bytes: info.memory,
        data_root: info.data_root.clone(),
        // A path of another machine is none here, and what is free above it says nothing.
        free_bytes: info.data_root.as_deref().filter(|path| path.exists()).and_then(local::doctor::free),
    }
}

fn image(project: &Project, name: &Name, state: &local::ImageState) -> ImageStatus {
    let (state, facts) = match state {
        local::ImageState::Absent => (ImageState::Absent, None),
        local::ImageState::Stale(facts) => (ImageState::Outdated, Some(facts)),
        local::ImageState::Current(facts) => (ImageState::Ready, Some(facts)),
    };
    let base = project.images.get(name).map(|image| image.base.clone()).unwrap_or_default();
    let origin = facts.and_then(|facts| facts.label(labels::BASE));
    ImageStatus {
        name: name.clone(),
        state,
        tag: image_tag(&project.name, name),
        base: origin.map_or_else(|| base.clone(), |origin| format!("{base}, {origin}")),
        bytes: facts.map(|facts| facts.size),
    }
}

fn service(look: ServiceLook) -> ServiceStatus {
    let (state, note) = match look.state {
        local::ServiceState::Up => (ServiceState::Up, String::new()),
        local::ServiceState::Starting(missing) => (ServiceState::Starting, missing),
        local::ServiceState::Exited(how) => (ServiceState::Exited, how),
        local::ServiceState::Down => (ServiceState::Down, String::new()),
    };
    let note = match (&look.elsewhere, look.orphaned, look.outdated) {
        (Some(folder), ..) => format!("of the project in {folder}"),
        (_, true, _) => "no longer in greenroom.yaml; local down removes it".to_owned(),
        (_, _, true) => "greenroom.yaml has changed; local up makes it anew".to_owned(),
        _ => note,
    };
    ServiceStatus { name: look.name, state, address: look.published, note, container: look.container }
}

fn volume(VolumeLook { name, made, services }: VolumeLook) -> VolumeStatus {
    VolumeStatus { name, made, services }
}
