use std::io;
use std::path::Path;

use tokio_util::sync::CancellationToken;

use super::super::runner::Around;
use super::reads::{Reads, Written};
use crate::app::{Touched, Trouble};
use crate::cli::Workspace;
use crate::disk::{Access, open_plain};
use crate::domain::{Digest, Name, RunLayout};
use crate::snapshot::{Frozen, Snapshots, summed};
use crate::store;

/// Those whose files hold what their run froze. Of one that cannot be compared nobody knows that.
pub fn alike(
    around: &Around,
    touched: Vec<Touched>,
    stop: &CancellationToken,
) -> Result<Vec<Touched>, Trouble> {
    let workspace = Workspace::open(Some(&around.place.root))?;
    let snapshots = Snapshots::at(workspace.place.snapshots()?);
    let written = Written::of(&workspace);
    // Many have run with the same files; one tree is kept, for it may be large.
    let mut last: Option<(Digest, Frozen)> = None;
    let mut is_alike = |touched: &Touched| {
        let workflow = workspace.specs.workflows.get(&Name::new(&touched.workflow).ok()?)?;
        let layout = RunLayout::at(&touched.run);
        let (run, plan) = (store::read_run(&layout).ok()?, store::read_plan(&layout).ok()?);
        if last.as_ref().is_none_or(|(tree, _)| *tree != plan.tree) {
            last = snapshots.open(&plan.tree).ok().map(|frozen| (plan.tree.clone(), frozen));
        }
        let (_, frozen) = last.as_ref()?;
        let reads = Reads::of(workflow, &workspace);
        let mut then = frozen.files.iter().filter(|file| reads.has(&file.path));
        let mut now = written.since(run.started_at, &reads);
        let holds = |file| !stop.is_cancelled() && holds(&workspace, file, frozen).unwrap_or(false);
        Some(then.all(|file| written.is_there(&file.path)) && now.all(holds))
    };
    let alike = touched.into_iter().take_while(|_| !stop.is_cancelled());
    Ok(alike.filter(|touched| is_alike(touched).unwrap_or(false)).collect())
}

/// A file is plain, and has the content that was frozen of it.
fn holds(workspace: &Workspace, file: &Path, frozen: &Frozen) -> io::Result<bool> {
    let Some(then) = frozen.file(file) else { return Ok(false) };
    let mut now = open_plain(workspace.root().as_std_path(), file, Access::Read)?;
    if now.metadata()?.len() != then.bytes {
        return Ok(false);
    }
    Ok(summed(&mut now)? == then.sha256)
}
