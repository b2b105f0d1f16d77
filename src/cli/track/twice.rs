use std::sync::atomic::AtomicBool;

use super::desk::Desk;
use super::rerun::target;
use super::seal::{Packaged, Sealable};
use crate::cli::scratch::{Apart, Scratch};
use crate::cli::stage::compare;
use crate::cli::{Exit, Invocation, Output, UserError};
use crate::domain::compare::Comparison;
use crate::domain::track::{Check, CheckStatus};
use crate::review::checks::TWICE;
use crate::store::recorded;

const ID: &str = TWICE.0;
const TITLE: &str = TWICE.1;

/// Runs once more what is about to be packaged, beside, on a copy of the lake as that run left it, and compares what both
/// made by content.
pub async fn twice(
    desk: &Desk,
    sealable: &Sealable,
    run: &Packaged,
    invocation: &Invocation,
    output: &Output,
) -> Result<Check, UserError> {
    let env = run.env.as_str();
    let scratch = Scratch::make(&desk.workspace, &desk.repository, &sealable.head, env, true)?;
    let tried = scratch.run(&target(&run.report, env), invocation, output).await?;
    let (short, first) = (tried.token.short(), run.found.run.token.short());
    match tried.exit {
        Exit::Done => {}
        Exit::Cancelled => {
            return Err(UserError::new(
                Exit::Cancelled,
                "nothing was packaged: the second run was cancelled",
            ));
        }
        _ => {
            scratch.keep(&tried, Apart::Second, &format!("{} was packaged", sealable.head.short()))?;
            let mut check = Check::passed(ID, TITLE);
            let what = format!("run {first} has succeeded, and the same again, run {short}, has not");
            check.find(CheckStatus::Failed, what, None, invocation.command(&["show", &short]));
            return Ok(check);
        }
    }
    let again = recorded(&tried.layout)
        .map_err(|error| UserError::from_error(Exit::NotReady, "the second run cannot be read", &error))?;
    let found = compare(Some(&desk.workspace.place), &run.found, &again, &[], &AtomicBool::new(false));
    Ok(told(&found))
}

/// A table that is another is one fault, another file may only tell of when it was made.
fn told(found: &Comparison) -> Check {
    let mut check = Check::passed(ID, TITLE);
    let differing = found.steps.iter().flat_map(|step| {
        step.artifacts.iter().filter(|artifact| !artifact.same).map(move |artifact| (step, artifact))
    });
    for (step, artifact) in differing {
        let (status, help) = match artifact.table {
            Some(_) => {
                (CheckStatus::Failed, "replace what a run writes, and leave nothing to chance or the clock")
            }
            None => (CheckStatus::Warned, "leave out the time and the run's token, if that is all"),
        };
        let what = format!("{}, {}: {}", step.title, artifact.path, artifact.told());
        check.find(status, what, None, help.to_owned());
    }
    for doubt in &found.doubts {
        check.find(CheckStatus::NotChecked, doubt.clone(), None, String::new());
    }
    check
}
