use std::sync::Arc;
use std::time::Duration;

use indexmap::IndexMap;
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};
use tokio::time::sleep;

use super::attempt::{AttemptEnd, Waited, clear, run};
use super::broken::Broken;
use super::container::container_name;
use super::lanes::{Lane, Lanes};
use super::once::Take;
use super::past::NodePast;
use super::prepare::{Prepared, prepare};
use super::setting::{Context, blocking};
use super::steady::steady;
use super::unless_stopped::unless_stopped;
use super::{ContainerState, ContainersError, Stop, StoreError};
use crate::domain::{AttemptStatus, CellId, EventKind, Name, Node, NodeId, Produced, Status};

const NOT_SEEN: &str = "its container is gone; nobody saw it end";

/// The right to have a container of a step run.
pub(super) type Permit = OwnedSemaphorePermit;

/// What an executor tells the dispatcher.
pub(super) enum Report {
    /// A container of the node runs in this lane: what comes after it can be prepared.
    Started(NodeId, Arc<Lane>),
    Ended {
        node: NodeId,
        end: NodeEnd,
        /// For the step that was prepared in its lane: it goes on where this one ended, whoever else waits.
        permit: Option<Permit>,
    },
    /// The run cannot be recorded, or the engine is lost.
    Broken(Broken),
}

pub(super) struct NodeEnd {
    pub status: Status,
    pub reason: String,
    pub outputs: IndexMap<Name, Produced>,
}

/// A node prepared while its predecessor runs: it starts when the permit of that one comes, and is undone if it never
/// does.
pub(super) struct Ahead {
    pub lane: Arc<Lane>,
    pub release: oneshot::Receiver<Option<Permit>>,
}

/// Where a node's attempts run. No lane is taken before there is a permit: a hundred steps that wait would otherwise
/// hold a hundred namespaces.
#[derive(Default)]
pub(super) struct Place {
    pub permit: Option<Permit>,
    pub lane: Option<Arc<Lane>>,
}

impl Place {
    pub fn with(permit: Option<Permit>) -> Self {
        Self { permit, lane: None }
    }

    fn lane(&mut self, lanes: &Lanes) -> Arc<Lane> {
        Arc::clone(self.lane.get_or_insert_with(|| lanes.take()))
    }

    /// One that no step has tried to join; the old one is never used again.
    fn another_lane(&mut self, lanes: &Lanes) -> Arc<Lane> {
        if let Some(lane) = self.lane.take() {
            lanes.abandon(&lane);
        }
        self.lane(lanes)
    }

    /// The permit, where another step has been prepared in the lane.
    fn leave(self, lanes: &Lanes) -> Option<Permit> {
        let taken_over = self.lane.is_some_and(|lane| lanes.give_back(&lane));
        self.permit.filter(|_| taken_over)
    }
}

pub(super) struct Executor {
    pub context: Arc<Context>,
    pub node: Arc<Node>,
    pub past: NodePast,
    pub reports: mpsc::UnboundedSender<Report>,
}

impl Executor {
    /// Drives one node to its end.
    pub async fn execute(self, mut place: Place) {
        self.report(self.attempts(None, &mut place).await, place);
    }

    /// As `execute`, of a node whose time has not come yet.
    pub async fn execute_ahead(self, ahead: Ahead) {
        let Ahead { lane, release } = ahead;
        let attempt = self.past.last_attempt + 1;
        let prepared = prepare(&self.context, &self.node, attempt, &lane).await;
        let Ok(permit) = release.await else {
            if let Ok(prepared) = prepared {
                clear(&self.context, &self.node, &prepared, true);
            }
            self.context.lanes.give_back(&lane);
            return;
        };
        // What could not be prepared starts from nothing.
        let mut place = Place { permit, lane: Some(lane) };
        self.report(self.attempts(prepared.ok(), &mut place).await, place);
    }

    fn report(&self, result: Result<NodeEnd, Broken>, place: Place) {
        let report = match result {
            Ok(end) => {
                Report::Ended { node: self.node.id.clone(), end, permit: place.leave(&self.context.lanes) }
            }
            Err(broken) => Report::Broken(broken),
        };
        // Nobody listens once the run has ended.
        let _ = self.reports.send(report);
    }

