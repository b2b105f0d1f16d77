use std::io;
use std::sync::atomic::Ordering;

use jiff::Timestamp;

use super::RecordedFacts;
use super::follow::{Following, follow};
use super::prepare::{Forked, Prepared};
use super::secrets::{secrets_dir, secrets_of};
use super::signals::{Heard, Signals};
use super::{remote, rooms, snapshots};
use crate::cli::report::Patience;
use crate::cli::{Exit, Invocation, Machine, Output, Place, UserError};
use crate::domain::{EventKind, Name, Plan, Run, RunEvent, RunLayout, Status, Token};
use crate::git;
use crate::local::Identity;
use crate::snapshot::{Frozen, Watch};
use crate::store::{self, Events, OwnRuns, RunDir, Standing};
use crate::supervisor::{RunLock, Started, SupervisorError, start};

/// A run whose supervisor has just been started.
pub struct Launched {
    pub plan: Plan,
    pub layout: RunLayout,
    /// From where its new life begins.
    pub events: Events,
    /// What earlier lives told.
    pub past: Vec<RunEvent>,
    /// Bytes of its supervisor's log that earlier lives wrote.
    said: u64,
    started: Started,
    signals: Signals,
}

impl Launched {
    /// Leaves it to itself. Who stays must hear of its end all the same, or it would stand among the processes for ever.
    pub fn leave(self) -> Token {
        let supervisor = self.started;
        tokio::task::spawn_blocking(move || supervisor.wait());
        self.plan.token
    }
}

/// Records a new run and starts the process that drives it. All that can be known to be wrong is told before anything
/// is written.
pub fn launch(
    place: &Place,
    prepared: Prepared,
    machine: &Machine,
    jobs: Option<usize>,
) -> Result<Launched, UserError> {
    let Prepared { plan, layout, frozen, hold, standing, forked, only, .. } = prepared;
    secrets_of(&place.root, &plan)?;
    secrets_dir(&plan)?;
    place.lake(plan.warehouse.as_ref())?;
    place.caches()?;
    let signals = Signals::listen()?;
    let heard = Heard::listen()?;
    let lock = make(place, (&plan, &layout, &frozen), (forked.as_ref(), only), &machine.identity, &heard)
        .map_err(|error| {
            // Nobody could do anything with what there is of it.
            RunDir::new(layout.clone(), plan.token, None).abandon();
            OwnRuns::of_user().forget(&layout, plan.token);
            if heard.is_set() { UserError::new(Exit::Cancelled, "the run was not started") } else { error }
        })?;
    drop((standing, hold));
    let words = arguments(place, &layout, machine, jobs);
    drive(plan, layout, Vec::new(), (lock, signals), &words)
}

/// All that a run has before it starts; with its record it is one.
fn make(
    place: &Place,
    (plan, layout, frozen): (&Plan, &RunLayout, &Frozen),
    (forked, only): (Option<&Forked>, Option<Name>),
    caller: &Identity,
    heard: &Heard,
) -> Result<RunLock, UserError> {
    RunDir::new(layout.clone(), plan.token, None).create().map_err(unrecorded)?;
    OwnRuns::of_user().mark(plan, layout).map_err(unrecorded)?;
    let lock = RunLock::acquire(&layout.lock()).map_err(|error| held(plan, error))?;
    let patience = Patience::start("keeping a copy of the project");
    let (read, stop) = (patience.bytes(), heard.flag());
    let watch = Watch::new(move |bytes| {
        read.fetch_add(bytes, Ordering::Relaxed);
        if stop.load(Ordering::Relaxed) { Err(io::Error::other("it was interrupted")) } else { Ok(()) }
    });
    snapshots::snapshots(place)?.watched_by(watch).pack(frozen, &layout.code()).map_err(|error| {
        UserError::from_error(Exit::NotReady, "the run's files cannot be kept", &error).to_do(WRITABLE)
    })?;
    store::write_plan(layout, plan).map_err(unrecorded)?;
    remote::begin(layout, plan.token)?;
    let run = record(place, plan, (forked, only), caller);
    if heard.is_set() {
        return Err(UserError::new(Exit::Cancelled, "the run was not started"));
    }
    store::write_run(layout, &run).map_err(unrecorded)?;
    Ok(lock)
}

/// Starts the process that goes on with a run that has been interrupted or has ended. `seen`: how many events it had
/// when that was decided; somebody may have gone on with it since.
pub fn relaunch(
    place: &Place,
    (plan, layout): (Plan, RunLayout),
    seen: usize,
    machine: &Machine,
    jobs: Option<usize>,
) -> Result<Launched, UserError> {
    secrets_of(&place.root, &plan)?;
    // Whoever lets runs go has judged this one before or does it after.
    let _standing = Standing::together(&rooms::root_of(&layout));
    let signals = Signals::listen()?;
    let lock = RunLock::acquire(&layout.lock()).map_err(|error| held(&plan, error))?;
    let past = store::read_events(&layout, plan.token).map_err(unrecorded)?;
    if past.len() != seen {
        let short = plan.token.short();
        return Err(UserError::wrong(format!("somebody else has gone on with run {short}, or stopped it")));
    }
    let words = arguments(place, &layout, machine, jobs);
    drive(plan, layout, past, (lock, signals), &words)
}

