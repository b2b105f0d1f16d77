use std::sync::Arc;
use std::time::Duration;

use indexmap::IndexMap;
use jiff::Timestamp;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, sleep};

use super::broken::Broken;
use super::follow::Followed;
use super::launch::forget_secrets;
use super::once::{Start, Take, once};
use super::prepare::Prepared;
use super::quota::over_quota;
use super::report::{StepReport, read_report};
use super::retake::retake;
use super::setting::{Context, blocking};
use super::steady::steady;
use super::stopping::Stopping;
use super::unless_stopped::unless_stopped;
use super::{AttemptDirs, AttemptFacts, Exit, LakeRead, Stop, StoreError};
use crate::domain::{
    AttemptStatus, EventKind, Launch, Manifest, Name, Node, Poll, Produced, Storage, TableRead, show_duration,
};

/// A sensor's "not yet".
const NOT_YET: i64 = 75;

/// How an attempt went.
pub(super) struct AttemptEnd {
    pub status: AttemptStatus,
    pub exit: Option<Exit>,
    pub peak_memory_bytes: Option<u64>,
    pub reason: String,
    pub outputs: IndexMap<Name, Produced>,
    /// Trying again would end the same: a sensor that gave up would only wait again, and an operator's error in the
    /// person's own files stays until they mend it. This goes before `retry.limit`.
    pub lasting: bool,
}

/// How far a sensor's attempt had come in an earlier life of the run.
#[derive(Clone, Copy)]
pub(super) struct Waited {
    /// When the attempt was started.
    pub since: Timestamp,
    pub polls: u32,
}

/// Runs a prepared container, and a sensor's again and again, to the attempt's end, and seals what it left.
pub(super) async fn run(
    context: &Arc<Context>,
    node: &Arc<Node>,
    prepared: &Prepared,
    take: &mut Take,
    waited: Waited,
    permit: &mut Option<OwnedSemaphorePermit>,
) -> Result<AttemptEnd, Broken> {
    let came = context.rooms.clock.now();
    let already = came.duration_since(waited.since);
    let (already, began) = (Duration::try_from(already).unwrap_or_default(), Instant::now());
    let mut polls = waited.polls;
    let mut first = (polls > 0).then_some(waited.since);
    let (mut log_complete, mut unmasked) = (true, false);
    let mut last_start = None;
    let mut ran = Duration::ZERO;
    let mut peak: Option<u64> = None;
    let containers = &context.rooms.containers;
    let absences = containers.absences();
    let mut sink = Some(context.rooms.logs.open(&node.id, prepared.attempt, *take == Take::Up)?);
    loop {
        let LakeRead { tables: reads, broken } = catalog(context, &prepared.dirs).await?;
        // A script reads files, and no table by its name.
        if polls == 0 && matches!(node.launch, Launch::Argv(_)) {
            for why in broken {
                warn(context, node, why).await?;
            }
        }
        let open = match sink.take() {
            Some(sink) => sink,
            None => context.rooms.logs.open(&node.id, prepared.attempt, true)?,
        };
        // All polls of a sensor are one attempt, the time between them included. That others had the places, and that
        // nobody drove the run, is not its fault.
        let rests = node.poll.as_ref().map_or(Duration::ZERO, |poll| poll.every.saturating_mul(polls));
        let limit = node.timeout.map(|timeout| timeout.saturating_sub(rests + ran));
        let start = Start { take: *take, last: last_start, limit };
        let asked = Instant::now();
        let (mut followed, kept) = once(context, node, prepared, start, open).await?;
        peak = peak.max(followed.peak_memory_bytes);
        followed.peak_memory_bytes = peak;
        unmasked |= followed.unmasked;
        followed.unmasked = unmasked;
        if let Some(exit) = &mut followed.exit {
            last_start = Some(exit.started_at);
            let told = exit.finished_at.duration_since(exit.started_at).unsigned_abs();
            // A clock may be set while it runs, but not this one.
            ran += if *take == Take::Start { told.min(asked.elapsed()) } else { told };
            // An attempt is all of its polls.
            exit.started_at = *first.get_or_insert(exit.started_at);
            // The clock may have been set back between two polls.
            exit.finished_at = exit.finished_at.max(exit.started_at);
        }
        sink = kept;
        if sink.is_none() {
            let retaken = retake(context, node, prepared, &followed, absences).await?;
            log_complete &= retaken.lost.is_none();
            warn_of_log(context, node, retaken.lost).await?;
            sink = Some(retaken.sink);
        }
        let not_yet = followed.stopping.is_none()
            && followed.exit.as_ref().is_some_and(|exit| exit.code == NOT_YET)
            && (node.poll.is_some() || read_report(&prepared.dirs.tmp).found.is_some());
        if not_yet {
            polls += 1;
            let again =
                node.poll.as_ref().filter(|poll| already + began.elapsed() + poll.every <= poll.limit);
            if let Some(poll) = again {
                let (step, cell) = (node.id.step.clone(), node.id.cell.clone());
                context.tell(EventKind::Polled { step, cell, attempt: prepared.attempt, polls }).await?;
                *take = Take::Start;
                rest(context, poll, permit).await;
                if context.stop() == Stop::No {
                    continue;
                }
                followed.stopping = Some(Stopping::Cancelled);
            }
        }
        if let Some(sink) = &mut sink {
            log_complete &= sink.finish();
            warn_of_log(context, node, sink.trouble()).await?;
        }
        let Some(exit) = followed.exit.clone() else {
            return Ok(match followed.stopping == Some(Stopping::Cancelled) && !followed.cut {
                true => ended(AttemptStatus::Cancelled, "cancelled".into(), &followed),
                false => ended(AttemptStatus::Lost, "its container is gone".into(), &followed),
            });
        };
        if not_yet && followed.stopping.is_none() {
            let found = report_of(prepared, &followed).found;
            return Ok(gave_up(node.poll.as_ref(), found, &followed));
        }
        let unseen = *take == Take::Up && exit.finished_at < came;
        if let Some(reason) = ended_by_others(&followed, &exit, unseen, containers.absences() > absences) {
            return Ok(ended(AttemptStatus::Lost, reason, &followed));
        }
        let log = Log { reads, complete: log_complete };
        return conclude(context, node, prepared, &followed, &exit, log).await;
    }
}

