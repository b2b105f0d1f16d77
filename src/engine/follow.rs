use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use jiff::SignedDuration;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, sleep_until};

use super::setting::Context;
use super::steady::steady;
use super::{ContainerId, ContainerState, Containers, ContainersError, Exit, Stop};

/// The life of which too little is seen to say what the most memory was: of 195 MiB, 2 were told.
const WATCHABLE: SignedDuration = SignedDuration::from_secs(1);

/// How following a container came to its end.
#[derive(Default)]
pub(super) struct Followed {
    /// None: the engine has it no more.
    pub exit: Option<Exit>,
    pub timed_out: bool,
    pub stopped: bool,
    pub peak_memory_bytes: Option<u64>,
}

/// Waits for a started container: to its end, its deadline, or the run's stop.
pub(super) async fn follow(
    context: &Context,
    id: &ContainerId,
    limit: Option<Duration>,
) -> Result<Followed, ContainersError> {
    let containers = Arc::clone(&context.rooms.containers);
    let peak = Peak::default();
    let memory = tokio::spawn(watch_memory(Arc::clone(&containers), id.clone(), peak.clone()));
    let deadline = deadline(context, id, limit).await;
    let mut stop = context.stop.clone();
    let mut said = Stop::No;
    let mut timed_out = false;
    let state = {
        let wait = containers.wait(id);
        tokio::pin!(wait);
        loop {
            tokio::select! {
                state = &mut wait => break state,
                () = until(deadline), if !timed_out => {
                    timed_out = true;
                    end(context, id, context.setting.grace);
                }
                asked = louder(&mut stop, said) => {
                    said = asked;
                    let grace = if asked == Stop::AtOnce { Duration::ZERO } else { context.setting.grace };
                    end(context, id, grace);
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
    let peak_memory_bytes = peak.seen().filter(|_| long);
    Ok(Followed { exit, timed_out, stopped: said != Stop::No, peak_memory_bytes })
}

/// A timeout counts from the engine's own start time: what this machine did before is not the step's fault.
async fn deadline(context: &Context, id: &ContainerId, limit: Option<Duration>) -> Option<Instant> {
    let limit = limit?;
    let ago = match context.rooms.containers.state(id).await {
        Ok(ContainerState::Running { started_at }) => {
            Duration::try_from(context.rooms.clock.now().duration_since(started_at)).unwrap_or_default()
        }
        _ => Duration::ZERO,
    };
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
fn end(context: &Context, id: &ContainerId, grace: Duration) {
    let (containers, id, patience) =
        (Arc::clone(&context.rooms.containers), id.clone(), context.setting.patience);
    context.background.spawn(async move {
        let _ = steady(patience, || containers.stop(&id, grace)).await;
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

/// Often in the life of a short step, then every second.
async fn watch_memory(containers: Arc<dyn Containers>, id: ContainerId, peak: Peak) {
    let began = Instant::now();
    let mut pause = Duration::from_millis(50);
    loop {
        sleep(pause).await;
        if let Some(bytes) = containers.memory(&id).await {
            peak.0.fetch_max(bytes, Ordering::Relaxed);
        }
        pause = (began.elapsed() / 5).clamp(Duration::from_millis(50), Duration::from_secs(1));
    }
}
