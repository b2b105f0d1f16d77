use crate::cli::commands::path::no_step;
use crate::cli::report::Patience;
use crate::cli::stage::{find, instead_of_foreign, runs_of, why_foreign};
use crate::cli::{Exit, Invocation, Output, UserError, Workspace};
use crate::domain::{EventKind, InputSource, Node, NodeId, Plan, Run, RunEvent, RunLayout};
use crate::store::{self, Inside, Origin, OwnRuns, Standing};

/// Cells that are named to somebody who named none.
const SHOWN: usize = 5;

/// A step, or one cell of it, of a run that this person started on this machine.
pub struct Chosen {
    pub run: Run,
    pub plan: Plan,
    pub layout: RunLayout,
    pub node: Node,
    /// The last that there was; 1 where it never ran.
    pub attempt: u32,
    /// Nobody lets it go meanwhile.
    _inside: Inside,
}

/// The step that is meant. `verb`: the command that asks for it, to be typed again.
///
/// # Errors
/// There is none, or the run is foreign: what its plan says would be started here with this project's secrets.
pub fn choose(
    workspace: &Workspace,
    (env, run, step): (&str, &str, &NodeId),
    verb: &str,
    output: &Output,
    invocation: &Invocation,
) -> Result<Chosen, UserError> {
    let runs = runs_of(workspace, env)?;
    // From when it is found until it is held, nobody lets any go.
    let standing = Standing::together(&workspace.store_root(env)?);
    let recorded = find(&runs, run)?;
    let short = recorded.run.token.short();
    let unread =
        |error| UserError::from_error(Exit::NotReady, format!("what run {short} did cannot be read"), &error);
    let (plan, origin) = runs.plan(&OwnRuns::of_user(), &recorded).map_err(unread)?;
    if origin != Origin::Here {
        let error = UserError::wrong(format!("run {short} is foreign: nothing of it is started here"))
            .because(why_foreign(&RunLayout::at(&recorded.path), origin));
        let own = [
            format!("look at what it made: {}", invocation.command(&["artifacts", run])),
            format!("or run it anew: {}", anew(&plan, invocation)),
        ];
        return Err(instead_of_foreign(error, workspace, &plan, run, own, invocation));
    }
    let node = plan.node(step).ok_or_else(|| no_node(step, &plan, (verb, run), invocation))?.clone();
    // It lies there, as has just been made sure of; links resolved differently would not.
    let layout = RunLayout::of(&workspace.store_root(env)?, &plan);
    let inside = Inside::of(&layout).map_err(|error| {
        UserError::from_error(Exit::NotReady, format!("run {short} cannot be entered"), &error)
    })?;
    drop(standing);
    let events = store::read_events(&layout, plan.token).map_err(unread)?;
    warn_of_altered(&layout, &plan, &node, &events, output);
    let attempt = last_attempt(&events, step).unwrap_or(1);
    Ok(Chosen { run: recorded.run, plan, layout, node, attempt, _inside: inside })
}

fn anew(plan: &Plan, invocation: &Invocation) -> String {
    let words = plan.run_words();
    invocation.command(&words.iter().map(String::as_str).collect::<Vec<_>>())
}

fn no_node(step: &NodeId, plan: &Plan, (verb, run): (&str, &str), invocation: &Invocation) -> UserError {
    let cells: Vec<String> =
        plan.nodes.iter().filter(|node| node.id.step == step.step).map(|node| node.id.to_string()).collect();
    if step.cell.is_some() || cells.is_empty() {
        return no_step(step, plan);
    }
    let error = UserError::wrong(format!("step `{step}` has {} cells: name one", cells.len()));
    let error = cells
        .iter()
        .take(SHOWN)
        .fold(error, |error, cell| error.to_do(invocation.command(&[verb, run, cell])));
    if cells.len() > SHOWN { error.to_do(format!("or one of {} more", cells.len() - SHOWN)) } else { error }
}

/// What is looked at in there is not what the run saw.
fn warn_of_altered(layout: &RunLayout, plan: &Plan, node: &Node, events: &[RunEvent], output: &Output) {
    let reads = |id: &NodeId| {
        node.inputs
            .values()
            .any(|input| matches!(&input.source, InputSource::Step { step, .. } if *step == id.step))
    };
    let patience = Patience::start("checking what the step was given");
    let altered = store::altered(layout, plan.token, events);
    drop(patience);
    for (id, why) in altered.iter().filter(|(id, _)| reads(id)) {
        output.warn(&format!("what step {id} made is not what there is now: {why}"));
    }
}

fn last_attempt(events: &[RunEvent], step: &NodeId) -> Option<u32> {
    let started = events.iter().filter(|event| event.kind.node().as_ref() == Some(step));
    let attempt = |event: &RunEvent| match event.kind {
        EventKind::AttemptStarted { attempt, .. } => Some(attempt),
        _ => None,
    };
    started.filter_map(attempt).max()
}
