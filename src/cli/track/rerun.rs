use super::desk::Desk;
use super::look::Looked;
use super::material::evidence;
use crate::cli::args::Target;
use crate::cli::scratch::{Apart, Scratch};
use crate::cli::{Exit, Invocation, Output, UserError};
use crate::domain::figures::counted;
use crate::domain::track::{Rerun, RunReport, SealedPackage};
use crate::domain::{RunLayout, TableName};
use crate::engine::StoreError;
use crate::review::report;
use crate::store::{Recorded, manifests, recorded};

/// What came of a package that was run again.
pub struct Again {
    pub found: Rerun,
    pub exit: Exit,
    /// In the person's own store.
    pub layout: RunLayout,
}

/// Runs a package's commit as it was run where it was sealed, with the tables of this machine, and compares.
pub async fn rerun(
    desk: &Desk,
    looked: &Looked,
    (env, secrets): (&str, bool),
    invocation: &Invocation,
    output: &Output,
) -> Result<Again, UserError> {
    let (package, sealed) = sealed(desk, looked)?;
    let head = &package.manifest.head;
    let scratch = Scratch::make(&desk.workspace, &desk.repository, head, env, secrets)?;
    lacks_nothing(&scratch, &sealed, invocation)?;
    let tried = scratch.run(&target(&sealed, env), invocation, output).await?;
    let here = recorded(&tried.layout)
        .map_err(|error| UserError::from_error(Exit::NotReady, "the rerun cannot be read", &error))
        .and_then(|found| told(&found))?;
    let layout = scratch.keep(&tried, Apart::Rerun, &format!("{} at {}", looked.track.id, head.short()))?;
    let own = scratch.makers().into_iter().filter(|(_, by)| by.workflow == sealed.name);
    let own: Vec<_> = own.map(|(table, by)| (table, by.step)).collect();
    Ok(Again { found: Rerun::of(&sealed, &here, &own), exit: tried.exit, layout })
}

/// Without a table that the sealed run read, nothing of the package can be told here.
fn lacks_nothing(
    scratch: &Scratch<'_>,
    sealed: &RunReport,
    invocation: &Invocation,
) -> Result<(), UserError> {
    let there = scratch.tables()?;
    let makes = scratch.makers();
    let own = |table: &TableName| makes.iter().any(|(made, by)| made == table && by.workflow == sealed.name);
    let mut reads = sealed.steps.iter().filter(|step| !step.taken).flat_map(|step| &step.reads);
    let Some(lacks) = reads.find(|read| !there.contains(&read.table) && !own(&read.table)) else {
        return Ok(());
    };
    let table = &lacks.table;
    let error = UserError::not_ready(format!("this machine's lake has no table {table}")).because(format!(
        "the packaged run read {} of it: without them nothing can be told",
        counted(lacks.rows, "row")
    ));
    Err(match makes.iter().find(|(made, _)| made == table) {
        Some((_, by)) => {
            error.to_do(format!("make it first: {}", invocation.command(&["run", by.workflow.as_str()])))
        }
        None => error.to_do("bring it into the lake first"),
    })
}

fn sealed(desk: &Desk, looked: &Looked) -> Result<(SealedPackage, RunReport), UserError> {
    let package = looked.track.package.clone();
    let package = package.ok_or_else(|| UserError::wrong("nothing is packaged yet that could be run"))?;
    let run = evidence(desk, looked, &desk.roster()?)?.runs.into_iter().next_back();
    let run = run.ok_or_else(|| {
        UserError::wrong("the package tells of no run that could be made again")
            .to_do("ask for a new one: greenroom package")
    })?;
    Ok((package, run))
}

/// The same call.
pub(super) fn target(sealed: &RunReport, env: &str) -> Target {
    let text = |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    Target {
        name: sealed.name.to_string(),
        params: sealed.params.iter().map(|(name, value)| (name.clone(), text(value))).collect(),
        use_case: sealed.use_case.clone(),
        from: None,
        only: None,
        inputs_from: None,
        env: env.to_owned(),
        base: None,
    }
}

/// What a run did, as a package tells it.
pub(super) fn told(found: &Recorded) -> Result<RunReport, UserError> {
    let unread = |error: StoreError| {
        UserError::from_error(
            Exit::NotReady,
            format!("run {} cannot be read", found.run.token.short()),
            &error,
        )
    };
    let kept = manifests(&RunLayout::at(&found.path), found.run.token).map_err(unread)?;
    let kept: Result<Vec<_>, _> = kept.into_iter().map(|(_, manifest)| manifest).collect();
    Ok(report(&found.run, &kept.map_err(unread)?))
}
