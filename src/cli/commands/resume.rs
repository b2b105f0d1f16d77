use camino::Utf8Path;

use super::resume_sending::send_rest;
use crate::cli::args::Resume;
use crate::cli::report::{Building, Patience};
use crate::cli::stage::{
    Ground, Launched, changes_since, find, foreign, gone_image, instead_of_foreign, look_up, relaunch,
    runs_of, watch,
};
use crate::cli::{Exit, Invocation, Machine, Output, UserError, Workspace};
use crate::domain::{Node, NodeId, Plan, RunLayout, Status};
use crate::local::Progress;
use crate::store::{self, Origin, OwnRuns};

/// Goes on with a run that was interrupted, failed or cancelled, with its own plan and files.
pub async fn run(asked: &Resume, invocation: &Invocation, output: &Output) -> Result<Exit, UserError> {
    let workspace = Workspace::open(invocation.project())?;
    let recorded = look_up(invocation, &asked.env, &asked.run)?;
    if let Some(exit) = send_rest(&recorded, invocation, output)? {
        return Ok(exit);
    }
    let warn = |warning: &str| output.warn(warning);
    let launched = go_on(&workspace, asked, &Building::default(), &warn, invocation).await?;
    watch(&workspace.place, launched, invocation, output).await
}

/// The same, without showing it.
pub async fn go_on(
    workspace: &Workspace,
    asked: &Resume,
    progress: &dyn Progress,
    warn: &dyn Fn(&str),
    invocation: &Invocation,
) -> Result<Launched, UserError> {
    let runs = runs_of(workspace, &asked.env)?;
    let row = find(&runs, &asked.run)?;
    let short = row.run.token.short();
    match row.run.status {
        Status::Running => {
            return Err(UserError::wrong(format!("run {short} is running"))
                .to_do(format!("see it: {}", invocation.command(&["show", &short])))
                .to_do(format!("stop it: {}", invocation.command(&["cancel", &short]))));
        }
        Status::Succeeded => {
            // Of a damaged one nobody knows with what it ran.
            let command = match runs.plan(&OwnRuns::of_user(), &row) {
                Ok((plan, _)) => anew(&plan, None, None, invocation),
                Err(_) => invocation.command(&["run", row.run.name.as_str()]),
            };
            return Err(UserError::wrong(format!(
                "run {short} has succeeded: there is nothing to go on with"
            ))
            .to_do(format!("run it anew: {command}")));
        }
        _ => {}
    }
    let (plan, origin) = runs.plan(&OwnRuns::of_user(), &row).map_err(|error| {
        UserError::from_error(Exit::NotReady, format!("run {short} cannot be resumed"), &error)
    })?;
    if origin != Origin::Here {
        return Err(refused(origin, &row.path, &plan, (workspace, &asked.run), invocation));
    }
    let layout = RunLayout::of(&workspace.store_root(&asked.env)?, &plan);
    let events = store::read_events(&layout, plan.token).map_err(|error| {
        UserError::from_error(Exit::NotReady, format!("run {short} cannot be resumed"), &error)
    })?;
    let patience = Patience::start("checking what its steps made");
    let altered = store::altered(&layout, plan.token, &events);
    drop(patience);
    if !altered.is_empty() {
        return Err(unfit("what it made was changed", &altered, &plan, invocation));
    }
    let unrecorded = store::unrecorded(&layout, plan.token, &events);
    if !unrecorded.is_empty() {
        return Err(unfit("its record lacks what happened", &unrecorded, &plan, invocation));
    }
    let changes = changes_since(workspace, &plan, &layout)?;
    if !changes.is_empty() {
        warn(&told(&changes, &layout, &plan, invocation));
    }
    let machine = Machine::connect(invocation).await?;
    if let Some(gone) = gone_image(&plan, &layout, &machine).await? {
        let what = format!("run {short} cannot be resumed: the image {gone} is not on the engine any more");
        return Err(UserError::not_ready(what)
            .because("another image would make it another run")
            .to_do(format!("make it anew: {}", anew(&plan, undone(&layout, &plan), None, invocation))));
    }
    for warning in Ground::serve(workspace, &machine, &plan, progress, invocation).await {
        warn(&warning);
    }
    relaunch(&workspace.place, (plan, layout), events.len(), &machine, asked.jobs.map(usize::from))
}

/// Which files the run will not see as they are now, and the command that would.
fn told(changes: &[String], layout: &RunLayout, plan: &Plan, invocation: &Invocation) -> String {
    const SHOWN: usize = 5;
    let mut files = changes.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    if changes.len() > SHOWN {
        files += &format!(" and {} more", changes.len() - SHOWN);
    }
    format!(
        "changed since the run started, and not seen by it: {files}\nto go on with them instead: {}",
        anew(plan, undone(layout, plan), None, invocation)
    )
}

/// The steps to come would read what nobody can say the origin of.
fn unfit(what: &str, altered: &[(NodeId, String)], plan: &Plan, invocation: &Invocation) -> UserError {
    let told = altered.iter().map(|(id, why)| format!("{id}: {why}")).collect::<Vec<_>>().join("; ");
    let first = plan.nodes.iter().find(|node| altered.iter().any(|(id, _)| *id == node.id));
    UserError::wrong(format!("run {} cannot be resumed: {what}", plan.token.short()))
        .because(told)
        .to_do(format!("make it anew, and what follows: {}", anew(plan, first, None, invocation)))
}

/// A foreign run is not gone on with. What it made may be used by whoever names it: then its sums are looked at.
fn refused(
    origin: Origin,
    path: &Utf8Path,
    plan: &Plan,
    (workspace, reference): (&Workspace, &str),
    invocation: &Invocation,
) -> UserError {
    let error = foreign(&RunLayout::at(path), &plan.token.short(), "resumed", origin);
    let mut own = vec![format!("run it anew: {}", anew(plan, None, None, invocation))];
    let begun = undone(&RunLayout::at(path), plan).filter(|step| step.id != plan.nodes[0].id);
    own.extend(begun.map(|step| {
        let on = anew(plan, Some(step), Some(path), invocation);
        format!("or go on from what it made, once you have looked at it: {on}")
    }));
    instead_of_foreign(error, workspace, plan, reference, own, invocation)
}

fn undone<'a>(layout: &RunLayout, plan: &'a Plan) -> Option<&'a Node> {
    plan.nodes.iter().find(|node| !layout.manifest(&node.id).exists())
}

/// The command of a new run with the same parameters.
fn anew(plan: &Plan, from: Option<&Node>, inputs: Option<&Utf8Path>, invocation: &Invocation) -> String {
    let mut words = match from {
        Some(node) if inputs.is_none() => plan.run_words_from(&node.id.step),
        Some(node) => [plan.run_words(), vec!["--from".to_owned(), node.id.step.to_string()]].concat(),
        None => plan.run_words(),
    };
    words.extend(inputs.into_iter().flat_map(|path| ["--inputs-from".to_owned(), path.to_string()]));
    invocation.command(&words.iter().map(String::as_str).collect::<Vec<_>>())
}
