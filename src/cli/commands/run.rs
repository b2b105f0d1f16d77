use serde_json::json;

use crate::cli::args::Run;
use crate::cli::stage::{Ground, launch, prepare, watch};
use crate::cli::{Exit, Invocation, Machine, Output, UserError, Workspace};

/// Starts a run and shows it to its end.
pub async fn run(asked: &Run, invocation: &Invocation, output: &Output) -> Result<Exit, UserError> {
    let workspace = Workspace::open(invocation.project())?;
    let workflow = workspace.workflow(&asked.target.name)?;
    let machine = Machine::connect(invocation).await?;
    let ground = Ground::look(&workspace, Some(&machine), workflow).await?;
    let ready = ground.is_ready(&workspace.project);
    // What is wrong with the call is told before anything is built or started.
    let mut prepared = prepare(&workspace, workflow, ground, &asked.target)?;
    if ready {
        machine.network(&workspace.project).await?;
    } else {
        let ground = Ground::prepare(&workspace, &machine, workflow).await?;
        prepared = prepare(&workspace, workflow, ground, &asked.target)?;
    }
    for warning in &prepared.warnings {
        output.warn(warning);
    }
    let launched = launch(&workspace.place, prepared, &machine.identity, asked.jobs.map(usize::from))?;
    if !asked.detach {
        return watch(&workspace.place, launched, invocation, output).await;
    }
    let token = launched.plan.token;
    output.either(&json!({ "token": token }), |_| format!("{token}\n"))?;
    Ok(Exit::Done)
}