    async fn attempts(&self, prepared: Option<Prepared>, place: &mut Place) -> Result<NodeEnd, Broken> {
        let context = &self.context;
        if self.node.taken.is_some() {
            return self.take_over().await;
        }
        let mut number = self.past.last_attempt;
        let mut count = Count { charged: self.past.charged, lost: 0 };
        // The attempt whose start is on record and whose end is not.
        let mut open = self.past.open.then_some(number);
        let mut made_anew = None;
        let mut ready = match prepared {
            Some(prepared) => Some((prepared, Take::Start)),
            None => self.left_open(&mut open).await?,
        };
        // What runs already is followed whether or not there is room for more: it has a timeout, and hears of a stop.
        if place.permit.is_none() && !matches!(ready, Some((_, Take::Up))) {
            place.permit = self.permit().await;
        }
        loop {
            let runs = matches!(ready, Some((_, Take::Up)));
            if context.stop() != Stop::No && !runs {
                if let Some((prepared, _)) = &ready {
                    clear(context, &self.node, prepared, true);
                }
                if let Some(attempt) = open {
                    self.tell_unseen(attempt, AttemptStatus::Cancelled, "cancelled before it started")
                        .await?;
                }
                return Ok(ended(Status::Cancelled, "cancelled"));
            }
            let (prepared, mut take) = match ready.take() {
                Some(ready) => ready,
                None => match self.prepare(open.unwrap_or(number + 1), place).await {
                    Ok(prepared) => (prepared, Take::Start),
                    Err(broken) => return Ok(ended(Status::Failed, &self.no_container(broken)?)),
                },
            };
            number = prepared.attempt;
            if open != Some(number) {
                let (step, cell) = self.place();
                context.tell(EventKind::AttemptStarted { step, cell, attempt: number }).await?;
                open = Some(number);
            }
            let _ = self.reports.send(Report::Started(self.node.id.clone(), place.lane(&context.lanes)));
            let waited = self.waited(number);
            let end = match run(context, &self.node, &prepared, &mut take, waited, &mut place.permit).await {
                // A sensor that was taken up starts its next poll itself.
                Err(Broken::Engine(refusal @ (ContainersError::Refused(_) | ContainersError::Gone)))
                    if take == Take::Start =>
                {
                    let again = made_anew.replace(number) == Some(number);
                    let anew = match again {
                        true => Err(refusal.into()),
                        false => self.move_to_another(&prepared, place).await,
                    };
                    match anew {
                        Ok(anew) => ready = Some((anew, Take::Start)),
                        Err(broken) => return self.refused(broken, &prepared).await,
                    }
                    continue;
                }
                end => end?,
            };
            open = None;
            let end = self.finish(end, &prepared, &mut count).await?;
            clear(context, &self.node, &prepared, end.status == Some(Status::Succeeded));
            match end {
                Finish { status: Some(status), reason, outputs, .. } => {
                    return Ok(NodeEnd { status, reason, outputs });
                }
                Finish { delay, .. } => {
                    place.permit.take();
                    self.wait(delay).await;
                    place.permit = self.permit().await;
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
    async fn prepare(&self, attempt: u32, place: &mut Place) -> Result<Prepared, Broken> {
        let lanes = &self.context.lanes;
        let lane = place.lane(lanes);
        match prepare(&self.context, &self.node, attempt, &lane).await {
            Err(Broken::Engine(ContainersError::Refused(_) | ContainersError::Gone)) => {
                let lane = place.another_lane(lanes);
                prepare(&self.context, &self.node, attempt, &lane).await
            }
            prepared => prepared,
        }
    }

    /// The end of an attempt whose container does not come to run.
    async fn refused(&self, broken: Broken, prepared: &Prepared) -> Result<NodeEnd, Broken> {
        let why = self.no_container(broken)?;
        self.tell_unseen(prepared.attempt, AttemptStatus::Failed, &why).await?;
        clear(&self.context, &self.node, prepared, true);
        Ok(ended(Status::Failed, &why))
    }

    /// What one step asks of the engine in vain is no other step's fault; an engine that is lost is everybody's.
    fn no_container(&self, broken: Broken) -> Result<String, Broken> {
        match broken {
            Broken::Engine(ContainersError::Refused(why)) => {
                Ok(format!("the container engine refused it: {why}"))
            }
            Broken::Engine(ContainersError::Gone) => {
                Ok("its container was removed before it could start".to_owned())
            }
            // Another image would be another run.
            Broken::Engine(ContainersError::NoImage(id)) => {
                let images = &self.context.plan.images;
                let tag = images.values().find(|image| image.id == id).map_or(&id, |image| &image.tag);
                Ok(format!(
                    "the image {tag} was removed from the engine after the run had begun; run it anew"
                ))
            }
            broken => Err(broken),
        }
    }

    /// Since when, and how often, an attempt has asked in vain: one of an earlier life goes on with its own patience.
    fn waited(&self, attempt: u32) -> Waited {
        match self.past.since {
            Some(since) if self.past.open && attempt == self.past.last_attempt => {
                Waited { since, polls: self.past.polls }
            }
            _ => Waited { since: self.context.rooms.clock.now(), polls: 0 },
        }
    }

    /// The same attempt in another lane, once: the pause container of this one may have died; an engine that was killed
    /// while it started a container neither knows that it runs nor can start it; and one whose client was killed while
    /// it made a container may take it away from who adopted it.
    async fn move_to_another(&self, prepared: &Prepared, place: &mut Place) -> Result<Prepared, Broken> {
        let context = &self.context;
        let containers = &context.rooms.containers;
        steady(context.setting.patience, || containers.remove(&prepared.container)).await?;
        place.another_lane(&context.lanes);
        self.prepare(prepared.attempt, place).await
    }

    /// Records an attempt's end, and decides what comes next.
    async fn finish(
        &self,
        end: AttemptEnd,
        prepared: &Prepared,
        count: &mut Count,
    ) -> Result<Finish, Broken> {
        let retry = &self.node.retry;
        let (status, delay) = match end.status {
            AttemptStatus::Succeeded => (Some(Status::Succeeded), Duration::ZERO),
            AttemptStatus::Cancelled => (Some(Status::Cancelled), Duration::ZERO),
            AttemptStatus::Lost if count.lost >= MOST_LOST => (Some(Status::Failed), Duration::ZERO),
            AttemptStatus::Lost => {
                let delay = Duration::from_secs((1 << count.lost) - 1).min(LONGEST_LOST);
                count.lost += 1;
                (None, delay)
            }
            _ if end.lasting || count.charged >= retry.limit => (Some(Status::Failed), Duration::ZERO),
            _ => {
                let delay = retry.delay.saturating_mul(retry.backoff.saturating_pow(count.charged));
                count.charged += 1;
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

    /// The attempt an earlier life of the run left open, if its container has started and is still there.
    async fn left_open(&self, open: &mut Option<u32>) -> Result<Option<(Prepared, Take)>, Broken> {
        let Some(attempt) = *open else { return Ok(None) };
        let context = &self.context;
        let name = container_name(context.plan.token, &self.node.id, attempt);
        let patience = context.setting.patience;
        let containers = &context.rooms.containers;
        let found = steady(patience, || containers.of_run(context.plan.token)).await?;
        let Some(found) = found.into_iter().find(|found| found.name == name) else {
            *open = None;
            self.tell_unseen(attempt, AttemptStatus::Lost, NOT_SEEN).await?;
            return Ok(None);
        };
        match steady(patience, || containers.state(&found.id)).await? {
            ContainerState::Running { .. } | ContainerState::Exited(_) => {}
            ContainerState::Created => {
                // Made anew: what it was to mount from memory may be gone.
                steady(patience, || containers.remove(&found.id)).await?;
                return Ok(None);
            }
            ContainerState::Gone => {
                *open = None;
                self.tell_unseen(attempt, AttemptStatus::Lost, NOT_SEEN).await?;
                return Ok(None);
            }
        }
        let (store, id) = (Arc::clone(&context.rooms.store), self.node.id.clone());
        let dirs = blocking(move || store.begin(&id, attempt, true)).await?;
        Ok(Some((Prepared { attempt, dirs, container: found.id }, Take::Up)))
    }

    /// An attempt's end that no container tells of.
    async fn tell_unseen(&self, attempt: u32, status: AttemptStatus, reason: &str) -> Result<(), Broken> {
        let (step, cell) = self.place();
        let event = EventKind::AttemptFinished {
            step,
            cell,
            attempt,
            status,
            exit_code: None,
            seconds: 0.0,
            peak_memory_bytes: None,
            reason: reason.to_owned(),
            retry_in_seconds: (status == AttemptStatus::Lost).then_some(0.0),
        };
        Ok(self.context.tell(event).await?)
    }

    async fn take_over(&self) -> Result<NodeEnd, Broken> {
        let (store, node) = (Arc::clone(&self.context.rooms.store), Arc::clone(&self.node));
        let taking = blocking(move || store.take(&node));
        let Some(taken) = unless_stopped(&self.context, taking).await else {
            return Ok(ended(Status::Cancelled, "cancelled"));
        };
        match taken {
            Ok(manifest) => {
                let why = manifest.taken_from.map(|maker| format!("taken from {}", maker.short()));
                let end = ended(Status::Succeeded, &why.unwrap_or_default());
                Ok(NodeEnd { outputs: manifest.outputs, ..end })
            }
            Err(StoreError::BadOutput(reason)) => Ok(ended(Status::Failed, &reason)),
            Err(error) => Err(error.into()),
        }
    }

    fn place(&self) -> (Name, Option<CellId>) {
        (self.node.id.step.clone(), self.node.id.cell.clone())
    }
}

/// A container that something takes away each time must not be started for ever: its effects are.
const MOST_LOST: u32 = 9;
const LONGEST_LOST: Duration = Duration::from_secs(60);

/// Attempts that went wrong.
struct Count {
    /// Against `retry.limit`, in all lives of the run.
    charged: u32,
    /// Not by the step's fault, in this life.
    lost: u32,
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
