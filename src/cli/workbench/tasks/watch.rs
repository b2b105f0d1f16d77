use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use indexmap::IndexSet;
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher, recommended_watcher};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::super::runner::{Around, Teller};
use crate::app::{Answer, Trouble};
use crate::cli::Workspace;
use crate::domain::Token;
use crate::git;

/// Editors and git change many files at once; so long nothing must have changed.
const QUIET: Duration = Duration::from_millis(100);
/// Where something is written all the time, what has changed is told all the same.
const LATEST: Duration = Duration::from_millis(500);
/// Folders that are watched, those of the project's files first; what happens in more is seen when something happens in
/// these, or somebody asks for it (ctrl-r).
const MOST: usize = 2000;

/// The folder of a run in which its record is.
const RECORD: &str = "_run";
/// Runs that are looked into, of all names together.
const MOST_RUNS: usize = 500;
/// The last runs of each name and version that are looked into: those that the board shows.
const LAST: usize = 10;

/// Tells of files and runs that come, change and go, whoever does it.
pub async fn watch(around: &Around, teller: &Teller) -> Result<Answer, Trouble> {
    let (sender, mut inbox) = unbounded_channel();
    let told = move |event| {
        if let Some(change) = change(event) {
            let _ = sender.send(change);
        }
    };
    let watcher = recommended_watcher(told);
    let mut watcher = watcher.map_err(|error| Trouble::new(format!("changes cannot be watched: {error}")))?;
    let mut watched = BTreeSet::new();
    let mut changed: Option<Change> = None;
    loop {
        let store = store(around);
        let of_runs = |path: &Path| store.as_ref().is_some_and(|store| path.starts_with(&store.root));
        // One that was removed and made again is another.
        watched.retain(|folder: &PathBuf| {
            folder.is_dir() && changed.as_ref().is_none_or(|changed| !changed.may_have_made(folder))
        });
        let mut new_runs = false;
        let wanted = folders(around, store.as_ref());
        watched.retain(|folder| {
            // What cannot be let go of, nobody hears of any more.
            let kept = wanted.contains(folder);
            kept || watcher.unwatch(folder).is_err()
        });
        for folder in wanted {
            // One that is gone again by now is none.
            if !watched.contains(&folder) && look_at(&mut watcher, &folder) {
                new_runs |= of_runs(&folder);
                watched.insert(folder);
            }
        }
        // Told once new folders are watched: what was written before that is there for whoever reads now, and what is
        // written from now on is told again. What was made in folders before they were watched is told with them.
        if let Some(changed) = changed {
            if new_runs || changed.unknown || changed.paths.iter().any(|path| of_runs(path)) {
                teller.runs_changed();
            }
            if changed.unknown || changed.paths.iter().any(|path| !of_runs(path) && counts(path)) {
                teller.files_changed();
            }
        }
        changed = Some(match gathered(&mut inbox).await {
            Some(changed) => changed,
            None => return Ok(Answer::WatchEnded),
        });
    }
}

/// What is told of at once.
#[derive(Debug, Default, PartialEq, Eq)]
struct Change {
    paths: BTreeSet<PathBuf>,
    /// More happened than could be told: it may be anything.
    unknown: bool,
}

impl Change {
    fn may_have_made(&self, folder: &Path) -> bool {
        self.unknown || self.paths.contains(folder)
    }
}

/// None: what is only read has not changed.
fn change(event: notify::Result<Event>) -> Option<Change> {
    match event {
        Ok(event) if !event.need_rescan() => {
            let paths: BTreeSet<PathBuf> =
                event.paths.into_iter().filter(|path| !is_progress(path)).collect();
            let changed = !matches!(event.kind, EventKind::Access(_)) && !paths.is_empty();
            changed.then_some(Change { paths, unknown: false })
        }
        _ => Some(Change { unknown: true, ..Change::default() }),
    }
}

/// What a run goes on writing; whoever takes it up or ends it writes other files.
fn is_progress(path: &Path) -> bool {
    let record = path.parent().filter(|folder| folder.ends_with(RECORD));
    let run = record.and_then(|record| record.parent()?.file_name()?.to_str());
    let is_run = run.is_some_and(|name| name.parse::<Token>().is_ok());
    is_run && !["run.json", "lock"].iter().any(|file| path.ends_with(file))
}

