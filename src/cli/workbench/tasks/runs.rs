use std::sync::Arc;
use std::time::Duration;

use camino::Utf8PathBuf;

use super::super::runner::Around;
use super::marks::marks;
use crate::app::{PastRun, RunsLook, Trouble};
use crate::cli::Workspace;
use crate::cli::stage::{glance, runs_of, why_imported};
use crate::domain::{RunLayout, Status};
use crate::store::{Older, recorded};

/// Each takes a kilobyte or two as long as the workbench is open; `greenroom runs` finds the others.
pub(super) const MOST: usize = 20_000;
/// Nothing announces the end of a run that is not followed.
const LOOK: Duration = Duration::from_secs(1);

/// All that has run. Of those who ask meanwhile only the last is answered.
pub async fn runs(around: &Around) -> Result<RunsLook, Trouble> {
    let _turn = around.reading_runs.lock().await;
    let workspace = Workspace::open(Some(&around.place.root))?;
    let runs = runs_of(&workspace, &around.env)?;
    let listing = runs.list(None, MOST);
    let marks = marks(&workspace, &runs, &listing);
    let runs = listing.runs.into_iter().map(|found| {
        let foreign = why_imported(&RunLayout::at(&found.path));
        PastRun { run: Arc::new(found.run), path: found.path, foreign }
    });
    let broken = listing.broken.into_iter().map(|broken| (broken.path, broken.why));
    let unasked = glance(&workspace, &around.env).map(|why| (around.place.root.clone(), why));
    let older = match listing.older {
        Older::Count(older) => older,
        Older::Some => 0,
    };
    Ok(RunsLook { runs: runs.collect(), broken: broken.chain(unasked).collect(), older, marks })
}

/// Until one of these goes on no more. The others are not read again meanwhile: there may be ten thousand.
pub async fn until_one_ends(running: &[Utf8PathBuf]) {
    let goes_on = |path: &Utf8PathBuf| {
        recorded(&RunLayout::at(path)).is_ok_and(|recorded| recorded.run.status == Status::Running)
    };
    while running.iter().all(goes_on) {
        tokio::time::sleep(LOOK).await;
    }
}
