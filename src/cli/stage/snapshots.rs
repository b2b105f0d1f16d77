use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::atomic::Ordering;

use camino::{Utf8Path, Utf8PathBuf};

use crate::cli::report::Patience;
use crate::cli::{Exit, Place, UserError};
use crate::domain::{Digest, NodeId, Plan, RunLayout};
use crate::git;
use crate::snapshot::{Freeze, Frozen, SnapshotError, Snapshots, Watch};

pub fn snapshots(place: &Place) -> Result<Snapshots, UserError> {
    place.snapshots().map(Snapshots::at)
}

/// The project's files as they are now.
pub fn freeze(place: &Place) -> Result<Freeze, UserError> {
    let listed = git::project_files(&place.root).map_err(|error| {
        UserError::from_error(Exit::Wrong, "the project's files cannot be listed", &error)
    })?;
    let patience = Patience::start("freezing the project");
    let read = patience.bytes();
    let watch = Watch::new(move |bytes| {
        read.fetch_add(bytes, Ordering::Relaxed);
        Ok(())
    });
    snapshots(place)?.watched_by(watch).freeze(&place.root, &listed).map_err(|error| {
        // A full disk is no fault of the project's.
        let exit = if matches!(error, SnapshotError::Io { .. }) { Exit::NotReady } else { Exit::Wrong };
        UserError::from_error(exit, "the project's files cannot be frozen", &error)
    })
}

/// A run's frozen tree. One that is not there any more comes back from the run's own copy.
pub fn of_run(place: &Place, tree: &Digest, code: &Utf8Path) -> Result<Frozen, UserError> {
    of_run_in(&snapshots(place)?, tree, code).map_err(|error| {
        UserError::from_error(Exit::NotReady, "the run's frozen files cannot be had", &error)
            .to_do("run it anew, with the files as they are now")
    })
}

pub fn of_run_in(snapshots: &Snapshots, tree: &Digest, code: &Utf8Path) -> Result<Frozen, SnapshotError> {
    match snapshots.open(tree) {
        Err(SnapshotError::Gone(_)) => snapshots.unpack(tree, code),
        opened => opened,
    }
}

/// What each node sees at `/project`: the run's frozen tree, or what its `files:` leave of it.
pub fn of_nodes(
    place: &Place,
    plan: &Plan,
    layout: &RunLayout,
) -> Result<HashMap<NodeId, Utf8PathBuf>, UserError> {
    let lost = |error| UserError::from_error(Exit::NotReady, "the run's frozen files cannot be had", &error);
    let frozen = of_run(place, &plan.tree, &layout.code())?;
    let snapshots = snapshots(place)?;
    let waiting = plan.nodes.iter().filter(|node| node.taken.is_none());
    // A thousand steps see the same one.
    let mut views = HashMap::new();
    waiting
        .map(|node| {
            let view = match views.entry(node.files.as_deref()) {
                Entry::Occupied(made) => made.into_mut(),
                Entry::Vacant(new) => {
                    new.insert(snapshots.view(&frozen, node.files.as_deref()).map_err(lost)?)
                }
            };
            Ok((node.id.clone(), view.clone()))
        })
        .collect()
}
