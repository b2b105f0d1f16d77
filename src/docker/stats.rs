use std::time::Duration;

use bollard::models::{ContainerCpuStats, ContainerMemoryStats, ContainerStatsResponse};
use bollard::query_parameters::StatsOptionsBuilder;
use futures_util::{Stream, StreamExt};
use tokio::time::timeout;

use super::Engine;
use super::error::DockerError;
use crate::domain::Usage;
use crate::engine::ContainerId;

const ANSWER: Duration = Duration::from_secs(2);

impl Engine {
    pub(super) async fn memory(&self, id: &ContainerId) -> Option<u64> {
        let options = StatsOptionsBuilder::default().stream(false).one_shot(true).build();
        let mut answer = Box::pin(self.docker.stats(&id.0, Some(options)));
        used(&timeout(ANSWER, answer.next()).await.ok()??.ok()?.memory_stats?)
    }

    /// What a container uses, by name or id: about once a second, as long as it runs.
    pub fn usage(&self, container: &str) -> impl Stream<Item = Result<Usage, DockerError>> + Send + use<> {
        let what = format!("measure {container}");
        let options = StatsOptionsBuilder::default().stream(true).build();
        let mut before = None;
        let measured = self.docker.stats(container, Some(options)).map(move |stats| match stats {
            Ok(stats) => Ok(measure(&stats, &mut before)),
            Err(error) => Err(DockerError::of(&what, error)),
        });
        // The engine goes on when the container has ended, and has nothing to tell.
        let ended = |reading: &Result<Reading, DockerError>| !matches!(reading, Ok(Reading::Ended));
        let told = |reading| async {
            match reading {
                Ok(Reading::Usage(usage)) => Some(Ok(usage)),
                Ok(Reading::First | Reading::Ended) => None,
                Err(error) => Some(Err(error)),
            }
        };
        measured.take_while(move |reading| std::future::ready(ended(reading))).filter_map(told).boxed()
    }
}

/// Without the cache of files, which the kernel takes back where memory is short: with it, a step that only writes a
/// file of 5 GB seems to need as much memory. So the kernel's own peak (cgroup v1), which holds the cache, says little.
fn used(memory: &ContainerMemoryStats) -> Option<u64> {
    let stats = memory.stats.as_ref();
    let of = |name: &str| {
        let stats = stats?;
        stats.get(&format!("total_{name}")).or_else(|| stats.get(name)).copied()
    };
    let cache = of("active_file").unwrap_or_default() + of("inactive_file").unwrap_or_default();
    Some(memory.usage?.saturating_sub(cache)).filter(|bytes| *bytes > 0)
}

/// One message of the engine.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Reading {
    /// There is nothing to compare it with yet.
    First,
    Usage(Usage),
    /// The container does not run.
    Ended,
}

/// What the container, and the whole machine, have computed so far, in nanoseconds of one core.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Work {
    own: u64,
    all: u64,
}

/// `before`: as of the last message. Not what the message itself says of the time before: Podman leaves it out.
fn measure(stats: &ContainerStatsResponse, before: &mut Option<Work>) -> Reading {
    let memory = stats.memory_stats.as_ref().and_then(used);
    let cpu = stats.cpu_stats.as_ref().and_then(|cpu| Some((cpu, work(cpu)?)));
    let (Some(memory), Some((cpu, now))) = (memory, cpu) else { return Reading::Ended };
    let Some(then) = before.replace(now) else { return Reading::First };
    let all = now.all.saturating_sub(then.all).max(1) as f64;
    let share = now.own.saturating_sub(then.own) as f64 / all;
    let cores = share * f64::from(cpu.online_cpus.unwrap_or(1).max(1));
    Reading::Usage(Usage { cores, memory })
}

fn work(cpu: &ContainerCpuStats) -> Option<Work> {
    Some(Work { own: cpu.cpu_usage.as_ref()?.total_usage?, all: cpu.system_cpu_usage? })
}

#[cfg(test)]
mod tests {
    use bollard::models::ContainerCpuUsage;

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
        assert_eq!(used(&memory(&[("active_file", 30), ("inactive_file", 50)])), Some(20));
        let first_version = [("total_active_file", 30), ("total_inactive_file", 50), ("active_file", 1)];
        assert_eq!(used(&memory(&first_version)), Some(20));
        assert_eq!(used(&memory(&[])), Some(100));
        assert_eq!(used(&ContainerMemoryStats::default()), None);
    }
    fn stats(own: u64, all: u64) -> ContainerStatsResponse {
        let cpu_usage = Some(ContainerCpuUsage { total_usage: Some(own), ..Default::default() });
        ContainerStatsResponse {
            cpu_stats: Some(ContainerCpuStats {
                cpu_usage,
                system_cpu_usage: Some(all),
                online_cpus: Some(2),
                ..Default::default()
            }),
            memory_stats: Some(memory(&[])),
            ..Default::default()
        }
    }

    #[test]
    fn work_is_told_in_cores_from_one_message_to_the_next() {
        let mut before = None;
        assert_eq!(measure(&stats(1_000, 10_000), &mut before), Reading::First);
        let Reading::Usage(usage) = measure(&stats(2_500, 12_000), &mut before) else { panic!("no usage") };
        assert_eq!((usage.cores, usage.memory), (1.5, 100));
        let Reading::Usage(usage) = measure(&stats(2_500, 12_000), &mut before) else { panic!("no usage") };
        assert_eq!(usage.cores, 0.0, "two messages of one moment");
        assert_eq!(measure(&ContainerStatsResponse::default(), &mut before), Reading::Ended);
    }
}
