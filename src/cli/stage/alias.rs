use super::remote::told;
use crate::cli::{Exit, UserError, Workspace};
use crate::domain::{Name, RunLayout};
use crate::store::{AliasMove, Haste, Mirror, Recorded, RunRef, Runs, is_fetched, is_sent};

/// Moves an alias where the environment's runs are: in its bucket, for all who use it, or in its folder.
pub fn move_alias(
    workspace: &Workspace,
    env: &str,
    runs: &Runs,
    (name, alias): (&Name, &Name),
    moved: &AliasMove,
) -> Result<(), UserError> {
    let stays = format!("{name}@{alias} stays as it was");
    let Some(mirror) =
        Mirror::of(&workspace.store_root(env)?, Haste::Asking).map_err(|error| told(&error))?
    else {
        let moved = runs.move_alias(name, alias, moved);
        return moved.map_err(|error| {
            UserError::from_error(Exit::NotReady, stays, &error)
                .to_do("see to it that what is named there can be written, and has room")
        });
    };
    let short = moved.token.short();
    let is_there = |recorded: &Recorded| {
        let layout = RunLayout::at(&recorded.path);
        is_fetched(&layout) || is_sent(&layout, moved.token)
    };
    // Others would find an alias of nothing.
    if !moved.removed && !runs.find(&RunRef::Token(moved.token)).is_ok_and(|found| is_there(&found)) {
        return Err(UserError::not_ready(stays)
            .because(format!("not all of run {short} is in {} yet", mirror.address()))
            .to_do(format!("send it first: greenroom resume {short} --env {env}")));
    }
    let (env, _) = workspace.environment(env)?;
    let record = serde_json::to_vec(moved)
        .map_err(|error| UserError::from_error(Exit::NotReady, stays.as_str(), &error))?;
    mirror
        .move_alias(&workspace.project.name, &env, (name, alias), &record)
        .map_err(|error| UserError { what: stays, ..told(&error) })
}
