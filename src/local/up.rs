use std::collections::HashMap;
use std::time::Duration;

use futures_util::future::{join_all, try_join_all};
use tokio::time::{Instant, sleep};

use super::last_lines::last_lines;
use super::port_holder::{PortHolder, port_holder};
use super::ports::port_is_free;
use super::probe::probe;
use super::service::{GRACE, elsewhere, key, ready, service_spec, volume_name};
use super::{Event, LocalError, Progress, Site, build, network_name};
use crate::docker::{ContainerId, ContainerState, DockerError, ServiceFacts};
use crate::domain::{Name, Service};

/// How long a service may take to answer.
pub const READY_WITHIN: Duration = Duration::from_secs(120);
const PAUSE: Duration = Duration::from_millis(100);
/// A service of which nobody knows when it is ready is taken as up when it has lived this long.
const SETTLED: Duration = Duration::from_secs(1);

/// A service that answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upped {
    pub name: Name,
    /// False: it was up already.
    pub started: bool,
    /// `127.0.0.1:9023`
    pub address: Option<String>,
}

/// Makes every service of the project answer: builds their images if need be, makes network and volumes, starts what
/// does not run, makes anew what the project says otherwise now. What runs stays as it is, and what another folder's
/// project of the same name has started is refused.
pub async fn up(site: Site<'_>, progress: &dyn Progress) -> Result<Vec<Upped>, LocalError> {
    up_within(site, READY_WITHIN, progress).await
}

pub async fn up_within(
    site: Site<'_>,
    limit: Duration,
    progress: &dyn Progress,
) -> Result<Vec<Upped>, LocalError> {
    let there = look(site).await?;
    launch(site, &site.project.services.keys().collect::<Vec<_>>(), &there, limit, progress).await
}

/// Makes those of these services answer that do not run, as the project has them now. What runs stays as it is even where
/// the project says otherwise now: steps may be talking to it.
pub async fn up_missing(
    site: Site<'_>,
    wanted: &[Name],
    progress: &dyn Progress,
) -> Result<Vec<Upped>, LocalError> {
    let there = look(site).await?;
    let wanted: Vec<_> = site.project.services.iter().filter(|(name, _)| wanted.contains(name)).collect();
    let (mut down, mut running) = (Vec::new(), Vec::new());
    for (name, service) in wanted {
        let Some(facts) = there.get(name.as_str()) else {
            down.push(name);
            continue;
        };
        not_elsewhere(site, name, facts)?;
        if !matches!(facts.state, ContainerState::Running { .. }) {
            down.push(name);
            continue;
        }
        running.push((Launch { site, name, service, image: "", there: Some(facts) }, &facts.id));
    }
    // One that does not answer keeps no other from being started.
    let mut upped = launch(site, &down, &there, READY_WITHIN, progress).await?;
    for (launch, id) in running {
        let name = launch.name.clone();
        progress.report(Event::Started { what: format!("waiting for {name}") });
        let address = launch.answers(id, READY_WITHIN).await?.published.into_iter().next();
        progress.report(Event::Done);
        upped.push(Upped { name, started: false, address });
    }
    Ok(upped)
}

pub(super) fn not_elsewhere(site: Site<'_>, name: &Name, facts: &ServiceFacts) -> Result<(), LocalError> {
    match elsewhere(site, facts) {
        Some(folder) => Err(LocalError::Elsewhere { service: name.clone(), folder: folder.to_owned() }),
        None => Ok(()),
    }
}

/// The project's containers by their services' names, and the network that they need.
pub(super) async fn look(site: Site<'_>) -> Result<HashMap<String, ServiceFacts>, LocalError> {
    let project = site.project.name.as_str();
    site.engine.remove_abandoned().await;
    site.engine.ensure_network(&network_name(&site.project.name), project).await?;
    if site.project.services.is_empty() {
        return Ok(HashMap::new());
    }
    let there = site.engine.services(project).await?;
    Ok(there.into_iter().map(|facts| (facts.service.clone(), facts)).collect())
}

pub(super) async fn launch(
    site: Site<'_>,
    names: &[&Name],
    there: &HashMap<String, ServiceFacts>,
    limit: Duration,
    progress: &dyn Progress,
) -> Result<Vec<Upped>, LocalError> {
    let services: Vec<(&Name, &Service)> =
        site.project.services.iter().filter(|(name, _)| names.contains(name)).collect();
    if services.is_empty() {
        return Ok(Vec::new());
    }
    for (name, _) in &services {
        there.get(name.as_str()).map_or(Ok(()), |facts| not_elsewhere(site, name, facts))?;
    }
    for (name, service) in &services {
        port_is_free(site, name, service, there).await?;
    }
    let mut images: Vec<Name> = services.iter().map(|(_, service)| service.image.clone()).collect();
    images.sort();
    images.dedup();
    let built = build(site, &images, progress).await?;
    let ids: HashMap<Name, String> = built.into_iter().map(|image| (image.name, image.id)).collect();
    let mut launches = Vec::new();
    for (name, service) in services {
        let image = ids.get(&service.image).ok_or_else(|| LocalError::UnknownImage(service.image.clone()))?;
        launches.push(Launch { site, name, service, image, there: there.get(name.as_str()) });
    }
    let starting: Vec<&str> =
        launches.iter().filter(|launch| !launch.stays()).map(|launch| launch.name.as_str()).collect();
    if !starting.is_empty() {
        progress.report(Event::Started { what: format!("starting {}", starting.join(", ")) });
    }
    // One that fails must not leave the others half made: each gets to its end.
    let upped = join_all(launches.iter().map(|launch| launch.up(limit, progress))).await;
    let upped = upped.into_iter().collect::<Result<Vec<_>, _>>()?;
    if !starting.is_empty() {
        progress.report(Event::Done);
    }
    Ok(upped)
}

