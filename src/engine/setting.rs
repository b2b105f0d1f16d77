use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use camino::Utf8PathBuf;
use indexmap::IndexMap;
use secrecy::SecretString;
use tokio::sync::{Semaphore, watch};
use tokio_util::task::TaskTracker;

use super::lanes::Lanes;
use super::{Clock, Containers, Journal, Logs, RunStore, StoreError};
use crate::domain::{EventKind, Name, NodeId, Plan, RunLayout, Templates};

/// How urgently a run is asked to stop.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stop {
    #[default]
    No,
    /// SIGTERM and time to clean up.
    Gently,
    /// SIGKILL.
    AtOnce,
}

/// The rooms a run is driven with.
#[derive(Clone)]
pub struct Rooms {
    pub containers: Arc<dyn Containers>,
    pub store: Arc<dyn RunStore>,
    pub logs: Arc<dyn Logs>,
    pub journal: Arc<dyn Journal>,
    pub clock: Arc<dyn Clock>,
    pub templates: Arc<dyn Templates>,
}

/// What holds for every step of a run on this machine. Computed at each start, never read from a record.
pub struct Setting {
    pub layout: RunLayout,
    /// How many containers of steps run at once.
    pub jobs: usize,
    /// The engine's cores: a limit above them is capped.
    pub cpus: u64,
    /// `uid:gid` of the steps.
    pub user: String,
    pub passwd: String,
    pub group: String,
    /// The project's bridge network.
    pub network: String,
    /// What each node sees at `/project`.
    pub projects: HashMap<NodeId, Utf8PathBuf>,
    /// Says which directory on the disk the run has: a container that was made for another one, from which the run was
    /// moved, writes there, and cannot be gone on with.
    pub place: String,
    /// The dev warehouse, mounted read-only at `/lake`.
    pub lake: Option<Utf8PathBuf>,
    /// The root of this environment's storage, for steps that look for files in it.
    pub store_root: Utf8PathBuf,
    /// Where named caches live.
    pub caches: Utf8PathBuf,
    pub secrets: IndexMap<Name, SecretString>,
    /// A directory in memory that only the caller can read; one folder an attempt below it.
    pub secrets_dir: Utf8PathBuf,
    /// What every container sees at `/greenroom/lib`.
    pub image_side: Utf8PathBuf,
    pub trust_host_certificates: bool,
    /// Between SIGTERM and SIGKILL.
    pub grace: Duration,
    /// How long an engine that does not answer is waited for.
    pub patience: Duration,
}

/// Shared by the dispatcher and all executors of one run.
pub(super) struct Context {
    pub plan: Arc<Plan>,
    pub setting: Setting,
    pub rooms: Rooms,
    pub lanes: Lanes,
    pub permits: Arc<Semaphore>,
    pub stop: watch::Receiver<Stop>,
    /// Removals that nobody waits for until the run ends.
    pub background: TaskTracker,
}

impl Context {
    /// Records an event; it is on disk when this returns.
    pub async fn tell(&self, mut event: EventKind) -> Result<(), StoreError> {
        // A step has a hand in these texts: its file names and what it reports are quoted in them.
        if let EventKind::AttemptFinished { reason: text, .. }
        | EventKind::StepFinished { reason: text, .. }
        | EventKind::RunFinished { reason: text, .. }
        | EventKind::Warned { message: text, .. } = &mut event
        {
            *text = self.rooms.logs.masked(text);
        }
        let journal = Arc::clone(&self.rooms.journal);
        blocking(move || journal.append(event)).await
    }

    pub fn stop(&self) -> Stop {
        *self.stop.borrow()
    }
}

/// Runs what blocks off the async threads.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|failure| {
        Err(StoreError::Io { what: "a worker ended early".into(), source: std::io::Error::other(failure) })
    })
}
