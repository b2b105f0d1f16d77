use jiff::Timestamp;

use crate::cli::args::Alias;
use crate::cli::report::{AliasRow, aliases_table};
use crate::cli::stage::{author, find, fresh_runs, move_alias, unfed};
use crate::cli::{Exit, Ink, Invocation, Output, UserError, Workspace};
use crate::domain::{Name, RunLayout, Status, Token};
use crate::engine::StoreError;
use crate::store::{
    AliasMove, FindError, Origin, OwnRuns, RunRef, Runs, Standing, altered, is_fetched, read_events,
};

/// Gives a run an alias, or lists those there are.
pub fn run(asked: &Alias, invocation: &Invocation, output: &Output) -> Result<Exit, UserError> {
    let workspace = Workspace::open(invocation.project())?;
    let runs = fresh_runs(&workspace, &asked.env, invocation)?;
    if let Some(alias) = &asked.remove {
        let row = take_away(&workspace, &asked.env, &runs, alias)?;
        output.either(&row, |look| {
            let run = look.paint(Ink::Accent, row.token.short());
            format!(
                "{}@{} is nobody's now; it was run {run}\n",
                row.name,
                look.paint(Ink::Strong, &row.alias)
            )
        })?;
        return Ok(Exit::Done);
    }
    match (&asked.run, &asked.alias) {
        (Some(reference), Some(alias)) => {
            let row = give(&workspace, &asked.env, &runs, (reference, alias))?;
            if is_foreign(&runs, row.token) {
                output.warn(&format!(
                    "run {} is foreign: whatever it is called, it feeds no run unless named by its token",
                    row.token.short()
                ));
            }
            let found = runs.find(&RunRef::Token(row.token)).ok();
            for (case, node) in found.iter().flat_map(|found| unfed(&workspace, found)) {
                output.remark(&format!(
                    "run {} did not make {node}, nor take it over: the {case} of {}, which reads it, cannot take its \
                     inputs from {alias}",
                    row.token.short(),
                    row.name
                ));
            }
            output.either(&row, |look| {
                let run = look.paint(Ink::Accent, row.token.short());
                let since = if row.unchanged { "already: nothing changes" } else { "now" };
                format!("{}@{} is run {run} {since}\n", row.name, look.paint(Ink::Strong, &row.alias))
            })?;
        }
        (reference, _) => {
            // The history of one that is named is its own, also where no run has it any more.
            let named = reference.as_deref().filter(|_| asked.history).map(|typed| named(&runs, typed));
            let named = named.unwrap_or_default();
            let of = reference.as_deref().filter(|_| named.is_empty());
            let of = of.map(|reference| find(&runs, reference)).transpose()?;
            let aliases = if named.is_empty() { runs.aliases() } else { named };
            let aliases = aliases
                .into_iter()
                .filter(|(name, _)| of.as_ref().is_none_or(|recorded| recorded.run.name == *name));
            let mut rows = Vec::new();
            for (name, alias) in aliases {
                match rows_of(&runs, &name, &alias, asked.history, output) {
                    Ok(found) => rows.extend(found),
                    // One that is damaged hides no other.
                    Err(error) => output.warn(&format!("{name}@{alias} cannot be read: {error}")),
                }
            }
            let whose = of.as_ref().map(|recorded| recorded.run.token.short());
            if let Some(of) = of {
                let has: Vec<Name> = rows
                    .iter()
                    .filter(|row| row.token == of.run.token)
                    .map(|row| row.alias.clone())
                    .collect();
                rows.retain(
                    |row| if asked.history { has.contains(&row.alias) } else { row.token == of.run.token },
                );
            }
            output.either(&rows, |look| {
                aliases_table(&rows, whose.as_deref(), Timestamp::now(), invocation, look)
            })?;
        }
    }
    Ok(Exit::Done)
}

/// The aliases, there are or have been, that are meant by what was typed.
fn named(runs: &Runs, typed: &str) -> Vec<(Name, Name)> {
    let Ok(RunRef::Alias { name: of, alias }) = typed.parse() else { return Vec::new() };
    let is_meant = |(name, known): &(Name, Name)| *known == alias && of.as_ref().is_none_or(|of| of == name);
    runs.aliases().into_iter().filter(is_meant).collect()
}

/// Those who have had it, the newest first, or only that one.
fn rows_of(
    runs: &Runs,
    name: &Name,
    alias: &Name,
    all: bool,
    output: &Output,
) -> Result<Vec<AliasRow>, StoreError> {
    let moves = match all {
        true => runs.alias_history(name, alias)?,
        false => runs.alias(name, alias)?.map(Ok).into_iter().collect(),
    };
    let mut rows = Vec::new();
    for (index, moved) in moves.into_iter().enumerate() {
        match moved {
            Ok(moved) => {
                let doubt = (index == 0 && !moved.removed).then(|| doubt(runs, moved.token)).flatten();
                let gone = matches!(runs.find(&RunRef::Token(moved.token)), Err(FindError::NoToken(_)));
                rows.push(AliasRow { doubt, gone, ..row(name, alias, moved) });
            }
            Err(error) => output.warn(&format!("not all of {name}@{alias} can be read: {error}")),
        }
    }
    Ok(rows)
}

