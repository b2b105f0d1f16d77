use super::history::runs_of;
use super::{Ground, Launched, launch, prepare, run_beside};
use crate::cli::args::Target;
use crate::cli::{Invocation, Machine, UserError, Workspace};
use crate::domain::Status;
use crate::local::Progress;

/// Starts a run: what it stands on is made ready first. `warn`: what a person should know of it.
pub async fn start(
    workspace: &Workspace,
    target: &Target,
    jobs: Option<usize>,
    progress: &dyn Progress,
    warn: &dyn Fn(&str),
    invocation: &Invocation,
) -> Result<Launched, UserError> {
    let workflow = workspace.workflow(&target.name)?;
    let machine = Machine::connect(invocation).await?;
    let ground = Ground::look(workspace, Some(&machine), workflow).await?;
    let ready = ground.is_ready(&workspace.project);
    // What is wrong with the call is told before anything is built or started.
    let mut prepared = prepare(workspace, workflow, ground, target)?;
    if !ready {
        let ground = Ground::prepare(workspace, &machine, workflow, progress, invocation).await?;
        prepared = prepare(workspace, workflow, ground, target)?;
    }
    let beside = run_beside(&prepared.plan, target);
    // The last is what is seen where only one is.
    for warning in
        prepared.warnings.iter().chain(&still_running(workspace, target, invocation)?).chain(&beside)
    {
        warn(warning);
    }
    launch(&workspace.place, prepared, &machine, jobs)
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
