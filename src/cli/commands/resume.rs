use crate::cli::args::Resume;
use crate::cli::stage::{changes_since, find, relaunch, runs_of, watch};
use crate::cli::{Exit, Invocation, Output, UserError, Workspace};
use crate::domain::{Plan, RunLayout, Status};
use crate::store;

/// Goes on with a run that was interrupted, failed or cancelled, with its own plan and files.
pub async fn run(asked: &Resume, invocation: &Invocation, output: &Output) -> Result<Exit, UserError> {
    let workspace = Workspace::open(invocation.project())?;
    let row = find(&runs_of(&workspace, &asked.env)?, &asked.run)?;
    let short = row.run.token.short();
    match row.run.status {
        Status::Running => {
            return Err(UserError::wrong(format!("run {short} is running"))
                .to_do(format!("see it: {}", invocation.command(&["show", &short])))
                .to_do(format!("stop it: {}", invocation.command(&["cancel", &short]))));
        }
        Status::Succeeded => {
            return Err(UserError::wrong(format!(
                "run {short} has succeeded: there is nothing to go on with"
            ))
            .to_do(format!("run it anew: {}", invocation.command(&["run", row.run.name.as_str()]))));
        }
        _ => {}
    }
    let layout = RunLayout::at(&row.path);
    let plan = store::read_plan(&layout).map_err(|error| {
        UserError::from_error(Exit::NotReady, format!("run {short} cannot be resumed"), &error)
    })?;
    let changes = changes_since(&workspace.place, &plan, &layout)?;
    if !changes.is_empty() {
        output.warn(&told(&changes, &layout, &plan, invocation));
    }
    let launched = relaunch(&workspace.place, plan, layout, asked.jobs.map(usize::from))?;
    watch(&workspace.place, launched, invocation, output).await
}

/// Which files the run will not see as they are now, and the command that would.
fn told(changes: &[String], layout: &RunLayout, plan: &Plan, invocation: &Invocation) -> String {
    const SHOWN: usize = 5;
    let mut files = changes.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    if changes.len() > SHOWN {
        files += &format!(" and {} more", changes.len() - SHOWN);
    }
    let undone = plan.nodes.iter().find(|node| !layout.manifest(&node.id).exists());
    let mut words = vec!["run".to_owned(), plan.name.to_string()];
    for (name, value) in &plan.params {
        words.extend(["--param".to_owned(), format!("{name}={value}")]);
    }
    words.extend(undone.into_iter().flat_map(|node| ["--from".to_owned(), node.id.step.to_string()]));
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    format!(
        "changed since the run started, and not seen by it: {files}\nto go on with them instead: {}",
        invocation.command(&words)
    )
}
