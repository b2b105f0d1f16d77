use super::history::runs_of;
use super::prepare::{Prepared, prepare};
use super::snapshots::freeze;
use super::{Ground, Launched, launch, run_beside};
use crate::cli::args::Target;
use crate::cli::{Exit, Invocation, Machine, UserError, Workspace};
use crate::domain::Status;
use crate::local::Progress;
use crate::snapshot::Freeze;

/// What runs are started from: all of a sweep from one, whatever becomes of the project's files meanwhile.
pub struct Footing {
    machine: Machine,
    ground: Ground,
    freeze: Freeze,
}

impl Footing {
    /// The project's files as they are now, and what `target` stands on, made ready.
    pub async fn make(
        workspace: &Workspace,
        target: &Target,
        progress: &dyn Progress,
        invocation: &Invocation,
    ) -> Result<Self, UserError> {
        let workflow = workspace.workflow(&target.name)?;
        let machine = Machine::connect(invocation).await?;
        let ground = Ground::look(workspace, Some(&machine), workflow).await?;
        let ready = ground.is_ready(&workspace.project);
        let footing = Self { machine, ground, freeze: freeze(workspace)? };
        if ready {
            return Ok(footing);
        }
        // What is wrong with the call is told before anything is built or started.
        footing.prepare(workspace, target)?;
        let ground = Ground::prepare(workspace, &footing.machine, workflow, progress, invocation).await?;
        Ok(Self { ground, ..footing })
    }

    /// Plans a run, and starts nothing.
    pub fn prepare(&self, workspace: &Workspace, target: &Target) -> Result<Prepared, UserError> {
        let workflow = workspace.workflow(&target.name)?;
        prepare(workspace, workflow, self.ground.clone(), self.freeze.clone(), target)
    }

    /// Starts a run. `warn`: what a person should know of it. `stop`: somebody has heard a Ctrl-C that came before this run
    /// could hear it itself.
    pub fn start(
        &self,
        workspace: &Workspace,
        target: &Target,
        jobs: Option<usize>,
        warn: &dyn Fn(&str),
        stop: &dyn Fn() -> bool,
        invocation: &Invocation,
    ) -> Result<Launched, UserError> {
        let prepared = self.prepare(workspace, target)?;
        if stop() {
            return Err(UserError::new(Exit::Cancelled, "the run was not started"));
        }
        let beside = run_beside(&prepared.plan, target);
        let running = still_running(workspace, target, invocation)?;
        // The last is what is seen where only one is.
        for warning in prepared.warnings.iter().chain(&prepared.idle).chain(&running).chain(&beside) {
            warn(warning);
        }
        launch(&workspace.place, prepared, &self.machine, jobs)
    }
}

/// Starts a run: what it stands on is made ready first. `warn`: what a person should know of it.
pub async fn start(
    workspace: &Workspace,
    target: &Target,
    jobs: Option<usize>,
    progress: &dyn Progress,
    warn: &dyn Fn(&str),
    invocation: &Invocation,
) -> Result<Launched, UserError> {
    let footing = Footing::make(workspace, target, progress, invocation).await?;
    footing.start(workspace, target, jobs, warn, &|| false, invocation)
}

/// How many of the newest runs are looked at.
const RECENT: usize = 10;

/// Runs of the same workflow that nobody may remember: a closed terminal leaves its run going.
fn still_running(
    workspace: &Workspace,
    target: &Target,
    invocation: &Invocation,
) -> Result<Vec<String>, UserError> {
    let name = workspace.workflow(&target.name)?.name.clone();
    let recent = runs_of(workspace, &target.env)?.list(Some(&name), RECENT).runs;
    let running = recent.iter().filter(|recorded| recorded.run.status == Status::Running);
    let told = running.map(|recorded| {
        let short = recorded.run.token.short();
        format!("run {short} of {name} is still running: {}", invocation.command(&["show", &short]))
    });
    Ok(told.collect())
}
