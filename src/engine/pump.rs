use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::StreamExt;
use jiff::Timestamp;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::{Clock, ContainersError, Exit, Frames, LogSink};

/// How long the stream of a container that has ended may give nothing and not end.
pub(super) const STALLED: Duration = Duration::from_secs(30);

/// Carries a container's output to its log, off the way of everything else.
pub(super) struct Pump {
    task: JoinHandle<Pumped>,
    frames: Arc<AtomicU64>,
}

pub(super) struct Pumped {
    pub sink: Box<dyn LogSink>,
    /// Why the stream did not come to its end.
    pub broke: Option<ContainersError>,
    pub ended_at: Timestamp,
}

impl Pumped {
    /// Of a container that ended so. A stream that is cut between two frames ends like one that has come to its end,
    /// only before its container did: engines end it 20 ms and more after that. A clock of the engine's that goes
    /// before ours, and a step that closes its streams itself, cost one more reading of the log.
    pub fn is_whole(&self, exit: Option<&Exit>) -> bool {
        let cut = |exit: &Exit| self.ended_at < exit.finished_at;
        self.broke.is_none() && !exit.is_some_and(cut)
    }
}

impl Pump {
    pub fn start(mut frames: Frames, mut sink: Box<dyn LogSink>, clock: Arc<dyn Clock>) -> Self {
        let count = Arc::new(AtomicU64::new(0));
        let seen = Arc::clone(&count);
        let task = tokio::spawn(async move {
            let broke = loop {
                match frames.next().await {
                    Some(Ok(frame)) => sink.write(&frame),
                    Some(Err(error)) => break Some(error),
                    None => break None,
                }
                seen.fetch_add(1, Ordering::Relaxed);
            };
            Pumped { sink, broke, ended_at: clock.now() }
        });
        Self { task, frames: count }
    }

    /// After the container's end: what is still on its way, however much it is. None: for so long nothing came, and no
    /// end either; then nothing more is written.
    pub async fn drain(mut self, patience: Duration) -> Option<Pumped> {
        loop {
            let before = self.frames.load(Ordering::Relaxed);
            match timeout(patience, &mut self.task).await {
                Ok(pumped) => return pumped.ok(),
                Err(_) if self.frames.load(Ordering::Relaxed) > before => {}
                Err(_) => {
                    self.task.abort();
                    // Its log must be closed before it is opened again.
                    let _ = self.task.await;
                    return None;
                }
            }
        }
    }
}
