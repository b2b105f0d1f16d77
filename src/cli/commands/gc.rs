use std::collections::BTreeSet;
use std::io::ErrorKind;

use jiff::Timestamp;

use crate::cli::args::Gc;
use crate::cli::prompt::{Answer, confirm};
use crate::cli::report::{Patience, Shown, garbage_json, garbage_view};
use crate::cli::stage::{feeding, nobodys_blueprint, runs_of, snapshots, spare_snapshots};
use crate::cli::{Exit, Invocation, Output, UserError, Workspace};
use crate::domain::Name;
use crate::domain::figures::size;
use crate::engine::StoreError;
use crate::snapshot::{SnapshotError, Spare};
use crate::store::{GarbageError, Judging, Lake, OwnRuns, Policy, Runs, Unlisted, address_of};

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
    if let Some(problem) = nobodys_blueprint(&workspace) {
        let text = workspace.specs.source(&problem.file).map(str::to_owned);
        return Err(UserError::new(Exit::NotReady, UNTOLD)
            .because(format!("what the use cases of {} need is not known, nor whose they are", problem.file))
            .at(problem.clone(), text));
    }
    let judging = Judging {
        policy: Policy::new(asked.keep, before).with_archives(asked.imported),
        own: OwnRuns::of_user(),
        others: others(&workspace, &asked.env)?,
        feeding: &|| feeding(&workspace, &asked.env),
    };
    let lake = lake(&workspace, &asked.env)?;
    let patience = Patience::start("looking through the runs");
    let garbage = runs.garbage(&judging).map_err(unread)?;
    let unlisted = match &lake {
        Some(lake) => lake.unlisted().map_err(|error| unread(error.into()))?,
        None => Vec::new(),
    };
    let spare = spare_snapshots(&workspace.place, &garbage)?;
    drop(patience);
    let shown = Shown { garbage: &garbage, unlisted: &unlisted, snapshots: &spare };
    let nothing = shown.is_nothing();
    let goes = !nothing
        && !asked.dry_run
        && (asked.yes
            || agreed((asked, invocation), &garbage_view(&shown, &output.look), shown.bytes(), output)?);
    if !goes {
        output.either(&garbage_json(&shown, false), |look| {
            match asked.yes || asked.dry_run || nothing {
                true => garbage_view(&shown, look),
                // It was shown before the question.
                false => "nothing was removed\n".to_owned(),
            }
        })?;
        return Ok(Exit::Done);
    }
    let patience = Patience::start("removing");
    // First: who freezes files from now on waits until all is gone that nobody refers to.
    let snapshots = snapshots(&workspace.place)?;
    let alone = snapshots.alone().map_err(unfrozen)?;
    let is_busy = alone.is_none() && !spare.is_empty();
    let gone = runs.collect(&judging, &garbage).map_err(|error| match error {
        GarbageError::Store(error) => unremoved(error),
        unread_now => unread(unread_now),
    })?;
    let freed = remove_unlisted(lake.as_ref(), &unlisted).map_err(unremoved)?;
    let spare = match &alone {
        Some(alone) => {
            let spare = spare_snapshots(&workspace.place, &gone)?.of(&spare);
            snapshots.let_go(&spare, alone).map_err(unfrozen)?;
            spare
        }
        None => Spare::default(),
    };
    drop((patience, alone));
    let shown = Shown { garbage: &gone, unlisted: &unlisted, snapshots: &spare };
    output.either(&garbage_json(&shown, true), |look| {
        let view = if asked.yes { garbage_view(&shown, look) } else { String::new() };
        format!("{view}removed; {} are free\n", size(gone.bytes + freed + spare.bytes))
    })?;
    if is_busy {
        output.remark("the snapshots stay: a run is being started from one of them");
    }
    Ok(Exit::Done)
}

fn unfrozen(error: SnapshotError) -> UserError {
    UserError::from_error(Exit::NotReady, "the snapshots stay", &error)
        .to_do("see to it that .greenroom/snapshots can be written, then do it again")
}

