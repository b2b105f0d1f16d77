use futures_util::future::try_join_all;

use super::service::GRACE;
use super::{Event, LocalError, Progress, Site, network_name};
use crate::docker::NetworkEnd;

/// What `down` did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Downed {
    /// Services that were removed.
    pub services: Vec<String>,
    /// Volumes that were removed with their data.
    pub volumes: Vec<String>,
    /// The network was removed.
    pub network: bool,
    /// Containers of runs and shells that go on, on the network, which therefore stays.
    pub at_work: Vec<String>,
}

/// Removes the project's services, also those that `greenroom.yaml` does not name any more, and its network; with
/// `volumes` their data. Containers of runs are left alone. A second time there is nothing to do.
pub async fn down(site: Site<'_>, volumes: bool, progress: &dyn Progress) -> Result<Downed, LocalError> {
    let project = site.project.name.as_str();
    let services = site.engine.services(project).await?;
    let mut downed = Downed {
        services: services.iter().map(|facts| facts.service.clone()).collect(),
        ..Downed::default()
    };
    if !services.is_empty() {
        progress.report(Event::Started { what: format!("stopping {}", downed.services.join(", ")) });
        try_join_all(services.iter().map(|facts| site.engine.remove_service(&facts.id, GRACE))).await?;
        progress.report(Event::Done);
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
