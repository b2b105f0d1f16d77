use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::atomic::Ordering;

use camino::{Utf8Path, Utf8PathBuf};

use crate::cli::report::Patience;
use crate::cli::{Exit, Place, UserError, Workspace};
use crate::domain::{Digest, Node, NodeId, Plan, RunLayout};
use crate::git;
use crate::snapshot::{Freeze, Frozen, Room, SnapshotError, Snapshots, Watch};

pub fn snapshots(place: &Place) -> Result<Snapshots, UserError> {
    place.snapshots().map(Snapshots::at)
}

/// The project's files as they are now.
pub fn freeze(workspace: &Workspace) -> Result<Freeze, UserError> {
    let place = &workspace.place;
    let mut listed = git::project_files(&place.root).map_err(|error| {
        let told = UserError::from_error(Exit::Wrong, "the project's files cannot be listed", &error);
        match error {
            git::GitError::Posing(folder) => {
                told.to_do(format!("if they came with the project, take those files out of {folder}"))
            }
            _ => told,
        }
    })?;
    // What runs have made would be frozen with every run, that of the runs before it included.
    let made = workspace.runs_folders();
    listed.retain(|file| !made.iter().any(|folder| file.starts_with(folder)) && !workspace.is_in_table(file));
    let patience = Patience::start("freezing the project");
    let read = patience.bytes();
    let watch = Watch::new(move |bytes| {
        read.fetch_add(bytes, Ordering::Relaxed);
        Ok(())
    });
    snapshots(place)?.watched_by(watch).freeze(&place.root, &listed).map_err(|error| {
        // A full disk is no fault of the project's.
        let full = matches!(error, SnapshotError::Io { .. });
        let exit = if full { Exit::NotReady } else { Exit::Wrong };
        let told = UserError::from_error(exit, "the project's files cannot be frozen", &error);
        if full { told.to_do("see to it that .greenroom/ can be written, and has room") } else { told }
    })
}

/// A run's frozen tree. One that is not there any more comes back from the run's own copy.
pub fn of_run(place: &Place, tree: &Digest, code: &Utf8Path) -> Result<Frozen, UserError> {
    let snapshots = snapshots(place)?;
    let had = match snapshots.open(tree) {
        Err(SnapshotError::Gone(_)) => snapshots.unpack(tree, code),
        opened => opened,
    };
    had.map_err(|error| {
        UserError::from_error(Exit::NotReady, "the run's frozen files cannot be had", &error)
            .to_do("run it anew, with the files as they are now")
    })
}

/// Of a run that anybody may have packed. What is larger is not looked through, and not shown line by line.
const ROOM: Room = Room { a_file: 16 << 20, all: 256 << 20, read: 1 << 30 };

/// The frozen tree of a run for who only looks into it, and where its contents are: `kept`, if they are there. What came
/// from elsewhere is unpacked only where it goes again: `scratch`.
pub fn looked_into(
    kept: Option<Snapshots>,
    scratch: Option<&Utf8Path>,
    tree: &Digest,
    code: &Utf8Path,
) -> Result<(Frozen, Snapshots), SnapshotError> {
    if let Some(kept) = kept
        && let Ok(frozen) = kept.open(tree)
    {
        return Ok((frozen, kept));
    }
    let scratch = scratch.map(Snapshots::at).ok_or_else(|| SnapshotError::Gone(tree.clone()))?;
    Ok((scratch.unpack_some(tree, code, ROOM)?, scratch))
}

/// What each node sees at `/project`: the run's frozen tree, or what its `files:` leave of it.
pub fn of_nodes(
    place: &Place,
    plan: &Plan,
    layout: &RunLayout,
) -> Result<HashMap<NodeId, Utf8PathBuf>, UserError> {
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

/// What one node sees there.
pub fn view_of(
    place: &Place,
    plan: &Plan,
    node: &Node,
    layout: &RunLayout,
) -> Result<Utf8PathBuf, UserError> {
    let frozen = of_run(place, &plan.tree, &layout.code())?;
    snapshots(place)?.view(&frozen, node.files.as_deref()).map_err(lost)
}

pub fn lost(error: SnapshotError) -> UserError {
    UserError::from_error(Exit::NotReady, "the run's frozen files cannot be had", &error)
}