fn agreed(
    (asked, invocation): (&Gc, &Invocation),
    view: &str,
    bytes: u64,
    output: &Output,
) -> Result<bool, UserError> {
    if output.json {
        return Ok(false);
    }
    output.text(view)?;
    let answer = confirm(&format!("Remove them, and free {}?", size(bytes)));
    match answer.unwrap_or(Answer::Nobody) {
        Answer::Yes => Ok(true),
        Answer::No => Ok(false),
        Answer::Nobody => {
            let words = asked.without_question();
            Err(UserError::wrong("nothing was removed: nobody can be asked without a terminal")
                .to_do(invocation.command(&words.iter().map(String::as_str).collect::<Vec<_>>())))
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

/// What the other environments have on this machine: runs, or a mirror of those in a bucket.
///
/// # Errors
/// One of them cannot be looked into: what its runs were made of may be any.
fn others(workspace: &Workspace, env: &str) -> Result<Vec<Runs>, UserError> {
    let names = workspace.project.environments.keys().filter(|name| name.as_str() != env);
    let runs = names.map(|name| {
        runs_of(workspace, name.as_str()).map_err(|error| {
            let why = error.why.first().unwrap_or(&error.what).clone();
            UserError::new(Exit::NotReady, UNTOLD)
                .because(format!("what the runs of {name} were made of is not known: {why}"))
                .to_do(format!("see to it that the root of {name} in greenroom.yaml can be used here"))
        })
    });
    let mut others: Vec<Runs> = runs.collect::<Result<_, _>>()?;
    others.extend(no_longer(workspace)?);
    Ok(others)
}

/// What environments have left that the project names no longer.
fn no_longer(workspace: &Workspace) -> Result<Vec<Runs>, UserError> {
    let (project, environments) = (&workspace.project.name, &workspace.project.environments);
    let roots = environments.keys().map(|name| workspace.store_root(name.as_str()));
    let mut found = Vec::new();
    for root in roots.collect::<Result<BTreeSet<_>, _>>()? {
        let dir = root.join(project.as_str());
        let entries = match dir.read_dir_utf8() {
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            entries => entries.and_then(Iterator::collect::<Result<Vec<_>, _>>),
        };
        let entries = entries.map_err(|error| {
            UserError::new(Exit::NotReady, UNTOLD)
                .because(format!("{dir} cannot be read: {error}"))
                .to_do("see to it that it can be read, then do it again")
        })?;
        let names = entries.iter().filter_map(|entry| Name::new(entry.file_name()).ok());
        let names = names.filter(|name| !environments.contains_key(name) && dir.join(name.as_str()).is_dir());
        found.extend(names.map(|name| Runs::new(&root, project, &name)));
    }
    Ok(found)
}

const UNTOLD: &str = "what may go cannot be told, so nothing was removed";

fn unread(error: GarbageError) -> UserError {
    let told = UserError::from_error(Exit::NotReady, UNTOLD, &error);
    match error {
        // What to do with a link, its reason says.
        GarbageError::Closed { path, .. } if path.is_symlink() => told,
        GarbageError::Closed { path, .. } => {
            told.to_do(format!("see to it that {path} can be read, or let its owner do this"))
        }
        GarbageError::Alias { file, .. } => {
            told.to_do(format!("restore {file}, or remove it: then the alias means what it meant before"))
        }
        GarbageError::Store(_) => {
            told.to_do("see to it that what is named there can be read, then do it again")
        }
    }
}

fn unremoved(error: StoreError) -> UserError {
    UserError::from_error(Exit::NotReady, "not all of it was removed; what is left is whole", &error)
        .to_do("see to it that what is named there may be removed, then do it again")
}

#[cfg(test)]
mod tests {
    use camino::Utf8Path;

    use super::*;

    #[test]
    fn where_another_environment_cannot_be_looked_into_nothing_goes() {
        let dir = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(dir.path()).unwrap();
        let spec = "greenroom: 1
kind: project
name: flights
images: {default: {base: 'debian:bookworm-slim', apt: [python3]}}
environments: {dev: {root: .greenroom/store}, stage: {root: taken}}
";
        fs_err::write(root.join("greenroom.yaml"), spec).unwrap();
        let workspace = Workspace::open(Some(root)).unwrap();
        assert_eq!(others(&workspace, "dev").unwrap().len(), 1);
        // So has one that the project names no longer, and no other folder.
        for left in ["flights/old", "flights/.gone", "flights/dev", "weather/old"] {
            fs_err::create_dir_all(root.join(".greenroom/store").join(left)).unwrap();
        }
        assert_eq!(others(&workspace, "dev").unwrap().len(), 2);
        fs_err::remove_dir_all(root.join("taken")).unwrap();
        fs_err::write(root.join("taken"), "").unwrap();
        let workspace = Workspace::open(Some(root)).unwrap();
        let refused = others(&workspace, "dev").unwrap_err();
        assert_eq!((refused.what.as_str(), refused.exit), (UNTOLD, Exit::NotReady));
        assert!(refused.why[0].contains("runs of stage"), "{:?}", refused.why);
    }
}
