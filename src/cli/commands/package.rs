use serde_json::json;

use super::track::gone;
use crate::cli::args::Package;
use crate::cli::report::card_view;
use crate::cli::track::{Desk, Looked, On, Packaged, Sealable, gathered, seal, twice};
use crate::cli::{Exit, Invocation, Output, UserError};
use crate::domain::text::safe;
use crate::domain::track::TrackId;
use crate::domain::{Name, Warehouse};
use crate::git::Prompt;
use crate::review::checks::not_twice;

/// Seals the branch that is checked out, and pushes it with the ledger.
pub async fn run(asked: &Package, invocation: &Invocation, output: &Output) -> Result<Exit, UserError> {
    let desk = Desk::open(invocation, Prompt::Terminal)?;
    // What cannot be packaged is told before anybody is asked anything.
    let sealable = Sealable::of(&desk)?;
    let id = match &asked.track {
        Some(named) => desk.visit(named)?.0,
        None => of_branch(&desk, &sealable, invocation)?,
    };
    // Somebody may have pushed to it, or it was rewritten here since it was pushed.
    desk.fetch(std::slice::from_ref(&sealable.branch))?;
    // Before anything runs; and again once it is sealed, for others may have gone on meanwhile.
    let (id, kept) = desk.find(id.as_str())?;
    let roster = desk.roster()?;
    sealable.comes_to_something(&desk, &desk.look(&id, kept, &roster)?, &roster)?;
    let run = Packaged::find(&desk, &id, &sealable, (&asked.env, asked.run.as_deref()), invocation)?;
    let runs_again = !asked.once && is_copied(&desk, &run.env);
    let again = match (runs_again, asked.once) {
        (true, _) => {
            let made = twice(&desk, &sealable, &run, invocation, output).await;
            made.map_err(|error| match error.exit {
                Exit::Cancelled => error,
                _ => error.to_do("or package it with that unchecked, as the card will say: --once"),
            })?
        }
        (false, true) => not_twice(
            "it takes a second run, and --once asked for none",
            "greenroom package makes one, unless it is told --once",
        ),
        // What writes to a warehouse elsewhere would write there again.
        (false, false) => not_twice(
            "it takes a second run, which would write to BigQuery once more",
            "greenroom package --env ENV, with an environment whose tables are here, makes one",
        ),
    };
    let looked = desk.say(&id, |desk, on, roster| {
        let On::Known(looked) = on else { return Err(gone(id.as_str())) };
        seal(desk, looked, roster, &sealable, &run, &again)
    })?;
    let card = gathered(&desk, &looked, &desk.roster()?)?.card(&looked);
    match output.json && runs_again {
        // After the events of the second run, a line each.
        true => output.line(&json!({"event": "package_sealed", "card": card}))?,
        false => output.either(&card, |look| card_view(&card, invocation, look))?,
    }
    Ok(Exit::Done)
}

/// A second run has a copy of the tables.
fn is_copied(desk: &Desk, env: &Name) -> bool {
    let environment = desk.workspace.project.environments.get(env);
    !matches!(environment.and_then(|found| found.warehouse.as_ref()), Some(Warehouse::Bigquery { .. }))
}

/// The track that was opened for a branch, or has a package of it; else the only one that is still under way.
fn of_branch(desk: &Desk, sealable: &Sealable, invocation: &Invocation) -> Result<TrackId, UserError> {
    let (_, all) = desk.visit_all()?;
    let open: Vec<&Looked> = all.iter().filter(|looked| !looked.track.abandoned).collect();
    let name = sealable.branch.short();
    let is_of = |looked: &&&Looked| {
        let track = &looked.track;
        track.package.as_ref().is_some_and(|package| package.manifest.branch == sealable.branch)
            || track.design.as_ref().is_some_and(|design| design.branch.as_deref() == Some(name))
    };
    let mut fits: Vec<&&Looked> = open.iter().filter(is_of).collect();
    if fits.is_empty() {
        // One that was opened before there was a branch.
        let unbound = |looked: &&&Looked| {
            looked.track.package.is_none()
                && looked.track.design.as_ref().is_some_and(|design| design.branch.is_none())
        };
        fits = open.iter().filter(unbound).collect();
    }
    match (fits.as_slice(), open.as_slice()) {
        ([one], _) => Ok(one.track.id.clone()),
        ([], []) => Err(UserError::wrong("no track is open, of which this would be the package")
            .to_do(invocation.command(&["track", "open", "WORKFLOW", "--need", "TEXT"]))),
        ([], many) => {
            let error = UserError::wrong(format!("no track was opened for the branch `{}`", safe(name)));
            let open = invocation.command(&["track", "open", "WORKFLOW"]);
            // What has come to its target waits for no package.
            let under_way = || many.iter().copied().filter(|looked| looked.track.promotion.is_none());
            Err(match under_way().next() {
                Some(_) => error
                    .to_do(format!("say which one it is: {}", commands(invocation, under_way())))
                    .to_do(format!("or open one for it: {open}")),
                None => error.to_do(format!("open one for it: {open}")),
            })
        }
        (many, _) => Err(UserError::wrong(format!("more than one track is of the branch `{}`", safe(name)))
            .to_do(format!("say which one: {}", commands(invocation, many.iter().map(|looked| **looked))))),
    }
}

fn commands<'a>(invocation: &Invocation, tracks: impl Iterator<Item = &'a Looked>) -> String {
    let all = tracks.map(|looked| invocation.command(&["package", "--track", looked.track.id.as_str()]));
    all.collect::<Vec<_>>().join(", or ")
}
