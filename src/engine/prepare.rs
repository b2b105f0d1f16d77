use std::sync::Arc;

use super::broken::Broken;
use super::container::container_spec;
use super::lanes::Lane;
use super::launch::{write_launch_files, write_secrets};
use super::setting::{Context, blocking};
use super::steady::steady;
use super::{AttemptDirs, ContainerId};
use crate::domain::Node;

/// A container that exists and has not started.
pub(super) struct Prepared {
    pub attempt: u32,
    pub dirs: AttemptDirs,
    pub container: ContainerId,
}

/// Makes directories, secrets and the container.
pub(super) async fn prepare(
    context: &Arc<Context>,
    node: &Arc<Node>,
    attempt: u32,
    lane: &Lane,
    adopt: bool,
) -> Result<Prepared, Broken> {
    let (own, of) = (Arc::clone(context), Arc::clone(node));
    let (dirs, secrets) = blocking(move || {
        let dirs = own.rooms.store.begin(&of.id, attempt, adopt)?;
        write_launch_files(&own, &of, &dirs)?;
        Ok((dirs, write_secrets(&own, &of, attempt)?))
    })
    .await?;
    let containers = context.rooms.containers.as_ref();
    let patience = context.setting.patience;
    let network = steady(patience, || context.lanes.network(lane, containers)).await?;
    let spec = container_spec(context, node, attempt, &dirs, secrets, network)?;
    let container = steady(patience, || containers.create(&spec)).await?;
    Ok(Prepared { attempt, dirs, container })
}
