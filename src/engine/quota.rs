use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::setting::Context;
use crate::domain::{Node, Storage};

const LEAST_PAUSE: Duration = Duration::from_millis(500);

/// Of the time, a tenth is spent on looking at most: an attempt may leave a hundred thousand files.
const REST: u32 = 10;

/// How much an attempt has on disk, where that is more than its limit.
pub(super) async fn over_quota(context: &Arc<Context>, node: &Node, attempt: u32) -> Option<Storage> {
    let limit = node.resources.limits.ephemeral_storage?;
    let (store, id) = (Arc::clone(&context.rooms.store), node.id.clone());
    let used = tokio::task::spawn_blocking(move || store.usage(&id, attempt)).await.ok()?;
    (used > limit.0).then_some(Storage(used))
}

/// The same, looked at again and again while a container runs. Never answers for an attempt without a limit.
pub(super) async fn until_over_quota(context: &Arc<Context>, node: &Node, attempt: u32) -> Storage {
    if node.resources.limits.ephemeral_storage.is_none() {
        return std::future::pending().await;
    }
    loop {
        let began = Instant::now();
        if let Some(used) = over_quota(context, node, attempt).await {
            return used;
        }
        sleep(LEAST_PAUSE.max(began.elapsed() * REST)).await;
    }
}
