use std::sync::Arc;
use std::time::Duration;

use indexmap::IndexMap;
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};
use tokio::time::sleep;

use super::attempt::{AttemptEnd, Broken, Prepared, Take, clear, prepare, run};
use super::container::container_name;
use super::lanes::Lane;
use super::past::NodePast;
use super::setting::{Context, blocking};
use super::steady::steady;
use super::{ContainerState, ContainersError, Stop, StoreError};
use crate::domain::{AttemptStatus, CellId, EventKind, Name, Node, NodeId, Produced, Status};

/// What an executor tells the dispatcher.
pub(super) enum Report {
    /// A container of the node runs in this lane: what comes after it can be prepared.
    Started(NodeId, Arc<Lane>),
    Ended {
        node: NodeId,
        end: NodeEnd,
    },
    /// The run cannot be recorded, or the engine is lost.
    Broken(Broken),
}

pub(super) struct NodeEnd {
    pub status: Status,
    pub reason: String,
    pub outputs: IndexMap<Name, Produced>,
}

/// A node prepared while its predecessor runs: it starts on `true`, and is undone on `false` or a dropped sender.
pub(super) struct Ahead {
    pub lane: Arc<Lane>,
    pub release: oneshot::Receiver<bool>,
}

pub(super) struct Executor {
    pub context: Arc<Context>,
    pub node: Arc<Node>,
    pub past: NodePast,
    pub reports: mpsc::UnboundedSender<Report>,
}

impl Executor {
    /// Drives one node to its end.
    pub async fn execute(self, ahead: Option<Ahead>) {
        let prepared = match ahead {
            None => None,
            Some(ahead) => match self.prepare_ahead(ahead).await {
                Some(ready) => ready,
                None => return,
            },
        };
        let report = match self.attempts(prepared).await {
            Ok(end) => Report::Ended { node: self.node.id.clone(), end },
            Err(broken) => Report::Broken(broken),
        };
        // Nobody listens once the run has ended.
        let _ = self.reports.send(report);
    }

    /// None: it was withdrawn. Some(None): it could not be prepared, and starts from nothing.
    #[allow(clippy::option_option)]
    async fn prepare_ahead(&self, ahead: Ahead) -> Option<Option<(Prepared, Arc<Lane>)>> {
        let attempt = self.past.last_attempt + 1;
        let prepared = prepare(&self.context, &self.node, attempt, &ahead.lane, false).await;
        let go = ahead.release.await.unwrap_or(false);
        match (prepared, go) {
            (Ok(prepared), true) => Some(Some((prepared, ahead.lane))),
            (Ok(prepared), false) => {
                clear(&self.context, &self.node, &prepared, true);
                self.context.lanes.give_back(&ahead.lane);
                None
            }
            (Err(_), go) => {
                self.context.lanes.give_back(&ahead.lane);
                go.then_some(None)
            }
        }
    }

    async fn attempts(&self, ahead: Option<(Prepared, Arc<Lane>)>) -> Result<NodeEnd, Broken> {
        let context = &self.context;
        if self.node.taken.is_some() {
            return self.take_over().await;
        }
        let mut permit = self.permit().await;
        let mut number = self.past.last_attempt;
        let mut charged = self.past.charged;
        let (mut ready, mut lane) = match ahead {
            Some((prepared, lane)) => (Some((prepared, Take::Start)), lane),
            None => {
                let mut lane = context.lanes.take();
                (self.left_open(&mut lane).await?, lane)
            }
        };
        loop {
            if context.stop() != Stop::No {
                if let Some((prepared, _)) = &ready {
                    clear(context, &self.node, prepared, true);
                }
                context.lanes.give_back(&lane);
                return Ok(ended(Status::Cancelled, "cancelled"));
            }
            let (prepared, take) = match ready.take() {
                Some(ready) => ready,
                None => (self.prepare(number + 1, &mut lane).await?, Take::Start),
            };
            number = prepared.attempt;
            let end = self.one(&prepared, take, &lane, &mut permit).await?;
            let end = self.finish(end, &prepared, &mut charged).await?;
            clear(context, &self.node, &prepared, end.status == Some(Status::Succeeded));
            match end {
                Finish { status: Some(status), reason, outputs, .. } => {
                    context.lanes.give_back(&lane);
                    return Ok(NodeEnd { status, reason, outputs });
                }
                Finish { delay, .. } => {
                    permit.take();
                    self.wait(delay).await;
                    permit = self.permit().await;
                }
            }
        }
    }