fn look_at(watcher: &mut RecommendedWatcher, folder: &Path) -> bool {
    watcher.watch(folder, RecursiveMode::NonRecursive).is_ok()
}

/// What has changed, once nothing more does for a moment.
async fn gathered(inbox: &mut UnboundedReceiver<Change>) -> Option<Change> {
    let mut changed = inbox.recv().await?;
    let latest = Instant::now() + LATEST;
    while Instant::now() < latest
        && let Ok(more) = tokio::time::timeout(QUIET, inbox.recv()).await
    {
        let more = more?;
        changed.paths.extend(more.paths);
        changed.unknown |= more.unknown;
    }
    Some(changed)
}

/// Of what git keeps, only which commit and what is staged; and nothing of Greenroom's own.
fn counts(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let in_git = path.components().any(|part| part.as_os_str() == ".git");
    let own = path.components().any(|part| part.as_os_str() == ".greenroom");
    !own && (!in_git || ["HEAD", "index"].contains(&name))
}

/// Where runs are made: the root of the store, and in it the folder of this project's environment.
struct Store {
    root: PathBuf,
    runs: PathBuf,
}

fn store(around: &Around) -> Option<Store> {
    let workspace = Workspace::open(Some(&around.place.root)).ok()?;
    let root = workspace.store_root(&around.env).ok()?;
    let runs = root.join(workspace.project.name.as_str()).join(&around.env);
    Some(Store { root: root.into_std_path_buf(), runs: runs.into_std_path_buf() })
}

/// Those of the project's files, and then those in which runs are made.
fn folders(around: &Around, store: Option<&Store>) -> IndexSet<PathBuf> {
    let root = around.place.root.as_std_path();
    let files = git::project_files(&around.place.root).unwrap_or_default();
    let mut folders = IndexSet::from([root.to_owned(), root.join(".git")]);
    folders.extend(files.iter().filter_map(|file| file.parent()).map(|folder| root.join(folder)));
    if let Some(store) = store {
        // Before the first run there is only the root, or not even that: then it comes where its folder is to be.
        let above = store.runs.ancestors().take_while(|folder| folder.starts_with(&store.root));
        folders.extend(above.map(Path::to_owned));
        folders.extend(store.root.ancestors().find(|folder| folder.is_dir()).map(Path::to_owned));
        // By name and version.
        let levels = walkdir::WalkDir::new(&store.runs).max_depth(2).into_iter().flatten();
        let levels: Vec<_> = levels.filter(|entry| entry.file_type().is_dir()).collect();
        let versions = levels.iter().filter(|entry| entry.depth() == 2);
        let mut runs: Vec<PathBuf> = versions.flat_map(|version| last_runs(version.path())).collect();
        folders.extend(levels.iter().map(|entry| entry.path().to_owned()));
        // The newest of all, whosever they are: tokens are in order of time.
        runs.sort_unstable_by(|a, b| b.file_name().cmp(&a.file_name()));
        folders.extend(runs.into_iter().take(MOST_RUNS).map(|run| run.join(RECORD)));
    }
    folders.retain(|folder| folder.is_dir());
    folders.truncate(MOST);
    folders
}

/// The last runs in the folder of a version.
fn last_runs(version: &Path) -> impl Iterator<Item = PathBuf> {
    let entries = version.read_dir().into_iter().flatten().flatten();
    let mut runs: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    runs.sort_unstable_by(|a, b| b.cmp(a));
    runs.into_iter().take(LAST)
}

#[cfg(test)]
mod tests {
    use notify::Error;
    use notify::event::{AccessKind, Flag};

    use super::*;

    #[test]
    fn what_was_not_told_may_be_anything() {
        let event = |kind| Event::new(kind).add_path("a".into());
        let told = change(Ok(event(EventKind::Any))).unwrap();
        assert!(told.paths.contains(Path::new("a")) && !told.unknown);
        assert_eq!(change(Ok(event(EventKind::Access(AccessKind::Any)))), None);
        // As inotify tells that its queue has overflowed.
        let overflow = Event::new(EventKind::Other).set_flag(Flag::Rescan);
        for told in [change(Ok(overflow)), change(Err(Error::generic("lost")))] {
            assert!(told.unwrap().unknown);
        }
    }
}