struct Launch<'a> {
    site: Site<'a>,
    name: &'a Name,
    service: &'a Service,
    image: &'a str,
    there: Option<&'a ServiceFacts>,
}

impl Launch<'_> {
    fn stays(&self) -> bool {
        let wanted = key(self.site, self.service, self.image);
        self.there.is_some_and(|facts| {
            facts.key == wanted.as_str() && matches!(facts.state, ContainerState::Running { .. })
        })
    }

    async fn up(&self, limit: Duration, progress: &dyn Progress) -> Result<Upped, LocalError> {
        let (id, started) = match self.there {
            Some(facts) if self.stays() => (facts.id.clone(), false),
            other => {
                if let Some(old) = other {
                    self.site.engine.remove_service(&old.id, GRACE).await?;
                }
                (self.start().await?, true)
            }
        };
        let facts = self.answers(&id, limit).await?;
        if started {
            progress.report(Event::Line(format!("{} is ready", self.name)));
        }
        Ok(Upped { name: self.name.clone(), started, address: facts.published.into_iter().next() })
    }

    async fn start(&self) -> Result<ContainerId, LocalError> {
        let project = &self.site.project.name;
        let volumes: Vec<String> =
            self.service.volumes.keys().map(|volume| volume_name(project, volume)).collect();
        try_join_all(volumes.iter().map(|volume| self.site.engine.ensure_volume(volume, project.as_str())))
            .await?;
        let spec = service_spec(self.site, self.name, self.service, self.image);
        let started = self.site.engine.start_service(&spec).await;
        match (started, self.service.port) {
            (Err(DockerError::Refused { message, .. }), Some(port)) if port_is_taken(&message) => {
                let PortHolder { told: holder, folder } = port_holder(self.site.engine, port).await;
                Err(LocalError::PortTaken { service: self.name.clone(), port, holder, folder })
            }
            (started, _) => Ok(started?),
        }
    }

    /// Waits until it does; an end, and the limit, are told with the last lines it wrote.
    async fn answers(&self, id: &ContainerId, limit: Duration) -> Result<ServiceFacts, LocalError> {
        let engine = self.site.engine;
        let since = Instant::now();
        let mut missing = String::new();
        loop {
            let facts = engine.service(&id.0).await?;
            let state = facts.as_ref().map_or(&ContainerState::Gone, |facts| &facts.state);
            let how = match state {
                ContainerState::Running { started_at } => match (facts.as_ref(), ready(self.service)) {
                    (Some(facts), Some(ready)) => {
                        // A container that ends meanwhile cannot be asked; its end is seen the next time.
                        match probe(engine, facts, self.service.port, &ready).await {
                            Ok(None) => return Ok(facts.clone()),
                            Ok(Some(problem)) => missing = problem,
                            Err(DockerError::Refused { message, .. }) => missing = message,
                            Err(DockerError::NotFound(_)) => {}
                            Err(error) => return Err(error.into()),
                        }
                        None
                    }
                    (Some(facts), None) => {
                        let lived = jiff::Timestamp::now().duration_since(*started_at).unsigned_abs();
                        if lived >= SETTLED {
                            return Ok(facts.clone());
                        }
                        None
                    }
                    (None, _) => None,
                },
                ContainerState::Created => None,
                ContainerState::Exited(exit) if exit.oom_killed => Some("out of memory".to_owned()),
                ContainerState::Exited(exit) => Some(format!("exit code {}", exit.code)),
                ContainerState::Gone => Some("its container is gone".to_owned()),
            };
            let last = || last_lines(engine, &id.0);
            if let Some(how) = how {
                let service = self.name.clone();
                return Err(LocalError::ServiceEnded { service, how, last_lines: last().await });
            }
            if since.elapsed() >= limit {
                return Err(LocalError::NotReady {
                    service: self.name.clone(),
                    seconds: limit.as_secs(),
                    waited_for: missing,
                    last_lines: last().await,
                });
            }
            sleep(PAUSE).await;
        }
    }
}

/// As Docker and Podman say it.
fn port_is_taken(message: &str) -> bool {
    let message = message.to_ascii_lowercase();
    ["already allocated", "address already in use", "port is already"]
        .iter()
        .any(|sign| message.contains(sign))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_port_is_told_from_other_troubles() {
        for taken in [
            "driver failed programming external connectivity on endpoint x: Bind for 127.0.0.1:9023 failed: port is \
             already allocated",
            "Error starting userland proxy: listen tcp4 127.0.0.1:9023: bind: address already in use",
            "rootlessport listen tcp 127.0.0.1:9023: bind: address already in use",
        ] {
            assert!(port_is_taken(taken), "{taken}");
        }
        assert!(!port_is_taken("OCI runtime create failed: executable file not found in $PATH"));
    }
}