/// What it says in words is kept only where its secrets can be masked.
fn report_of(prepared: &Prepared, followed: &Followed) -> StepReport {
    let report = read_report(&prepared.dirs.tmp);
    if followed.unmasked { report.without_words() } else { report }
}

/// Between two polls a sensor keeps nobody from running.
async fn rest(context: &Arc<Context>, poll: &Poll, permit: &mut Option<OwnedSemaphorePermit>) {
    permit.take();
    let mut stop = context.stop.clone();
    tokio::select! {
        () = sleep(poll.every) => {}
        _ = stop.wait_for(|stop| *stop != Stop::No) => return,
    }
    *permit = Arc::clone(&context.permits).acquire_owned().await.ok();
}

/// The lake as this attempt finds it: read once, just before it starts.
async fn catalog(context: &Arc<Context>, dirs: &AttemptDirs) -> Result<LakeRead, StoreError> {
    if context.setting.lake.is_none() {
        return Ok(LakeRead::default());
    }
    let (store, dirs) = (Arc::clone(&context.rooms.store), dirs.clone());
    blocking(move || store.freeze_catalog(&dirs)).await
}

/// A container that ended: what it left is sealed, or why not is told.
async fn conclude(
    context: &Arc<Context>,
    node: &Arc<Node>,
    prepared: &Prepared,
    followed: &Followed,
    exit: &Exit,
    log: Log,
) -> Result<AttemptEnd, Broken> {
    let mut report = report_of(prepared, followed);
    match followed.stopping {
        Some(Stopping::Cancelled) => {
            return Ok(ended(AttemptStatus::Cancelled, "cancelled".into(), followed));
        }
        Some(Stopping::TimedOut) => {
            let limit = node.timeout.map(show_duration).unwrap_or_default();
            return Ok(ended(AttemptStatus::TimedOut, format!("no end after {limit}"), followed));
        }
        Some(Stopping::OverQuota(used)) => {
            return Ok(ended(AttemptStatus::Failed, too_much(node, Storage(used)), followed));
        }
        None => {}
    }
    // It may have come to its end between two looks.
    if exit.code == 0
        && let Some(used) = over_quota(context, node, prepared.attempt).await
    {
        return Ok(ended(AttemptStatus::Failed, too_much(node, used), followed));
    }
    if exit.oom_killed && exit.code != 0 {
        let limit = node.resources.limits.memory;
        let reason = match limit {
            Some(limit) => format!("out of memory: its limit is {limit}"),
            None => "out of memory".into(),
        };
        return Ok(ended(AttemptStatus::OutOfMemory, reason, followed));
    }
    if exit.code != 0 {
        let mut reason = format!("exit code {}{}", exit.code, meaning(exit.code, node));
        if let Some(error) = &report.error {
            reason += &format!("\n{}", error.reason());
        }
        let lasting = report.error.is_some_and(|error| error.lasts());
        return Ok(AttemptEnd { lasting, ..ended(AttemptStatus::Failed, reason, followed) });
    }
    let facts = AttemptFacts {
        attempt: prepared.attempt,
        exit: exit.clone(),
        peak_memory_bytes: followed.peak_memory_bytes,
        image: context.plan.images.get(&node.image).map(|image| image.id.clone()).unwrap_or_default(),
        reads: log.reads.into_iter().filter(|read| report.reads.contains(&read.table)).collect(),
        log_complete: log.complete,
    };
    let (own, of, dirs) = (Arc::clone(context), Arc::clone(node), prepared.dirs.clone());
    let sealing = blocking(move || own.rooms.store.seal(&of, &dirs, &facts));
    let sealed = match followed.over {
        true => Some(sealing.await),
        false => unless_stopped(context, sealing).await,
    };
    let Some(sealed) = sealed else {
        return Ok(ended(AttemptStatus::Cancelled, "cancelled".into(), followed));
    };
    match sealed {
        Ok(Manifest { outputs, .. }) => {
            let (own, of) = (Arc::clone(context), Arc::clone(node));
            for why in blocking(move || Ok(own.rooms.store.doubts(&of))).await? {
                warn(context, node, why).await?;
            }
            for told in report.take_warnings() {
                warn(context, node, told).await?;
            }
            Ok(AttemptEnd { outputs, ..ended(AttemptStatus::Succeeded, String::new(), followed) })
        }
        Err(StoreError::BadOutput(reason)) => Ok(ended(AttemptStatus::BadOutput, reason, followed)),
        // Another step's sealing was.
        Err(StoreError::GivenUp) => Ok(ended(AttemptStatus::Cancelled, "cancelled".into(), followed)),
        Err(error) => Err(error.into()),
    }
}

