use std::time::Duration;

use bollard::models::ContainerMemoryStats;
use bollard::query_parameters::StatsOptionsBuilder;
use futures_util::StreamExt;
use tokio::time::timeout;

use super::Engine;
use crate::engine::ContainerId;

const ANSWER: Duration = Duration::from_secs(2);

impl Engine {
    pub(super) async fn memory(&self, id: &ContainerId) -> Option<u64> {
        let options = StatsOptionsBuilder::default().stream(false).one_shot(true).build();
        let mut answer = Box::pin(self.docker.stats(&id.0, Some(options)));
        used(timeout(ANSWER, answer.next()).await.ok()??.ok()?.memory_stats?)
    }
}

/// Without the cache of files, which the kernel takes back where memory is short: with it, a step that only writes a
/// file of 5 GB seems to need as much memory. So the kernel's own peak (cgroup v1), which holds the cache, says little.
fn used(memory: ContainerMemoryStats) -> Option<u64> {
    let stats = memory.stats.unwrap_or_default();
    let of = |name: &str| stats.get(&format!("total_{name}")).or_else(|| stats.get(name)).copied();
    let cache = of("active_file").unwrap_or_default() + of("inactive_file").unwrap_or_default();
    Some(memory.usage?.saturating_sub(cache)).filter(|bytes| *bytes > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn memory(stats: &[(&str, u64)]) -> ContainerMemoryStats {
        let stats = stats.iter().map(|(name, bytes)| ((*name).to_owned(), *bytes)).collect();
        ContainerMemoryStats {
            usage: Some(100),
            max_usage: Some(900),
            stats: Some(stats),
            ..Default::default()
        }
    }

    #[test]
    fn the_cache_of_files_is_no_need_for_memory() {
        assert_eq!(used(memory(&[("active_file", 30), ("inactive_file", 50)])), Some(20));
        let first_version = [("total_active_file", 30), ("total_inactive_file", 50), ("active_file", 1)];
        assert_eq!(used(memory(&first_version)), Some(20));
        assert_eq!(used(memory(&[])), Some(100));
        assert_eq!(used(ContainerMemoryStats::default()), None);
    }
}
