mod follow;
mod printer;

use std::io::{self, IsTerminal};

use self::follow::{Watched, follow};
use self::printer::{Form, Printer};
use super::path::no_step;
use crate::cli::args::Logs;
use crate::cli::stage::{damaged, fetch_logs, look_up};
use crate::cli::{Exit, Invocation, Output, UserError};
use crate::domain::{NodeId, Plan, RunEvent, RunLayout, Status, Tally, Token};
use crate::store::{self, Recorded};

/// Shows what a step's container wrote, by windows of its log: memory does not grow with it.
pub async fn run(asked: &Logs, invocation: &Invocation, output: &Output) -> Result<Exit, UserError> {
    let recorded = look_up(invocation, &asked.env, &asked.run)?;
    let (token, layout) = (recorded.run.token, RunLayout::at(&recorded.path));
    let plan = store::read_plan(&layout).map_err(|error| {
        damaged(&layout, token, "told of", &error)
            .to_do(format!("its logs lie in {}", layout.record().join("logs")))
    })?;
    let node = the_node(&asked.step, &plan)?;
    fetch_logs(&layout, node)?;
    let form = match (output.json, io::stdout().is_terminal()) {
        (true, _) => Form::Json,
        (false, true) => Form::Lines,
        (false, false) => Form::Exact,
    };
    let wanted = asked.attempt.map(u32::from);
    if asked.follow && recorded.run.status == Status::Running {
        return follow(Watched { layout: &layout, token, node, attempt: wanted, form }, output).await;
    }
    let events = store::read_events(&layout, token).unwrap_or_default();
    let attempts = attempts(&layout, node, &plan, &events);
    let attempt = wanted.unwrap_or(attempts);
    let log = layout.log(node, attempt);
    if attempt > attempts || !log.exists() {
        return Err(no_log(node, wanted, attempts, &plan, (&recorded, &events), invocation));
    }
    let mut printer = Printer::open(&log, attempt, form)?;
    if printer.rest()? == printer::Seen::Nothing {
        output.warn(&format!("{}attempt {attempt} has written nothing", polled(node, &events)));
    }
    tell_incomplete(&layout, token, node, output);
    Ok(Exit::Done)
}

/// Of a step with a matrix one cell must be named.
fn the_node<'a>(step: &NodeId, plan: &'a Plan) -> Result<&'a NodeId, UserError> {
    if let Some(node) = plan.node(step) {
        return Ok(&node.id);
    }
    let cells: Vec<String> =
        plan.nodes.iter().filter(|node| node.id.step == step.step).map(|node| node.id.to_string()).collect();
    Err(match (&step.cell, cells.is_empty()) {
        (None, false) => {
            UserError::wrong(format!("step `{step}` has a matrix: each cell has a log of its own"))
                .to_do(format!("name one: {}", cells.join(", ")))
        }
        _ => no_step(step, plan),
    })
}

/// The number of the last attempt; 0: none. Logs are counted where the events cannot be read.
fn attempts(layout: &RunLayout, node: &NodeId, plan: &Plan, events: &[RunEvent]) -> u32 {
    let mut tally = Tally::of_plan(plan);
    events.iter().for_each(|event| tally.add(event));
    let told = tally.nodes.get(node).map_or(0, |node| node.attempts);
    let there = (told + 1..).take_while(|attempt| layout.log(node, *attempt).exists()).last();
    there.unwrap_or(told)
}

fn polled(node: &NodeId, events: &[RunEvent]) -> String {
    let polls = events.iter().rev().find_map(|event| match &event.kind {
        crate::domain::EventKind::Polled { polls, .. } if event.kind.node().as_ref() == Some(node) => {
            Some(*polls)
        }
        _ => None,
    });
    polls.map(|polls| format!("it said \"not yet\" {polls} times; ")).unwrap_or_default()
}

/// Why there is nothing to show.
fn no_log(
    node: &NodeId,
    wanted: Option<u32>,
    attempts: u32,
    plan: &Plan,
    (recorded, events): (&Recorded, &[RunEvent]),
    invocation: &Invocation,
) -> UserError {
    let short = recorded.run.token.short();
    if let (Some(wanted), 1..) = (wanted, attempts) {
        let said = match attempts {
            1 => "there was one attempt".to_owned(),
            _ => format!("there were {attempts} attempts"),
        };
        return UserError::wrong(format!("step {node} of run {short} has no attempt {wanted}")).because(said);
    }
    let error = UserError::wrong(format!("step {node} of run {short} has no log"));
    if let Some(taken) = plan.node(node).and_then(|node| node.taken.as_ref()) {
        let words = ["logs", &taken.token.to_string(), &node.to_string()];
        return error
            .because(format!("it did not run: its outputs were taken from run {}", taken.token.short()))
            .to_do(format!("see that run's: {}", invocation.command(&words)));
    }
    if attempts > 0 {
        return error.because("the log was removed");
    }
    let mut tally = Tally::of_plan(plan);
    events.iter().for_each(|event| tally.add(event));
    match tally.nodes.get(node).and_then(|node| node.status.map(|status| (status, node.reason.clone()))) {
        Some((status, reason)) if reason.is_empty() => {
            error.because(format!("it never ran: {}", status.as_str()))
        }
        Some((status, reason)) => error.because(format!("it never ran: {}: {reason}", status.as_str())),
        None if recorded.run.status == Status::Running => error.because("it has not started yet").to_do(
            format!("wait for it: {}", invocation.command(&["logs", &short, &node.to_string(), "-f"])),
        ),
        None => error.because("the run ended before it started"),
    }
}

fn tell_incomplete(layout: &RunLayout, token: Token, node: &NodeId, output: &Output) {
    if let Ok(Some(manifest)) = store::manifest(layout, token, node)
        && !manifest.log_complete
    {
        output.warn("not all that this step wrote could be kept: its log is not whole");
    }
}