fn row(name: &Name, alias: &Name, AliasMove { token, at, user, removed, .. }: AliasMove) -> AliasRow {
    let (gone, unchanged, doubt) = (false, false, None);
    AliasRow { name: name.clone(), alias: alias.clone(), token, at, user, removed, gone, unchanged, doubt }
}

/// Why a run that has an alias does not give what it was given it for.
fn doubt(runs: &Runs, token: Token) -> Option<String> {
    let found = match runs.find(&RunRef::Token(token)) {
        Ok(found) => found,
        Err(FindError::NoToken(_)) => return Some("its run is gone".to_owned()),
        Err(error) => return Some(error.to_string()),
    };
    let layout = RunLayout::at(&found.path);
    // What lies in a bucket is there, though it be not here.
    if is_fetched(&layout) {
        return None;
    }
    let events = read_events(&layout, token).ok()?;
    let (node, why) = altered(&layout, token, &events).into_iter().next()?;
    Some(format!("what {node} made was changed: {why}"))
}

/// Nobody is called so any more.
fn take_away(workspace: &Workspace, env: &str, runs: &Runs, typed: &str) -> Result<AliasRow, UserError> {
    let (of, alias) = match typed.split_once('@') {
        Some((name, alias)) => (Some(name), alias),
        None => (None, typed),
    };
    let mut there = runs.aliases();
    there.retain(|(name, known)| !matches!(runs.alias(name, known), Ok(None)));
    let fits =
        |(name, known): &&(Name, Name)| known.as_str() == alias && of.is_none_or(|of| name.as_str() == of);
    let meant: Vec<&(Name, Name)> = there.iter().filter(fits).collect();
    let named = |found: &[&(Name, Name)]| {
        found.iter().map(|(name, alias)| format!("{name}@{alias}")).collect::<Vec<_>>().join(", ")
    };
    let (name, alias) = match meant.as_slice() {
        [meant] => *meant,
        [] => {
            let error = UserError::wrong(format!("there is no alias `{typed}`"));
            let all: Vec<_> = there.iter().collect();
            return Err(if all.is_empty() {
                error
            } else {
                error.to_do(format!("there are {}", named(&all)))
            });
        }
        many => {
            return Err(UserError::wrong(format!("`{typed}` is an alias of more than one algorithm"))
                .to_do(format!("say which: {}", named(many))));
        }
    };
    let _standing = Standing::together(&workspace.store_root(env)?);
    // One that cannot be read is taken away as well, from whichever run the history knows last.
    let last = runs.alias_history(name, alias).into_iter().flatten().flatten().next();
    let Some(last) = last else {
        return Err(UserError::wrong(format!("nothing is known any more of {name}@{alias}")));
    };
    let removal = AliasMove::removal(last.token, Timestamp::now(), &author(workspace));
    move_alias(workspace, env, runs, (name, alias), &removal)?;
    Ok(row(name, alias, removal))
}

/// Nothing but its token makes it feed a run. What lies in the environment's bucket is of those who may write there.
fn is_foreign(runs: &Runs, token: Token) -> bool {
    let Ok(found) = runs.find(&RunRef::Token(token)) else { return false };
    let is_from_elsewhere =
        || runs.plan(&OwnRuns::of_user(), &found).is_ok_and(|(_, origin)| origin != Origin::Here);
    !is_fetched(&RunLayout::at(&found.path)) && is_from_elsewhere()
}

pub fn give(
    workspace: &Workspace,
    env: &str,
    runs: &Runs,
    (reference, alias): (&str, &Name),
) -> Result<AliasRow, UserError> {
    if !RunRef::is_free(alias) {
        return Err(UserError::wrong(format!("no run can be called `{alias}`"))
            .because("it would mean the newest run, one that failed, or the end of a token")
            .to_do("choose another name, such as champion"));
    }
    // No run goes that is just being called so.
    let _standing = Standing::together(&workspace.store_root(env)?);
    let recorded = find(runs, reference)?;
    let run = recorded.run.clone();
    let short = run.token.short();
    // Whoever asks for it by its name looks for it here.
    if runs.find(&RunRef::Token(run.token)).is_err() {
        return Err(UserError::wrong(format!("run {short} is none of this environment"))
            .to_do("name one that `greenroom runs` lists"));
    }
    // Others are fed by what is called so.
    if run.status != Status::Succeeded {
        return Err(UserError::wrong(format!(
            "run {short} {}, and only a success gets an alias",
            told(run.status)
        ))
        .to_do(format!("name another: greenroom runs {}", run.name)));
    }
    // The history tells of moves, and this is none.
    if let Ok(Some(held)) = runs.alias(&run.name, alias)
        && held.token == run.token
    {
        return Ok(AliasRow { unchanged: true, ..row(&run.name, alias, held) });
    }
    let moved = AliasMove::new(run.token, Timestamp::now(), &author(workspace));
    move_alias(workspace, env, runs, (&run.name, alias), &moved)?;
    Ok(row(&run.name, alias, moved))
}

fn told(status: Status) -> &'static str {
    match status {
        Status::Running => "is running",
        Status::Interrupted => "was interrupted",
        Status::Failed => "failed",
        Status::Cancelled => "was cancelled",
        Status::Skipped => "was skipped",
        Status::Succeeded => "succeeded",
    }
}
