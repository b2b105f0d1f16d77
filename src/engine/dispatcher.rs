use std::collections::{HashMap, VecDeque};
use std::io;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use indexmap::IndexMap;
use tokio::sync::{Semaphore, mpsc, oneshot, watch};
use tokio::task::AbortHandle;
use tokio::time::Instant;
use tokio_util::task::TaskTracker;

use super::board::{Board, Verdict};
use super::broken::Broken;
use super::container::{container_name, pause_name, pause_pattern};
use super::executor::{Ahead, Executor, NodeEnd, Permit, Place, Report};
use super::lanes::{Lane, Lanes};
use super::past::NodePast;
use super::setting::{Context, blocking};
use super::steady::steady;
use super::{ContainerState, ContainersError, Found, Past, Rooms, Setting, Stop, StoreError};
use crate::domain::{AttemptStatus, EventKind, Manifest, Node, NodeId, Plan, Status};

/// Why a run stopped being driven before its end.
#[derive(Debug, thiserror::Error)]
pub enum DriveError {
    /// Events or manifests cannot be written. Everything was stopped.
    #[error("the run cannot be recorded: {0}")]
    Unrecorded(#[source] StoreError),
    /// The engine was lost. Containers may still run; `resume` goes on with them.
    #[error(transparent)]
    Engine(ContainersError),
}

impl From<StoreError> for DriveError {
    fn from(error: StoreError) -> Self {
        Self::Unrecorded(error)
    }
}

/// How a run came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    pub status: Status,
}

/// Drives a run, new or interrupted, to its end. Every event is on disk before what follows from it is done.
pub async fn drive(
    plan: Arc<Plan>,
    past: Past,
    setting: Setting,
    rooms: Rooms,
    stop: watch::Receiver<Stop>,
) -> Result<Outcome, DriveError> {
    let pattern = pause_pattern(&plan, &setting.network);
    let Leftovers { first_lane, up } = leftovers(&plan, &setting, &rooms, &past).await?;
    let permits = Arc::new(Semaphore::new(setting.jobs.max(1)));
    // Before anybody else asks: what runs already has its place, though there may be fewer places than before.
    let kept = up.into_iter().filter_map(|id| Some((id, Arc::clone(&permits).try_acquire_owned().ok()?)));
    let kept = kept.collect();
    let context = Arc::new(Context {
        lanes: Lanes::new(pattern, first_lane),
        permits,
        plan: Arc::clone(&plan),
        setting,
        rooms,
        stop,
        background: TaskTracker::new(),
    });
    let (reports, inbox) = mpsc::unbounded_channel();
    let layout = context.setting.layout.clone();
    let board = Board::new(&plan, &layout);
    let dispatcher = Dispatcher {
        context: Arc::clone(&context),
        past,
        board,
        reports,
        ahead: HashMap::new(),
        kept,
        executors: Vec::new(),
    };
    dispatcher.run(inbox).await
}

/// What an earlier life of the run left on the engine.
#[derive(Default)]
struct Leftovers {
    /// The number of the first lane that is not in use.
    first_lane: usize,
    /// Nodes of which a container runs: a sensor's, between two polls, does not.
    up: Vec<NodeId>,
}

/// Containers of an earlier life that nothing is waiting for are removed.
async fn leftovers(
    plan: &Plan,
    setting: &Setting,
    rooms: &Rooms,
    past: &Past,
) -> Result<Leftovers, DriveError> {
    let mut left = Leftovers::default();
    if past.lives == 0 {
        return Ok(left);
    }
    let containers = rooms.containers.as_ref();
    let found =
        steady(setting.patience, || containers.of_run(plan.token)).await.map_err(DriveError::Engine)?;
    let open = plan.nodes.iter().map(|node| (&node.id, past.of(&node.id))).filter(|(_, past)| past.open);
    let open: HashMap<String, &NodeId> =
        open.map(|(id, past)| (container_name(plan.token, id, past.last_attempt), id)).collect();
    let pause = pause_name(plan.token);
    for Found { id, name, place } in found {
        let lane = name.strip_prefix(&pause).map(str::parse::<usize>);
        match (lane, open.get(&name)) {
            _ if place.is_some_and(|place| place != setting.place) => {
                // It may clean up what is not of this machine.
                let stop = || containers.stop(&id, setting.grace);
                steady(setting.patience, stop).await.map_err(DriveError::Engine)?;
                steady(setting.patience, || containers.remove(&id)).await.map_err(DriveError::Engine)?;
            }
            // Steps that still run are in its namespace.
            (Some(Ok(number)), _) if !open.is_empty() => left.first_lane = left.first_lane.max(number + 1),
            (_, Some(node)) => {
                let state = steady(setting.patience, || containers.state(&id));
                if let ContainerState::Running { .. } = state.await.map_err(DriveError::Engine)? {
                    left.up.push((*node).clone());
                }
            }
            _ => {
                steady(setting.patience, || containers.remove(&id)).await.map_err(DriveError::Engine)?;
            }
        }
    }
    Ok(left)
}

