use jiff::Timestamp;

use crate::cli::args::Gc;
use crate::cli::prompt::{Answer, confirm};
use crate::cli::report::{Patience, garbage_json, garbage_view};
use crate::cli::stage::runs_of;
use crate::cli::{Exit, Invocation, Output, UserError, Workspace};
use crate::domain::figures::size;
use crate::engine::StoreError;
use crate::store::{Lake, Policy, Unlisted, address_of};

/// Shows what may go, asks, and lets it go.
pub fn run(asked: &Gc, invocation: &Invocation, output: &Output) -> Result<Exit, UserError> {
    let workspace = Workspace::open(invocation.project())?;
    let runs = runs_of(&workspace, &asked.env)?;
    if let Some(address) = address_of(&workspace.store_root(&asked.env)?) {
        return Err(UserError::wrong(format!("the runs of {} lie in {address}, and gc lets go of what is on this machine", asked.env))
            .because("what others have pinned, or made of these runs, is not known here")
            .to_do("remove .greenroom/remote/cache to free what was fetched; it is fetched again when it is asked for"));
    }
    let before = asked.older_than.map(|age| Timestamp::now().checked_sub(age)).transpose();
    let before = before.map_err(|error| UserError::from_error(Exit::Wrong, "nothing is that old", &error))?;
    let policy = Policy::new(asked.keep, before);
    let lake = lake(&workspace, &asked.env)?;
    let patience = Patience::start("looking through the runs");
    let garbage = runs.garbage(&policy).map_err(unread)?;
    let unlisted = match &lake {
        Some(lake) => lake.unlisted().map_err(unread)?,
        None => Vec::new(),
    };
    drop(patience);
    let bytes = garbage.bytes + unlisted.iter().map(|file| file.bytes).sum::<u64>();
    let nothing = garbage.runs.is_empty() && garbage.work.is_empty() && unlisted.is_empty();
    let goes = !nothing
        && !asked.dry_run
        && (asked.yes
            || agreed(asked, &garbage_view(&garbage, &unlisted, bytes, &output.look), bytes, output)?);
    if !goes {
        output.either(&garbage_json(&garbage, &unlisted, bytes, false), |look| {
            match asked.yes || asked.dry_run || nothing {
                true => garbage_view(&garbage, &unlisted, bytes, look),
                // It was shown before the question.
                false => "nothing was removed\n".to_owned(),
            }
        })?;
        return Ok(Exit::Done);
    }
    let patience = Patience::start("removing");
    let gone = runs.collect(&policy, &garbage).map_err(unremoved)?;
    let freed = remove_unlisted(lake.as_ref(), &unlisted).map_err(unremoved)?;
    drop(patience);
    let bytes = gone.bytes + freed;
    output.either(&garbage_json(&gone, &unlisted, bytes, true), |look| {
        let shown = if asked.yes { garbage_view(&gone, &unlisted, bytes, look) } else { String::new() };
        format!("{shown}removed; {} are free\n", size(bytes))
    })?;
    Ok(Exit::Done)
}

fn agreed(asked: &Gc, view: &str, bytes: u64, output: &Output) -> Result<bool, UserError> {
    if output.json {
        return Ok(false);
    }
    output.text(view)?;
    let answer = confirm(&format!("Remove them, and free {}?", size(bytes)));
    match answer.unwrap_or(Answer::Nobody) {
        Answer::Yes => Ok(true),
        Answer::No => Ok(false),
        Answer::Nobody => {
            Err(UserError::wrong("nothing was removed: nobody can be asked without a terminal")
                .to_do(format!("greenroom gc --keep {} --yes", asked.keep)))
        }
    }
}

fn remove_unlisted(lake: Option<&Lake>, unlisted: &[Unlisted]) -> Result<u64, StoreError> {
    lake.map_or(Ok(0), |lake| lake.remove_unlisted(unlisted))
}

fn lake(workspace: &Workspace, env: &str) -> Result<Option<Lake>, UserError> {
    let (_, environment) = workspace.environment(env)?;
    Ok(workspace.place.lake(environment.warehouse.as_ref())?.map(Lake::new))
}

fn unread(error: StoreError) -> UserError {
    UserError::from_error(Exit::NotReady, "what may go cannot be told, so nothing was removed", &error)
}

fn unremoved(error: StoreError) -> UserError {
    UserError::from_error(Exit::NotReady, "not all of it was removed; what is left is whole", &error)
        .to_do("see to it that what is named there may be removed, then do it again")
}
