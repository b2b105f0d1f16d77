use crate::cli::args::Plan;
use crate::cli::report::plan_view;
use crate::cli::stage::{Ground, freeze, prepare, run_beside};
use crate::cli::sweep::Sweep;
use crate::cli::{Exit, Invocation, Machine, Output, UserError, Workspace};

/// Shows what would run. Nothing is built or started, and no engine is needed.
pub async fn run(asked: &Plan, invocation: &Invocation, output: &Output) -> Result<Exit, UserError> {
    let workspace = Workspace::open(invocation.project())?;
    let workflow = workspace.workflow(&asked.target.name)?;
    if let Some(sweep) = Sweep::of(workflow, &asked.target.params)? {
        let told = format!("these parameters are of {} runs, and a plan is of one", sweep.runs.len());
        return Err(UserError::wrong(told).to_do("give each parameter one value; `run` takes them all"));
    }
    let machine = Machine::connect(invocation).await.ok();
    let ground = Ground::look(&workspace, machine.as_ref(), workflow).await?;
    let prepared = prepare(&workspace, workflow, ground, freeze(&workspace)?, &asked.target)?;
    if let Some(told) = run_beside(&prepared.plan, &asked.target) {
        output.warn(&told);
    }
    prepared.warnings.iter().chain(&prepared.idle).for_each(|told| output.warn(told));
    output.either(&prepared.plan, |look| plan_view(&prepared.plan, look))?;
    Ok(Exit::Done)
}
