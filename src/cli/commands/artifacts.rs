use std::collections::{BTreeSet, HashSet};

use crate::cli::args::Artifacts;
use crate::cli::report::{ArtifactRow, artifact_tree};
use crate::cli::stage::{fetch_artifacts, look_up};
use crate::cli::{Exit, Invocation, Output, UserError};
use crate::domain::{Artifact, EventKind, NodeId, RunEvent, RunLayout, Status};
use crate::engine::StoreError;
use crate::store::{self, FileState};

/// Entries of one folder that a person is shown.
const SHOWN: usize = 20;

/// The files that a run's steps left, as their manifests tell.
pub fn run(asked: &Artifacts, invocation: &Invocation, output: &Output) -> Result<Exit, UserError> {
    let recorded = look_up(invocation, &asked.env, &asked.run)?;
    let (token, layout) = (recorded.run.token, RunLayout::at(&recorded.path));
    let unreadable = |error: &StoreError| {
        let what = format!("the artifacts of run {} cannot all be told", token.short());
        UserError::from_error(Exit::NotReady, what, error)
    };
    let manifests = store::manifests(&layout, token).map_err(|error| unreadable(&error))?;
    if asked.fetch {
        fetch_artifacts(&layout, manifests.iter().filter_map(|(_, manifest)| manifest.as_ref().ok()))?;
    }
    let events = store::read_events(&layout, token).unwrap_or_default();
    let kept: HashSet<NodeId> = manifests.iter().map(|(node, _)| node.clone()).collect();
    let (mut rows, mut broken) = (Vec::new(), Vec::new());
    for (node, manifest) in manifests {
        match manifest {
            Ok(manifest) => {
                let states = store::file_states(&layout, &manifest, &events);
                let files = manifest.files.into_iter().zip(states);
                rows.extend(files.map(|(file, state)| row(&node, file, state)));
            }
            Err(error) => broken.push(error),
        }
    }
    let gone = gone(&events, |node| kept.contains(node));
    match (output.json, rows.is_empty()) {
        (true, _) => output.document(&rows)?,
        (false, false) => {
            let most = if output.live { SHOWN } else { usize::MAX };
            output.text(&artifact_tree(&recorded.path, &rows, most, &output.look))?;
        }
        (false, true) if broken.is_empty() && gone.is_empty() => {
            let status = recorded.run.status.as_str();
            let yet = if recorded.run.status == Status::Running { " yet" } else { "" };
            output.text(&format!("Run {} ({status}) has left no file{yet}.\n", token.short()))?;
        }
        (false, true) => {}
    }
    if !gone.is_empty() {
        let steps = gone.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        output
            .remark(&format!("what these made is not known any more, as their manifests are gone: {steps}"));
    }
    match broken.split_first() {
        None => Ok(Exit::Done),
        Some((first, more)) => {
            Err(more.iter().fold(unreadable(first), |told, error| told.because(error.to_string())))
        }
    }
}

/// Steps that succeeded, as the events tell, and of which no manifest is there.
fn gone(events: &[RunEvent], is_kept: impl Fn(&NodeId) -> bool) -> BTreeSet<NodeId> {
    let succeeded = events.iter().filter(
        |event| matches!(&event.kind, EventKind::StepFinished { status, .. } if *status == Status::Succeeded),
    );
    succeeded.filter_map(|event| event.kind.node()).filter(|node| !is_kept(node)).collect()
}

fn row(node: &NodeId, file: Artifact, state: FileState) -> ArtifactRow {
    let NodeId { step, cell } = node.clone();
    ArtifactRow { step, cell, path: file.path, bytes: file.bytes, sha256: file.sha256, state }
}
