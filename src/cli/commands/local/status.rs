use super::Local;
use crate::cli::local_error::local_error;
use crate::cli::report::{ImageState, ImageStatus, LocalStatus, ServiceState, ServiceStatus, local_status};
use crate::cli::{Exit, UserError};
use crate::docker::{EngineInfo, labels};
use crate::domain::{Name, Project};
use crate::local::{self, ServiceLook, image_tag};

pub async fn run(local: &Local<'_>) -> Result<Exit, UserError> {
    let found = local::status(local.site)
        .await
        .map_err(|error| local_error(&error, local.site.project, local.invocation))?;
    let images = found.images.iter().map(|(name, state)| image(local.site.project, name, state));
    let status = LocalStatus {
        engine: engine(local.machine.engine.info()),
        images: images.collect(),
        services: found.services.into_iter().map(service).collect(),
    };
    local.output.either(&status, |look| local_status(&status, local.invocation, look))?;
    Ok(Exit::Done)
}

fn engine(info: &EngineInfo) -> String {
    let kind = if info.podman { "Podman" } else { "Docker" };
    let rootless = if info.rootless { ", rootless" } else { "" };
    format!("{kind} {}{rootless} at {}", info.version, info.place)
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
    ServiceStatus { name: look.name, state, address: look.published, note }
}