/// Nothing of the run stays on the engine, nor scratch on the disk. After a lost engine or disk its containers are left for `resume`.
async fn clean_up(context: &Context) {
    context.background.close();
    context.background.wait().await;
    let containers = &context.rooms.containers;
    let token = context.plan.token;
    let found = steady(context.setting.patience, || containers.of_run(token)).await.unwrap_or_default();
    let removals = found.iter().map(|found| async { (&found.name, containers.remove(&found.id).await) });
    for (name, removed) in futures_util::future::join_all(removals).await {
        let Err(error) = removed else { continue };
        let message = format!("the container {name} stays: {error}; remove it with docker rm -f {name}");
        // The run is recorded all the same.
        let _ =
            context.tell(EventKind::Warned { step: None, cell: None, message, of_log: Some(false) }).await;
    }
    let store = Arc::clone(&context.rooms.store);
    // The run is recorded all the same.
    let _ = blocking(move || store.tidy()).await;
}

/// Who waits for a task that panicked would wait for ever.
fn heard<F>(reports: &mpsc::UnboundedSender<Report>, executing: F) -> impl Future<Output = ()> + use<F>
where
    F: Future<Output = ()>,
{
    let reports = reports.clone();
    async move {
        if AssertUnwindSafe(executing).catch_unwind().await.is_err() {
            let source = io::Error::other("a defect of greenroom; supervisor.log tells more");
            let broken = Broken::Store(StoreError::Io { what: "a step cannot be driven".into(), source });
            let _ = reports.send(Report::Broken(broken));
        }
    }
}

struct Dispatcher<'a> {
    context: Arc<Context>,
    past: Past,
    board: Board<'a>,
    reports: mpsc::UnboundedSender<Report>,
    /// Prepared nodes, and how to let them go.
    ahead: HashMap<NodeId, oneshot::Sender<Option<Permit>>>,
    /// The places of nodes whose containers an earlier life of the run left.
    kept: HashMap<NodeId, Permit>,
    executors: Vec<AbortHandle>,
}

