use serde_json::json;

use crate::cli::args::Run;
use crate::cli::stage::{Ground, launch, prepare, runs_of, watch};
use crate::cli::{Exit, Invocation, Machine, Output, UserError, Workspace};
use crate::domain::Status;

/// Starts a run and shows it to its end.
pub async fn run(asked: &Run, invocation: &Invocation, output: &Output) -> Result<Exit, UserError> {
    let workspace = Workspace::open(invocation.project())?;
    let workflow = workspace.workflow(&asked.target.name)?;
    let machine = Machine::connect(invocation).await?;
    let ground = Ground::look(&workspace, Some(&machine), workflow).await?;
    let ready = ground.is_ready(&workspace.project);
    // What is wrong with the call is told before anything is built or started.
    let mut prepared = prepare(&workspace, workflow, ground, &asked.target)?;
    if !ready {
        let ground = Ground::prepare(&workspace, &machine, workflow, invocation).await?;
        prepared = prepare(&workspace, workflow, ground, &asked.target)?;
    }
    for warning in prepared.warnings.iter().chain(&still_running(&workspace, asked, invocation)?) {
        output.warn(warning);
    }
    let launched = launch(&workspace.place, prepared, &machine, asked.jobs.map(usize::from))?;
    if !asked.detach {
        return watch(&workspace.place, launched, invocation, output).await;
    }
    let token = launched.plan.token;
    output.either(&json!({ "token": token }), |_| format!("{token}\n"))?;
    Ok(Exit::Done)
}

/// How many of the newest runs are looked at.
const RECENT: usize = 10;

/// Runs of the same workflow that nobody may remember: a closed terminal leaves its run going.
fn still_running(
    workspace: &Workspace,
    asked: &Run,
    invocation: &Invocation,
) -> Result<Vec<String>, UserError> {
    let name = workspace.workflow(&asked.target.name)?.name.clone();
    let recent = runs_of(workspace, &asked.target.env)?.list(Some(&name), RECENT).runs;
    let running = recent.iter().filter(|recorded| recorded.run.status == Status::Running);
    let told = running.map(|recorded| {
        let short = recorded.run.token.short();
        format!("run {short} of {name} is still running: {}", invocation.command(&["show", &short]))
    });
    Ok(told.collect())
}
