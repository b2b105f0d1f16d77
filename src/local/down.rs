use camino::Utf8PathBuf;
use futures_util::future::try_join_all;

use super::service::{GRACE, elsewhere};
use super::{Event, LocalError, Progress, Site, network_name};
use crate::docker::{NetworkEnd, ServiceFacts};

/// What `down` did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Downed {
    /// Services that were removed.
    pub services: Vec<String>,
    /// Volumes that were removed with their data.
    pub volumes: Vec<String>,
    /// The network was removed.
    pub network: bool,
    /// Services that a project of the same name in another folder has started, and its folder; they stay.
    pub elsewhere: Vec<(String, Utf8PathBuf)>,
    /// Containers of runs and shells that go on, on the network, which therefore stays.
    pub at_work: Vec<String>,
}

/// Removes the services that this folder's project has started, also those that `greenroom.yaml` does not name any more, and its network; with
/// `volumes` their data. Containers of runs are left alone, and so is all that services of another folder's project of
/// the same name use. A second time there is nothing to do.
pub async fn down(site: Site<'_>, volumes: bool, progress: &dyn Progress) -> Result<Downed, LocalError> {
    let project = site.project.name.as_str();
    site.engine.remove_abandoned().await;
    let mut services = site.engine.services(project).await?;
    let others = |facts: &ServiceFacts| Some((facts.service.clone(), elsewhere(site, facts)?.to_owned()));
    let others: Vec<_> = services.iter().filter_map(others).collect();
    services.retain(|facts| elsewhere(site, facts).is_none());
    let mut downed = Downed {
        services: services.iter().map(|facts| facts.service.clone()).collect(),
        elsewhere: others,
        ..Downed::default()
    };
    if !services.is_empty() {
        progress.report(Event::Started { what: format!("stopping {}", downed.services.join(", ")) });
        try_join_all(services.iter().map(|facts| site.engine.remove_service(&facts.id, GRACE))).await?;
        progress.report(Event::Done);
    }
    if !downed.elsewhere.is_empty() {
        return Ok(downed);
    }
    if volumes {
        downed.volumes = site.engine.volumes(project).await?;
        try_join_all(downed.volumes.iter().map(|volume| site.engine.remove_volume(volume))).await?;
    }
    downed.at_work = site.engine.at_work(project).await?;
    // A container that was created for later finds the network by its name, so this one must not go before.
    if downed.at_work.is_empty() {
        match site.engine.remove_networks(&network_name(&site.project.name)).await? {
            NetworkEnd::Removed => downed.network = true,
            NetworkEnd::Absent => {}
            NetworkEnd::InUse => downed.at_work = vec!["a container that is not Greenroom's".to_owned()],
        }
    }
    Ok(downed)
}
