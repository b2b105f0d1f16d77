use std::collections::HashMap;
use std::io;
use std::net::{Ipv4Addr, TcpListener};

use super::port_holder::{PortHolder, port_holder};
use super::up::{look, not_elsewhere};
use super::{LocalError, Site};
use crate::docker::{ContainerState, ServiceFacts};
use crate::domain::{Name, Service};

/// Refuses what would come to nothing after minutes of building: services of another folder's project of the same name,
/// and ports that somebody else holds.
pub async fn startable(site: Site<'_>) -> Result<(), LocalError> {
    let there = look(site).await?;
    for (name, service) in &site.project.services {
        there.get(name.as_str()).map_or(Ok(()), |facts| not_elsewhere(site, name, facts))?;
        port_is_free(site, name, service, &there).await?;
    }
    Ok(())
}

/// A port that one of the project's own services holds is given up by it before it is wanted again.
pub(super) async fn port_is_free(
    site: Site<'_>,
    name: &Name,
    service: &Service,
    there: &HashMap<String, ServiceFacts>,
) -> Result<(), LocalError> {
    let runs = |facts: &&ServiceFacts| matches!(facts.state, ContainerState::Running { .. });
    let own = there.values().filter(runs).flat_map(|facts| &facts.published);
    let is_own = |port: u16| {
        let published = own.clone().filter_map(|address| address.rsplit_once(':'));
        published.into_iter().any(|(_, held)| held.parse() == Ok(port))
    };
    let Some(port) = service.port.filter(|port| !is_own(*port)) else { return Ok(()) };
    // The ports of an engine on another machine are none of this one's.
    if !site.engine.info().place.starts_with("unix://") || !is_held(port) {
        return Ok(());
    }
    let PortHolder { told: holder, folder } = port_holder(site.engine, port).await;
    Err(LocalError::PortTaken { service: name.clone(), port, holder, folder })
}

fn is_held(port: u16) -> bool {
    let tried = TcpListener::bind((Ipv4Addr::LOCALHOST, port));
    tried.is_err_and(|error| error.kind() == io::ErrorKind::AddrInUse)
}