    async fn permit(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.context.permits).acquire_owned().await.ok()
    }

    async fn wait(&self, delay: Duration) {
        let mut stop = self.context.stop.clone();
        tokio::select! {
            () = sleep(delay) => {}
            _ = stop.wait_for(|stop| *stop != Stop::No) => {}
        }
    }

    /// A lane whose pause container is gone is left, once.
    async fn prepare(&self, attempt: u32, lane: &mut Arc<Lane>) -> Result<Prepared, Broken> {
        match prepare(&self.context, &self.node, attempt, lane, false).await {
            Err(Broken::Engine(ContainersError::Refused(_) | ContainersError::Gone)) => {
                self.context.lanes.abandon(lane);
                *lane = self.context.lanes.take();
                prepare(&self.context, &self.node, attempt, lane, false).await
            }
            prepared => prepared,
        }
    }

    async fn one(
        &self,
        prepared: &Prepared,
        take: Take,
        lane: &Arc<Lane>,
        permit: &mut Option<OwnedSemaphorePermit>,
    ) -> Result<AttemptEnd, Broken> {
        if !self.past.open || prepared.attempt != self.past.last_attempt {
            let (step, cell) = self.place();
            self.context.tell(EventKind::AttemptStarted { step, cell, attempt: prepared.attempt }).await?;
        }
        let _ = self.reports.send(Report::Started(self.node.id.clone(), Arc::clone(lane)));
        run(&self.context, &self.node, prepared, take, permit).await
    }

    /// Records an attempt's end, and decides what comes next.
    async fn finish(
        &self,
        end: AttemptEnd,
        prepared: &Prepared,
        charged: &mut u32,
    ) -> Result<Finish, Broken> {
        let retry = &self.node.retry;
        let (status, delay) = match end.status {
            AttemptStatus::Succeeded => (Some(Status::Succeeded), Duration::ZERO),
            AttemptStatus::Cancelled => (Some(Status::Cancelled), Duration::ZERO),
            AttemptStatus::Lost => (None, Duration::ZERO),
            _ if end.lasting || *charged >= retry.limit => (Some(Status::Failed), Duration::ZERO),
            _ => {
                let delay = retry.delay.saturating_mul(retry.backoff.saturating_pow(*charged));
                *charged += 1;
                (None, delay.min(Duration::from_secs(24 * 3600)))
            }
        };
        let (step, cell) = self.place();
        let seconds = end.exit.as_ref().map(|exit| exit.finished_at.duration_since(exit.started_at));
        self.context
            .tell(EventKind::AttemptFinished {
                step,
                cell,
                attempt: prepared.attempt,
                status: end.status,
                exit_code: end.exit.as_ref().map(|exit| exit.code),
                seconds: seconds.map_or(0.0, |time| time.as_secs_f64()),
                peak_memory_bytes: end.peak_memory_bytes,
                reason: end.reason.clone(),
                retry_in_seconds: status.is_none().then_some(delay.as_secs_f64()),
            })
            .await?;
        Ok(Finish { status, reason: end.reason, outputs: end.outputs, delay })
    }

    /// The attempt an earlier life of the run left open, if its container is still there.
    async fn left_open(&self, lane: &mut Arc<Lane>) -> Result<Option<(Prepared, Take)>, Broken> {
        if !self.past.open {
            return Ok(None);
        }
        let context = &self.context;
        let attempt = self.past.last_attempt;
        let name = container_name(context.plan.token, &self.node.id, attempt);
        let patience = context.setting.patience;
        let containers = &context.rooms.containers;
        let found = steady(patience, || containers.of_run(context.plan.token)).await?;
        let Some(found) = found.into_iter().find(|found| found.name == name) else {
            self.tell_lost(attempt).await?;
            return Ok(None);
        };
        match steady(patience, || containers.state(&found.id)).await? {
            ContainerState::Running { .. } | ContainerState::Exited(_) => {}
            ContainerState::Created => {
                // Made anew: what it was to mount from memory may be gone.
                steady(patience, || containers.remove(&found.id)).await?;
                return Ok(Some((self.prepare(attempt, lane).await?, Take::Start)));
            }
            ContainerState::Gone => {
                self.tell_lost(attempt).await?;
                return Ok(None);
            }
        }
        let (store, id) = (Arc::clone(&context.rooms.store), self.node.id.clone());
        let dirs = blocking(move || store.begin(&id, attempt, true)).await?;
        Ok(Some((Prepared { attempt, dirs, container: found.id }, Take::Up)))
    }

    async fn tell_lost(&self, attempt: u32) -> Result<(), Broken> {
        let (step, cell) = self.place();
        let event = EventKind::AttemptFinished {
            step,
            cell,
            attempt,
            status: AttemptStatus::Lost,
            exit_code: None,
            seconds: 0.0,
            peak_memory_bytes: None,
            reason: "its container is gone; nobody saw it end".into(),
            retry_in_seconds: Some(0.0),
        };
        Ok(self.context.tell(event).await?)
    }

    async fn take_over(&self) -> Result<NodeEnd, Broken> {
        let (store, node) = (Arc::clone(&self.context.rooms.store), Arc::clone(&self.node));
        let why = self.node.taken.as_ref().map(|taken| format!("taken from {}", taken.token.short()));
        match blocking(move || store.take(&node)).await {
            Ok(manifest) => Ok(NodeEnd {
                outputs: manifest.outputs,
                ..ended(Status::Succeeded, &why.unwrap_or_default())
            }),
            Err(StoreError::BadOutput(reason)) => Ok(ended(Status::Failed, &reason)),
            Err(error) => Err(error.into()),
        }
    }

    fn place(&self) -> (Name, Option<CellId>) {
        (self.node.id.step.clone(), self.node.id.cell.clone())
    }
}

/// What comes after an attempt: the node's end, or another attempt after a delay.
struct Finish {
    status: Option<Status>,
    reason: String,
    outputs: IndexMap<Name, Produced>,
    delay: Duration,
}

fn ended(status: Status, reason: &str) -> NodeEnd {
    NodeEnd { status, reason: reason.to_owned(), outputs: IndexMap::new() }
}
