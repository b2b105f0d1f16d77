use super::service::{GRACE, declared};
use super::up::{launch, look, not_elsewhere};
use super::{Event, LocalError, Progress, READY_WITHIN, Site, Upped, build};
use crate::domain::Name;

/// Makes one service anew, as the project has it now, and waits until it answers; its volumes stay. One that is down is
/// started.
pub async fn restart(site: Site<'_>, name: &Name, progress: &dyn Progress) -> Result<Upped, LocalError> {
    let service = declared(site, name)?;
    // An image that cannot be built leaves the service as it is.
    build(site, std::slice::from_ref(&service.image), progress).await?;
    let mut there = look(site).await?;
    if let Some(old) = there.remove(name.as_str()) {
        not_elsewhere(site, name, &old)?;
        progress.report(Event::Started { what: format!("stopping {name}") });
        site.engine.remove_service(&old.id, GRACE).await?;
        progress.report(Event::Done);
    }
    let upped = launch(site, &[name], &there, READY_WITHIN, progress).await?;
    upped.into_iter().next().ok_or_else(|| LocalError::ServiceDown(name.clone()))
}
