use super::super::runner::Around;
use crate::app::Trouble;
use crate::cli::stage::{diff_between, diff_since, find, runs_of};
use crate::cli::{Exit, UserError, Workspace};
use crate::domain::{FileDiff, Plan, RunLayout, Token};
use crate::store;

/// How what a run was made of differs from what another was; without one, from the project's files as they are now.
pub fn changes(around: &Around, then: Token, now: Option<Token>) -> Result<Vec<FileDiff>, Trouble> {
    let workspace = Workspace::open(Some(&around.place.root))?;
    let then = made_of(&workspace, around, then)?;
    Ok(match now {
        None => diff_since(&workspace, &then.0, &then.1)?,
        Some(now) => {
            let now = made_of(&workspace, around, now)?;
            diff_between(&workspace, (&then.0, &then.1), (&now.0, &now.1))?
        }
    })
}

fn made_of(workspace: &Workspace, around: &Around, run: Token) -> Result<(Plan, RunLayout), UserError> {
    let recorded = find(&runs_of(workspace, &around.env)?, &run.to_string())?;
    let layout = RunLayout::at(&recorded.path);
    let unread = |error| UserError::from_error(Exit::NotReady, "the run's plan cannot be read", &error);
    let plan = store::read_plan(&layout).map_err(unread)?;
    Ok((plan, layout))
}