impl Dispatcher<'_> {
    async fn run(mut self, mut inbox: mpsc::UnboundedReceiver<Report>) -> Result<Outcome, DriveError> {
        let began = Instant::now();
        let path = self.context.setting.layout.dir().to_string();
        let (name, resumed) = (self.context.plan.name.clone(), self.past.lives > 0);
        // Whoever reads that a run has started gives what had failed another chance.
        if !(resumed && self.past.only_stops) {
            self.context.tell(EventKind::RunStarted { name, path, resumed }).await?;
        }
        if !resumed {
            self.warn_of_caps().await?;
        }
        let ready = self.board.ready();
        self.begin(ready, None).await?;
        while !self.board.all_ended() {
            // The dispatcher holds a sender itself, so the channel stays open.
            let Some(report) = inbox.recv().await else { break };
            match report {
                Report::Started(id, lane) => self.prepare_next(&id, &lane),
                Report::Ended { node, end, permit } => self.end(&node, end, permit).await?,
                Report::Broken(broken) => return Err(self.broken(broken, began).await),
            }
        }
        let status = self.board.status();
        let seconds = began.elapsed().as_secs_f64();
        let reason = String::new();
        // First, so that what a kill leaves behind is left by a run that has not ended: its resume tidies up.
        clean_up(&self.context).await;
        self.context.tell(EventKind::RunFinished { status, seconds, reason }).await?;
        Ok(Outcome { status })
    }

    /// A step that asks for more cores than there are runs with fewer than its author thinks.
    async fn warn_of_caps(&self) -> Result<(), StoreError> {
        let cpus = self.context.setting.cpus;
        for node in &self.context.plan.nodes {
            let over = node.resources.limits.cpu.is_some_and(|limit| limit.0 > cpus.saturating_mul(1000));
            if over && node.taken.is_none() {
                let message = format!("cpu capped to {cpus}: this machine has no more");
                self.context.tell(EventKind::warned(&node.id, message, false)).await?;
            }
        }
        Ok(())
    }

    /// Starts what waits for nothing any more, and all that this ends in turn. `permit` is for the one that is prepared.
    async fn begin(&mut self, ready: Vec<usize>, mut permit: Option<Permit>) -> Result<(), StoreError> {
        let plan = Arc::clone(&self.context.plan);
        let mut ready = VecDeque::from(ready);
        while let Some(index) = ready.pop_front() {
            let node = &plan.nodes[index];
            if let Some(more) = self.begin_one(node, &mut permit).await? {
                ready.extend(more);
            }
        }
        Ok(())
    }

    /// Some: it ended at once, and these wait for nothing any more.
    async fn begin_one(
        &mut self,
        node: &Node,
        permit: &mut Option<Permit>,
    ) -> Result<Option<Vec<usize>>, StoreError> {
        let past = self.past.of(&node.id);
        let kept = self.kept.remove(&node.id);
        if let Some(status) = past.ended {
            let by_failure = matches!(self.board.verdict(node), Verdict::Skip { by_failure: true, .. });
            return Ok(Some(self.board.end(&node.id, status, by_failure)));
        }
        if let Some(manifest) = self.sealed(node).await? {
            return self.taken_up(node, manifest).await.map(Some);
        }
        if let Some((status, reason)) = past.settled {
            let end = NodeEnd { status, reason, outputs: IndexMap::new() };
            self.tell_end(&node.id, end).await?;
            return Ok(Some(self.board.end(&node.id, status, false)));
        }
        let verdict = match self.board.verdict(node) {
            Verdict::Run => self.when(node),
            skip @ Verdict::Skip { .. } => Ok(skip),
        };
        let end = match verdict {
            Ok(Verdict::Run) if self.context.stop() == Stop::No || past.open => {
                self.release(node, kept, permit);
                return Ok(None);
            }
            Ok(Verdict::Run) => (Status::Cancelled, "cancelled".to_owned(), false),
            Ok(Verdict::Skip { reason, by_failure }) => (Status::Skipped, reason, by_failure),
            Err(reason) => (Status::Failed, reason, false),
        };
        self.withdraw(&node.id);
        let (status, reason, by_failure) = end;
        self.tell_end(&node.id, NodeEnd { status, reason, outputs: IndexMap::new() }).await?;
        Ok(Some(self.board.end(&node.id, status, by_failure)))
    }

    fn when(&self, node: &Node) -> Result<Verdict, String> {
        let Some(when) = &node.when else { return Ok(Verdict::Run) };
        let templates = &self.context.rooms.templates;
        match templates.holds(when, &self.board.scope(node, &templates.names(when))) {
            Ok(true) => Ok(Verdict::Run),
            Ok(false) => Ok(Verdict::Skip { reason: format!("when: {}", when.text), by_failure: false }),
            Err(error) => Err(format!("its `when` could not be evaluated: {error}")),
        }
    }

    /// A manifest from an earlier life: the step has succeeded, whatever the events had time to say.
    async fn sealed(&self, node: &Node) -> Result<Option<Manifest>, StoreError> {
        if self.past.lives == 0 {
            return Ok(None);
        }
        let (store, id) = (Arc::clone(&self.context.rooms.store), node.id.clone());
        blocking(move || store.manifest(&id)).await
    }

    async fn taken_up(&mut self, node: &Node, manifest: Manifest) -> Result<Vec<usize>, StoreError> {
        let id = &node.id;
        if self.past.of(id).open {
            let seconds = manifest.finished_at.duration_since(manifest.started_at).as_secs_f64();
            let event = EventKind::AttemptFinished {
                step: id.step.clone(),
                cell: id.cell.clone(),
                attempt: manifest.attempt,
                status: AttemptStatus::Succeeded,
                exit_code: Some(manifest.exit_code),
                seconds,
                peak_memory_bytes: manifest.peak_memory_bytes,
                reason: String::new(),
                retry_in_seconds: None,
            };
            self.context.tell(event).await?;
        }
        let end = NodeEnd { status: Status::Succeeded, reason: String::new(), outputs: manifest.outputs };
        self.tell_end(id, end).await?;
        Ok(self.board.end(id, Status::Succeeded, false))
    }

    /// Lets a prepared node go, or starts one from nothing.
    fn release(&mut self, node: &Node, kept: Option<Permit>, permit: &mut Option<Permit>) {
        if let Some(release) = self.ahead.remove(&node.id) {
            match release.send(permit.take()) {
                Ok(()) => return,
                Err(unused) => *permit = unused,
            }
        }
        let executing = heard(&self.reports, self.executor(node).execute(Place::with(kept)));
        self.executors.push(tokio::spawn(executing).abort_handle());
    }

    fn withdraw(&mut self, id: &NodeId) {
        // Dropping the sender undoes it.
        self.ahead.remove(id);
    }

    fn executor(&self, node: &Node) -> Executor {
        Executor {
            context: Arc::clone(&self.context),
            node: Arc::new(node.clone()),
            past: self.past.of(&node.id),
            reports: self.reports.clone(),
        }
    }

    /// While a node runs, the next one's container is created in the same lane: creating costs a chain nothing then.
    fn prepare_next(&mut self, running: &NodeId, lane: &Arc<Lane>) {
        if self.context.stop() != Stop::No {
            return;
        }
        let next = self.board.dependents(running).find(|node| {
            let only_this =
                node.needs.iter().all(|need| need.node == *running || self.board.has_ended(&need.node));
            let fresh = self.past.of(&node.id) == NodePast::default();
            only_this
                && fresh
                && node.when.is_none()
                && node.taken.is_none()
                && !self.ahead.contains_key(&node.id)
        });
        let Some(node) = next else { return };
        if !self.context.lanes.promise(lane) {
            return;
        }
        let (release, wait) = oneshot::channel();
        let id = node.id.clone();
        let ahead = Ahead { lane: Arc::clone(lane), release: wait };
        let executing = heard(&self.reports, self.executor(node).execute_ahead(ahead));
        let executing = self.context.background.spawn(executing);
        self.executors.push(executing.abort_handle());
        self.ahead.insert(id, release);
    }

    async fn end(&mut self, id: &NodeId, end: NodeEnd, permit: Option<Permit>) -> Result<(), StoreError> {
        let status = end.status;
        self.tell_end(id, end).await?;
        let ready = self.board.end(id, status, false);
        self.begin(ready, permit).await
    }

    async fn tell_end(&self, id: &NodeId, end: NodeEnd) -> Result<(), StoreError> {
        let (step, cell) = (id.step.clone(), id.cell.clone());
        let NodeEnd { status, reason, outputs } = end;
        self.context.tell(EventKind::StepFinished { step, cell, status, reason, outputs }).await
    }

    /// Nothing more is started. Where the record is lost everything is stopped; where the engine is lost there is
    /// nothing to stop.
    async fn broken(&mut self, broken: Broken, began: Instant) -> DriveError {
        self.ahead.clear();
        // An executor that sees its container go would take it for lost, and start another attempt.
        self.executors.iter().for_each(AbortHandle::abort);
        match broken {
            Broken::Engine(error) => DriveError::Engine(error),
            Broken::Store(error) => {
                let (status, reason) = (Status::Failed, error.to_string());
                let seconds = began.elapsed().as_secs_f64();
                self.stop_all().await;
                // The disk may take these few bytes again now; if not, the exit code says so.
                let _ = self.context.tell(EventKind::RunFinished { status, seconds, reason }).await;
                DriveError::Unrecorded(error)
            }
        }
    }

    async fn stop_all(&self) {
        let containers = &self.context.rooms.containers;
        let Ok(found) = containers.of_run(self.context.plan.token).await else { return };
        let stops = found.iter().map(|found| async {
            let _ = containers.stop(&found.id, Duration::from_secs(2)).await;
            containers.remove(&found.id).await
        });
        futures_util::future::join_all(stops).await;
    }
}
