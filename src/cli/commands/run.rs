use serde_json::json;

use super::sweep;
use crate::cli::args::Run;
use crate::cli::report::Building;
use crate::cli::stage::{start, watch};
use crate::cli::sweep::{Sweep, lists_taken_as_texts};
use crate::cli::{Exit, Invocation, Output, UserError, Workspace};

/// Starts a run and shows it to its end.
pub async fn run(asked: &Run, invocation: &Invocation, output: &Output) -> Result<Exit, UserError> {
    let workspace = Workspace::open(invocation.project())?;
    let workflow = workspace.workflow(&asked.target.name)?;
    for told in lists_taken_as_texts(workflow, &asked.target.params) {
        output.remark(&told);
    }
    if let Some(sweep) = Sweep::of(workflow, &asked.target.params)? {
        return sweep::run(asked, sweep, &workspace, (invocation, output)).await;
    }
    if let Some(by) = &asked.by {
        return Err(UserError::wrong(format!("there is nothing to sort by {by}: `--by` is for a sweep"))
            .to_do("give a parameter more than one value: --param depth=3,6, or of a text --param name=a --param name=b"));
    }
    let (jobs, progress) = (asked.jobs.map(usize::from), Building::default());
    let warn = |warning: &str| output.warn(warning);
    let launched = start(&workspace, &asked.target, jobs, &progress, &warn, invocation).await?;
    if !asked.detach {
        return watch(&workspace.place, launched, invocation, output).await;
    }
    let token = launched.plan.token;
    output.either(&json!({ "token": token }), |_| format!("{token}\n"))?;
    Ok(Exit::Done)
}