/// Why an end is not the step's own. An engine that is stopped ends its containers first (143, 137), and one that
/// comes back after a power cut calls dead what it then finds (255). A step that ends so by itself, in those very
/// moments, runs once more.
fn ended_by_others(followed: &Followed, exit: &Exit, unseen: bool, away: bool) -> Option<String> {
    if followed.cut {
        return Some("it was being cancelled when the run was interrupted".into());
    }
    let by_signal = followed.stopping.is_none() && !exit.oom_killed && matches!(exit.code, 137 | 143 | 255);
    match () {
        () if !by_signal => None,
        () if away => Some(format!("it ended with the container engine (exit code {})", exit.code)),
        () if unseen => Some(format!("it was ended while nobody drove the run (exit code {})", exit.code)),
        () => None,
    }
}

/// What the last start knew.
struct Log {
    reads: Vec<TableRead>,
    complete: bool,
}

fn ended(status: AttemptStatus, reason: String, followed: &Followed) -> AttemptEnd {
    AttemptEnd {
        status,
        exit: followed.exit.clone(),
        peak_memory_bytes: followed.peak_memory_bytes,
        reason,
        outputs: IndexMap::new(),
        lasting: false,
    }
}

fn too_much(node: &Node, used: Storage) -> String {
    let limit = node.resources.limits.ephemeral_storage.map(|limit| limit.to_string()).unwrap_or_default();
    format!(
        "it put {used} on disk, and its limit is {limit}: outputs, HOME, TMPDIR and log together \
         (resources.limits.ephemeral-storage)"
    )
}

fn gave_up(poll: Option<&Poll>, found: Option<String>, followed: &Followed) -> AttemptEnd {
    let found = found.unwrap_or_else(|| "exit code 75".into());
    let reason = match poll {
        Some(poll) => format!("not there after {}: {found}", show_duration(poll.limit)),
        None => format!("not there: {found} (add `poll: {{every: 30s, for: 10m}}` to wait for it)"),
    };
    AttemptEnd { lasting: true, ..ended(AttemptStatus::Failed, reason, followed) }
}

/// What a shell makes of the codes that people meet most.
fn meaning(code: i64, node: &Node) -> String {
    let text = match (code, node.resources.limits.memory) {
        (126, _) => "the command cannot be executed",
        (127, _) => "command not found",
        // An engine does not hear of each lack of memory: of 300 containers that died of it within a second, 10 were
        // not told, however long one asked.
        (137, Some(limit)) => return format!(" (killed, perhaps for lack of memory: its limit is {limit})"),
        (137, None) => "killed",
        (141, _) => "a command wrote to a pipe whose reader had ended, such as `head`",
        (139, _) => "segmentation fault",
        (143, _) => "terminated",
        _ => return String::new(),
    };
    format!(" ({text})")
}

async fn warn(context: &Context, node: &Node, message: String) -> Result<(), StoreError> {
    context.tell(EventKind::warned(&node.id, message, false)).await
}

async fn warn_of_log(context: &Context, node: &Node, message: Option<String>) -> Result<(), StoreError> {
    let Some(message) = message else { return Ok(()) };
    context.tell(EventKind::warned(&node.id, message, true)).await
}

/// Removes a container and what was made for it; nobody waits for that.
pub(super) fn clear(context: &Arc<Context>, node: &Arc<Node>, prepared: &Prepared, output: bool) {
    let (context_of, node, attempt) = (Arc::clone(context), Arc::clone(node), prepared.attempt);
    let id = prepared.container.clone();
    context.background.spawn(async move {
        let containers = &context_of.rooms.containers;
        // A leftover is removed when the run ends or is taken up again.
        let _ = steady(context_of.setting.patience, || containers.remove(&id)).await;
        forget_secrets(&context_of, &node, attempt);
        let store = Arc::clone(&context_of.rooms.store);
        let _ = blocking(move || store.discard(&node.id, attempt, output)).await;
    });
}
