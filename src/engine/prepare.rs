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
) -> Result<Prepared, Broken> {
    let (own, of) = (Arc::clone(context), Arc::clone(node));
    let (dirs, secrets) = blocking(move || {
        let dirs = own.rooms.store.begin(&of.id, attempt, false)?;
        write_launch_files(&own.plan, &own.setting, &of, &dirs)?;
        Ok((dirs, write_secrets(&own.setting, &of, attempt)?))
    })
    .await?;
    let containers = context.rooms.containers.as_ref();
    let patience = context.setting.patience;
    let network = steady(patience, || context.lanes.network(lane, containers)).await?;
    let spec = container_spec(context, node, attempt, &dirs, secrets, network)?;
    // Starting a namespace takes ten times as long as making a container. Neither is let go in the middle: an engine
    // may undo what nobody waits for.
    let (container, opened) = tokio::join!(
        steady(patience, || containers.create(&spec)),
        steady(patience, || context.lanes.open(lane, containers)),
    );
    let container = container?;
    if let Err(refusal) = opened {
        // Whoever tries again in another lane would find it by its name, and it cannot leave this one.
        steady(patience, || containers.remove(&container)).await?;
        return Err(refusal.into());
    }
    Ok(Prepared { attempt, dirs, container })
}
