use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use indexmap::IndexMap;
use tokio::sync::{Semaphore, mpsc, oneshot, watch};
use tokio::task::AbortHandle;
use tokio_util::task::TaskTracker;

use super::board::{Board, Verdict};
use super::broken::Broken;
use super::container::{container_name, pause_name, pause_pattern};
use super::executor::{Ahead, Executor, NodeEnd, Report};
use super::lanes::{Lane, Lanes};
use super::past::NodePast;
use super::setting::{Context, blocking};
use super::steady::steady;
use super::{ContainersError, Past, Rooms, Setting, Stop, StoreError};
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
    let first = leftover_lanes(&plan, &setting, &rooms, &past).await?;
    let context = Arc::new(Context {
        lanes: Lanes::new(pattern, first),
        permits: Arc::new(Semaphore::new(setting.jobs.max(1))),
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
        executors: Vec::new(),
    };
    dispatcher.run(inbox).await
}

/// Containers of an earlier life that nothing is waiting for are removed; answers the first free lane's number.
async fn leftover_lanes(
    plan: &Plan,
    setting: &Setting,
    rooms: &Rooms,
    past: &Past,
) -> Result<usize, DriveError> {
    if past.lives == 0 {
        return Ok(0);
    }
    let containers = rooms.containers.as_ref();
    let found =
        steady(setting.patience, || containers.of_run(plan.token)).await.map_err(DriveError::Engine)?;
    let open: Vec<String> = plan
        .nodes
        .iter()
        .map(|node| (node, past.of(&node.id)))
        .filter(|(_, past)| past.open)
        .map(|(node, past)| container_name(plan.token, &node.id, past.last_attempt))
        .collect();
    let pause = pause_name(plan.token);
    let mut first = 0;
    for container in found {
        match container.name.strip_prefix(&pause).map(str::parse::<usize>) {
            // Steps that still run are in its namespace.
            Some(Ok(number)) if !open.is_empty() => first = first.max(number + 1),
            _ if open.contains(&container.name) => {}
            _ => steady(setting.patience, || containers.remove(&container.id))
                .await
                .map_err(DriveError::Engine)?,
        }
    }
    Ok(first)
}

/// Nothing of the run stays on the engine, nor scratch on the disk. After a lost engine or disk its containers are left for `resume`.
async fn clean_up(context: &Context) {
    context.background.close();
    context.background.wait().await;
    let containers = &context.rooms.containers;
    let token = context.plan.token;
    let found = steady(context.setting.patience, || containers.of_run(token)).await.unwrap_or_default();
    let removals = found.iter().map(|found| containers.remove(&found.id));
    futures_util::future::join_all(removals).await;
    let store = Arc::clone(&context.rooms.store);
    // The run is recorded all the same.
    let _ = blocking(move || store.tidy()).await;
}

struct Dispatcher<'a> {
    context: Arc<Context>,
    past: Past,
    board: Board<'a>,
    reports: mpsc::UnboundedSender<Report>,
    /// Prepared nodes, and how to let them go.
    ahead: HashMap<NodeId, oneshot::Sender<bool>>,
    executors: Vec<AbortHandle>,
}

impl Dispatcher<'_> {
    async fn run(mut self, mut inbox: mpsc::UnboundedReceiver<Report>) -> Result<Outcome, DriveError> {
        let began = self.context.rooms.clock.now();
        let path = self.context.setting.layout.dir().to_string();
        let (name, resumed) = (self.context.plan.name.clone(), self.past.lives > 0);
        self.context.tell(EventKind::RunStarted { name, path, resumed }).await?;
        if !resumed {
            self.warn_of_caps().await?;
        }
        let ready = self.board.ready();
        self.begin(ready).await?;
        while !self.board.all_ended() {
            // The dispatcher holds a sender itself, so the channel stays open.
            let Some(report) = inbox.recv().await else { break };
            match report {
                Report::Started(id, lane) => self.prepare_next(&id, &lane),
                Report::Ended { node, end } => self.end(&node, end).await?,
                Report::Broken(broken) => return Err(self.broken(broken).await),
            }
        }
        let status = self.board.status();
        let seconds = self.context.rooms.clock.now().duration_since(began).as_secs_f64();
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
                let (step, cell) = (Some(node.id.step.clone()), node.id.cell.clone());
                let message = format!("cpu capped to {cpus}: this machine has no more");
                self.context.tell(EventKind::Warned { step, cell, message }).await?;
            }
        }
        Ok(())
    }

    /// Starts what waits for nothing any more, and all that this ends in turn.
    async fn begin(&mut self, ready: Vec<usize>) -> Result<(), StoreError> {
        let plan = Arc::clone(&self.context.plan);
        let mut ready = VecDeque::from(ready);
        while let Some(index) = ready.pop_front() {
            let node = &plan.nodes[index];
            if let Some(more) = self.begin_one(node).await? {
                ready.extend(more);
            }
        }
        Ok(())
    }

    /// Some: it ended at once, and these wait for nothing any more.
    async fn begin_one(&mut self, node: &Node) -> Result<Option<Vec<usize>>, StoreError> {
        let past = self.past.of(&node.id);
        if let Some(status) = past.ended {
            let by_failure = matches!(self.board.verdict(node), Verdict::Skip { by_failure: true, .. });
            return Ok(Some(self.board.end(&node.id, status, by_failure)));
        }
        if let Some(manifest) = self.sealed(node).await? {
            return self.taken_up(node, manifest).await.map(Some);
        }
        let verdict = match self.board.verdict(node) {
            Verdict::Run => self.when(node),
            skip @ Verdict::Skip { .. } => Ok(skip),
        };
        let end = match verdict {
            Ok(Verdict::Run) if self.context.stop() == Stop::No || past.open => {
                self.release(node, true);
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
        match self.context.rooms.templates.holds(when, &self.board.scope(node)) {
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
    fn release(&mut self, node: &Node, go: bool) {
        let prepared = self.ahead.remove(&node.id);
        if prepared.is_some_and(|release| release.send(go).is_ok()) {
            return;
        }
        self.executors.push(tokio::spawn(self.executor(node).execute(None)).abort_handle());
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
        let executing = self.context.background.spawn(self.executor(node).execute(Some(ahead)));
        self.executors.push(executing.abort_handle());
        self.ahead.insert(id, release);
    }

    async fn end(&mut self, id: &NodeId, end: NodeEnd) -> Result<(), StoreError> {
        let status = end.status;
        self.tell_end(id, end).await?;
        let ready = self.board.end(id, status, false);
        self.begin(ready).await
    }

    async fn tell_end(&self, id: &NodeId, end: NodeEnd) -> Result<(), StoreError> {
        let (step, cell) = (id.step.clone(), id.cell.clone());
        let NodeEnd { status, reason, outputs } = end;
        self.context.tell(EventKind::StepFinished { step, cell, status, reason, outputs }).await
    }

    /// Nothing more is started. Where the record is lost everything is stopped; where the engine is lost there is
    /// nothing to stop.
    async fn broken(&mut self, broken: Broken) -> DriveError {
        self.ahead.clear();
        // An executor that sees its container go would take it for lost, and start another attempt.
        self.executors.iter().for_each(AbortHandle::abort);
        match broken {
            Broken::Engine(error) => DriveError::Engine(error),
            Broken::Store(error) => {
                let (status, reason) = (Status::Failed, error.to_string());
                self.stop_all().await;
                // The disk may take these few bytes again now; if not, the exit code says so.
                let _ = self.context.tell(EventKind::RunFinished { status, seconds: 0.0, reason }).await;
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
