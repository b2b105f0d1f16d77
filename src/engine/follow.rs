use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use jiff::SignedDuration;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, sleep_until};

use super::prepare::Prepared;
use super::quota::until_over_quota;
use super::setting::{Context, blocking};
use super::steady::steady;
use super::stopping::Stopping;
use super::{ContainerId, ContainerState, Containers, ContainersError, Exit, Stop};
use crate::domain::{Node, NodeId, Storage};

/// The life of which too little is seen to say what the most memory was: of 195 MiB, 2 were told.
const WATCHABLE: SignedDuration = SignedDuration::from_secs(1);

/// How following a container came to its end.
#[derive(Default)]
pub(super) struct Followed {
    /// None: the engine has it no more.
    pub exit: Option<Exit>,
    /// Why it was asked to end.
    pub stopping: Option<Stopping>,
    /// An earlier life of the run cancelled it, and this one did not.
    pub cut: bool,
    pub peak_memory_bytes: Option<u64>,
    /// It had ended before this life of the run could ask it to: a stop comes too late for it.
    pub over: bool,
    /// It tells secrets that nobody knows any more, and so cannot mask.
    pub unmasked: bool,
}

/// Waits for a started container: to its end, its deadline, its fill of the disk, or the run's stop. `asked`: when this
/// life of the run asked for its start; None if an earlier one did.
pub(super) async fn follow(
    context: &Arc<Context>,
    node: &Node,
    prepared: &Prepared,
    limit: Option<Duration>,
    asked: Option<Instant>,
) -> Result<Followed, ContainersError> {
    let id = &prepared.container;
    let containers = Arc::clone(&context.rooms.containers);
    let peak = Peak::default();
    let memory = tokio::spawn(watch_memory(Arc::clone(&containers), id.clone(), peak.clone()));
    let deadline = deadline(context, id, limit, asked).await;
    let mut stop = context.stop.clone();
    let mut said = Stop::No;
    let (of, attempt) = (node.id.clone(), prepared.attempt);
    let earlier = match asked {
        Some(_) => None,
        None => Stopping::noted(context, &of, attempt),
    };
    let end = |why: Stopping, grace: Duration| end(context, id, &of, attempt, why, grace);
    // Who asked it may have been killed before the engine heard of it.
    match earlier {
        Some(why @ (Stopping::Cancelled | Stopping::TimedOut)) => end(why, context.setting.grace),
        Some(why @ Stopping::OverQuota(_)) => end(why, Duration::ZERO),
        None => {}
    }
    let mut stopping = earlier;
    let over = asked.is_none()
        && earlier.is_none()
        && matches!(containers.state(id).await, Ok(ContainerState::Exited(_)));
    let state = {
        let wait = containers.wait(id);
        let full = until_over_quota(context, node, prepared.attempt);
        tokio::pin!(wait, full);
        loop {
            tokio::select! {
                state = &mut wait => break state,
                () = until(deadline), if stopping.is_none() => {
                    stopping = Some(Stopping::TimedOut);
                    end(Stopping::TimedOut, context.setting.grace);
                }
                Storage(used) = &mut full, if stopping.is_none() => {
                    let why = Stopping::OverQuota(used);
                    stopping = Some(why);
                    // Whatever it did with more time, it would do on the disk.
                    end(why, Duration::ZERO);
                }
                asked = louder(&mut stop, said), if !over => {
                    said = asked;
                    stopping = Some(Stopping::Cancelled);
                    let grace = if asked == Stop::AtOnce { Duration::ZERO } else { context.setting.grace };
                    end(Stopping::Cancelled, grace);
                }
            }
        }
    };
    memory.abort();
    let exit = match state? {
        ContainerState::Exited(exit) => Some(exit),
        ContainerState::Gone | ContainerState::Created | ContainerState::Running { .. } => None,
    };
    let long =
        exit.as_ref().is_some_and(|exit| exit.finished_at.duration_since(exit.started_at) >= WATCHABLE);
    // Of one that an earlier life of the run started, nobody has seen it all.
    let peak_memory_bytes = peak.seen().filter(|_| long && asked.is_some());
    let cut = said == Stop::No && earlier == Some(Stopping::Cancelled);
    Ok(Followed { exit, stopping, cut, peak_memory_bytes, over, unmasked: false })
}

/// A timeout counts from the engine's own start time: what this machine did before is not the step's fault. Nor is a
/// clock that was set in between, where there is a better one.
async fn deadline(
    context: &Context,
    id: &ContainerId,
    limit: Option<Duration>,
    asked: Option<Instant>,
) -> Option<Instant> {
    let limit = limit?;
    let ago = match context.rooms.containers.state(id).await {
        Ok(ContainerState::Running { started_at }) => {
            Duration::try_from(context.rooms.clock.now().duration_since(started_at)).unwrap_or_default()
        }
        _ => Duration::ZERO,
    };
    let ago = asked.map_or(ago, |asked| ago.min(asked.elapsed()));
    Some(Instant::now() + limit.saturating_sub(ago))
}

/// Until the run is asked to stop more urgently than before.
async fn louder(stop: &mut watch::Receiver<Stop>, said: Stop) -> Stop {
    let asked = stop.wait_for(|asked| *asked > said).await.map(|asked| *asked);
    match asked {
        Ok(asked) => asked,
        // Nobody is left to ask.
        Err(_) => std::future::pending().await,
    }
}

async fn until(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => sleep_until(deadline).await,
        None => std::future::pending().await,
    }
}

/// Asks the engine to end it, beside the waiting: the end is seen there.
fn end(
    context: &Arc<Context>,
    id: &ContainerId,
    node: &NodeId,
    attempt: u32,
    why: Stopping,
    grace: Duration,
) {
    let (context_of, id, node) = (Arc::clone(context), id.clone(), node.clone());
    context.background.spawn(async move {
        let own = Arc::clone(&context_of);
        let _ = blocking(move || {
            why.note(&own, &node, attempt);
            Ok(())
        })
        .await;
        let containers = &context_of.rooms.containers;
        let _ = steady(context_of.setting.patience, || containers.stop(&id, grace)).await;
    });
}

/// The last peak that was seen, kept where an abort cannot lose it.
#[derive(Clone, Default)]
struct Peak(Arc<AtomicU64>);

impl Peak {
    fn seen(&self) -> Option<u64> {
        match self.0.load(Ordering::Relaxed) {
            0 => None,
            bytes => Some(bytes),
        }
    }
}

/// Often in the life of a short step, then every second. Not at all in that of one which is over at once: to look takes
/// the engine 20 ms of a core, a sixth of all that it does for a container.
async fn watch_memory(containers: Arc<dyn Containers>, id: ContainerId, peak: Peak) {
    let began = Instant::now();
    let mut pause = Duration::from_millis(300);
    loop {
        sleep(pause).await;
        if let Some(bytes) = containers.memory(&id).await {
            peak.0.fetch_max(bytes, Ordering::Relaxed);
        }
        pause = (began.elapsed() / 5).clamp(Duration::from_millis(50), Duration::from_secs(1));
    }
}