/// Starts the process that stops what is left of a run which nobody drives: a supervisor knows all that may be left.
/// Nothing where somebody drives it by now, or it has ended.
pub fn lay_down(place: &Place, plan: &Plan, layout: &RunLayout, machine: &Machine) -> Result<(), UserError> {
    let lock = match RunLock::acquire(&layout.lock()) {
        Err(SupervisorError::Held) => return Ok(()),
        lock => lock.map_err(|error| held(plan, error))?,
    };
    let events = store::read_events(layout, plan.token).map_err(unrecorded)?;
    if events.last().is_some_and(|event| matches!(event.kind, EventKind::RunFinished { .. })) {
        return Ok(());
    }
    let mut words = arguments(place, layout, machine, None);
    words.push("--cancel".to_owned());
    start(&words, &lock, &layout.supervisor_log()).map(drop).map_err(undriven)
}

fn arguments(place: &Place, layout: &RunLayout, machine: &Machine, jobs: Option<usize>) -> Vec<String> {
    let mut words = vec!["supervise".to_owned(), layout.dir().to_string()];
    words.extend(["--project".to_owned(), place.root.to_string()]);
    words.extend(jobs.into_iter().flat_map(|jobs| ["--jobs".to_owned(), jobs.to_string()]));
    words.extend(machine.handed_down().into_iter().flat_map(|engine| ["--engine".to_owned(), engine]));
    words
}

fn drive(
    plan: Plan,
    layout: RunLayout,
    past: Vec<RunEvent>,
    (lock, signals): (RunLock, Signals),
    arguments: &[String],
) -> Result<Launched, UserError> {
    let events = Events::from_now(&layout, plan.token).map_err(unrecorded)?;
    // What earlier lives said is not this one's.
    let said = fs_err::metadata(layout.supervisor_log()).map_or(0, |log| log.len());
    let started = start(arguments, &lock, &layout.supervisor_log()).map_err(undriven)?;
    Ok(Launched { plan, layout, events, past, said, started, signals })
}

/// Shows a launched run to its end.
pub async fn watch(
    place: &Place,
    launched: Launched,
    invocation: &Invocation,
    output: &Output,
) -> Result<Exit, UserError> {
    let Launched { plan, layout, events, past, said, started, signals } = launched;
    let token = plan.token;
    let facts = RecordedFacts::new(place.clone(), plan, layout.clone());
    let following = Following { token, layout: &layout, facts: &facts, past: &past, said, invocation };
    follow(following, events, started, signals, output).await
}

/// It is being driven, in its own record.
pub fn record_start(layout: &RunLayout) -> Result<(), UserError> {
    let run = store::read_run(layout).map_err(unrecorded)?;
    if run.status == Status::Running {
        return Ok(());
    }
    store::write_run(layout, &Run { status: Status::Running, finished_at: None, ..run }).map_err(unrecorded)
}

/// How the run ended, in its own record: the last thing that is written of it.
pub fn record_end(layout: &RunLayout, status: Status) -> Result<(), UserError> {
    let run = store::read_run(layout).map_err(unrecorded)?;
    // One end, whoever reads of it where.
    let told = store::recorded(layout).ok().and_then(|recorded| recorded.run.finished_at);
    let run = Run { status, finished_at: Some(told.unwrap_or_else(Timestamp::now)), ..run };
    store::write_run(layout, &run).map_err(unrecorded)
}

fn record(
    place: &Place,
    plan: &Plan,
    (forked, only): (Option<&Forked>, Option<Name>),
    caller: &Identity,
) -> Run {
    // Where git cannot tell, a run goes on without: its files are frozen either way.
    let facts = git::facts(&place.root).ok().flatten();
    let mut inputs_from: Vec<_> =
        plan.nodes.iter().filter_map(|node| node.taken.as_ref()).map(|taken| taken.token).collect();
    inputs_from.sort();
    inputs_from.dedup();
    let user = facts.as_ref().and_then(|facts| facts.user.clone());
    // The files are of the commit that they were frozen at.
    let (commit, branch, dirty) = match (forked.and_then(|forked| forked.code_of.as_ref()), facts) {
        (Some(old), _) => (old.commit.clone(), old.branch.clone(), old.dirty),
        (None, Some(facts)) => (facts.commit, facts.branch, facts.dirty),
        (None, None) => (None, None, false),
    };
    Run {
        greenroom: 1,
        token: plan.token,
        project: plan.project.clone(),
        env: plan.env.clone(),
        name: plan.name.clone(),
        version: plan.version,
        kind: plan.kind,
        use_case: plan.use_case.clone(),
        status: Status::Running,
        params: plan.params.iter().map(|(name, value)| (name.clone(), value.to_json())).collect(),
        started_at: Timestamp::now(),
        finished_at: None,
        commit,
        branch,
        dirty,
        user: user.unwrap_or_else(|| caller.user.clone()),
        inputs_from,
        forked_from: forked.map(|forked| forked.from),
        only,
        taken_params: plan.taken_params.clone(),
        tree: plan.tree.clone(),
        greenroom_version: env!("CARGO_PKG_VERSION").to_owned(),
    }
}

fn unrecorded(error: crate::engine::StoreError) -> UserError {
    UserError::from_error(Exit::NotReady, "the run cannot be recorded", &error).to_do(WRITABLE)
}

fn undriven(error: SupervisorError) -> UserError {
    UserError::from_error(Exit::NotReady, "the run cannot be driven", &error).to_do(WRITABLE)
}

const WRITABLE: &str = "see to it that what is named there can be written, and has room";

fn held(plan: &Plan, error: SupervisorError) -> UserError {
    match error {
        SupervisorError::Held => UserError::wrong(format!("run {} is running", plan.token.short())),
        error => UserError::from_error(Exit::NotReady, "the run cannot be locked", &error).to_do(WRITABLE),
    }
}
