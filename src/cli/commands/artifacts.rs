use crate::cli::args::Artifacts;
use crate::cli::report::{ArtifactRow, artifact_tree};
use crate::cli::stage::{fetch_artifacts, look_up};
use crate::cli::{Exit, Invocation, Output, UserError};
use crate::domain::{Artifact, NodeId, RunLayout, Status};
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
    match (output.json, rows.is_empty()) {
        (true, _) => output.document(&rows)?,
        (false, false) => {
            let most = if output.live { SHOWN } else { usize::MAX };
            output.text(&artifact_tree(&recorded.path, &rows, most, &output.look))?;
        }
        (false, true) if broken.is_empty() => {
            let status = recorded.run.status.as_str();
            let yet = if recorded.run.status == Status::Running { " yet" } else { "" };
            output.text(&format!("Run {} ({status}) has left no file{yet}.\n", token.short()))?;
        }
        (false, true) => {}
    }
    match broken.split_first() {
        None => Ok(Exit::Done),
        Some((first, more)) => {
            Err(more.iter().fold(unreadable(first), |told, error| told.because(error.to_string())))
        }
    }
}

fn row(node: &NodeId, file: Artifact, state: FileState) -> ArtifactRow {
    let NodeId { step, cell } = node.clone();
    ArtifactRow { step, cell, path: file.path, bytes: file.bytes, sha256: file.sha256, state }
}
