use std::collections::HashMap;
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
    // Many have run with the same files.
    let mut trees: HashMap<Digest, Option<Frozen>> = HashMap::new();
    let mut is_alike = |touched: &Touched| {
        let workflow = workspace.specs.workflows.get(&Name::new(&touched.workflow).ok()?)?;
        let layout = RunLayout::at(&touched.run);
        let (run, plan) = (store::read_run(&layout).ok()?, store::read_plan(&layout).ok()?);
        let frozen = trees.entry(plan.tree).or_insert_with_key(|tree| snapshots.open(tree).ok()).as_ref()?;
        let reads = Reads::of(workflow, &workspace);
        let mut files = written.since(run.started_at, &reads);
        Some(files.all(|file| holds(&workspace, file, frozen).unwrap_or(false)))
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
