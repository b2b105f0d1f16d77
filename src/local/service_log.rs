use futures_util::stream::BoxStream;
use futures_util::{StreamExt, TryStreamExt};

use super::service::{declared, elsewhere, service_container};
use super::{LocalError, Site};
use crate::docker::Frame;
use crate::domain::Name;

/// What a service wrote, all of it or its last `tail` lines, and with `follow` what it goes on to write. The frames hold what it wrote, as it wrote it.
pub async fn service_log(
    site: Site<'_>,
    name: &Name,
    tail: Option<usize>,
    follow: bool,
) -> Result<BoxStream<'static, Result<Frame, LocalError>>, LocalError> {
    declared(site, name)?;
    let container = service_container(&site.project.name, name);
    let Some(facts) = site.engine.service(&container).await? else {
        return Err(LocalError::ServiceDown(name.clone()));
    };
    if let Some(folder) = elsewhere(site, &facts) {
        return Err(LocalError::Elsewhere { service: name.clone(), folder: folder.to_owned() });
    }
    Ok(site.engine.service_log(&container, tail, follow).map_err(LocalError::from).boxed())
}
