use std::time::Duration;

use bollard::query_parameters::StatsOptionsBuilder;
use futures_util::StreamExt;
use tokio::time::timeout;

use super::Engine;
use crate::engine::ContainerId;

const ANSWER: Duration = Duration::from_secs(2);

impl Engine {
    /// What the kernel counted as the most (cgroup v1), else what is in use now (v2).
    pub(super) async fn memory_peak(&self, id: &ContainerId) -> Option<u64> {
        let options = StatsOptionsBuilder::default().stream(false).one_shot(true).build();
        let mut answer = Box::pin(self.docker.stats(&id.0, Some(options)));
        let stats = timeout(ANSWER, answer.next()).await.ok()??.ok()?.memory_stats?;
        stats.max_usage.or(stats.usage).filter(|bytes| *bytes > 0)
    }
}
