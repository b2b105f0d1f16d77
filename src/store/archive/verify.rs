use std::collections::{HashMap, HashSet};
use std::path::{Component, Path, PathBuf};

use indexmap::IndexMap;

use super::super::events::read_events;
use super::super::kept::{hollow, kept_path, manifests};
use super::super::notes::read_whole_notes;
use super::super::own_runs::is_of;
use super::super::record::{read_plan, read_run};
use super::contents::nodes_of;
use super::error::{ArchiveError, bad};
use super::index::{PackedRun, plain};
use crate::domain::escape::unescape;
use crate::domain::{Artifact, EventKind, Name, NodeId, Produced, RunLayout, Status};

/// As a plan has it: no manifest has escaped it.
fn stays_below(path: &str) -> bool {
    let mut parts = Path::new(path).components();
    !path.contains('\0') && parts.all(|part| matches!(part, Component::Normal(_) | Component::CurDir))
}

/// Holds a run's directory to what is told of it: its records can be read, are of this run, and name exactly the files
/// that are there, with their sums. Answers its folders in which none of them lies.
pub(super) fn verify(layout: &RunLayout, packed: &PackedRun) -> Result<Vec<PathBuf>, ArchiveError> {
    let short = packed.token.short();
    let run = read_run(layout)?;
    let told = (run.token, &run.project, &run.env, &run.name, run.version);
    if told != (packed.token, &packed.project, &packed.env, &packed.name, packed.version) {
        return bad(format!("run {short} is not the one that its record tells of"));
    }
    let plan = read_plan(layout)?;
    if !is_of(&run, &plan) {
        return bad(format!("the plan of run {short} is not that of its record"));
    }
    let outputs = plan.nodes.iter().flat_map(|node| node.outputs.values().map(move |output| (node, output)));
    if let Some((node, output)) = outputs.into_iter().find(|(_, output)| !stays_below(&output.path)) {
        return bad(format!(
            "the plan of run {short} has {} of {} leave its directory",
            output.path, node.id
        ));
    }
    if !stays_below(plan.file.as_str()) {
        return bad(format!("the plan of run {short} is of {}, which is outside of any project", plan.file));
    }
    packed.has_needed().map_err(ArchiveError::Bad)?;
    read_whole_notes(layout)?;
    let events = read_events(layout, run.token)?;
    let has_ended = events.last().is_some_and(|event| matches!(event.kind, EventKind::RunFinished { .. }));
    if run.finished_at.is_some() && !has_ended {
        return bad(format!("run {short} has ended, and its events do not tell of it: they are torn"));
    }
    let mut made: HashMap<NodeId, &IndexMap<Name, Produced>> = HashMap::new();
    for event in &events {
        if let EventKind::StepFinished { status: Status::Succeeded, outputs, .. } = &event.kind {
            made.extend(event.kind.node().map(|node| (node, outputs)));
        }
    }
    let mut artifacts: HashMap<PathBuf, &Artifact> = HashMap::new();
    for file in &packed.files {
        if let Some(path) = plain(&file.path).filter(|path| !path.starts_with("_run")) {
            artifacts.insert(path, file);
        }
    }
    let mut named: HashSet<PathBuf> = HashSet::new();
    let mut folders: Vec<PathBuf> = Vec::new();
    for (node, manifest) in manifests(layout, run.token)? {
        let manifest = manifest?;
        if made.remove(&node).is_some_and(|outputs| *outputs != manifest.outputs) {
            return bad(format!("the manifest of {node} of run {short} is not the one that was written"));
        }
        for file in &manifest.files {
            let path = unescape(&file.path).map(|below| Path::new(&node.dir()).join(below));
            let there = path.as_ref().and_then(|path| artifacts.get(path));
            let same = there.is_some_and(|there| (there.bytes, &there.sha256) == (file.bytes, &file.sha256));
            if !same {
                return bad(format!("run {short} lacks {} of {node}, or has another", file.path));
            }
            named.extend(path);
        }
        let Some(hollow) = hollow(&manifest) else {
            return bad(format!("the manifest of {node} of run {short} names a folder that leaves it"));
        };
        folders.extend(hollow);
        if manifest.outputs.values().any(|output| kept_path(layout, &output.path).is_none()) {
            return bad(format!("an output of {node} of run {short} leaves the run's directory"));
        }
    }
    if let Some(node) = made.keys().min() {
        return bad(format!("the manifest of {node} of run {short} is not there any more"));
    }
    match artifacts.keys().find(|path| !named.contains(*path)) {
        Some(more) => {
            let node = nodes_of(more).into_iter().next().map(|(node, _): (NodeId, PathBuf)| node.to_string());
            let node = node.unwrap_or_default();
            bad(format!("run {short} has {} of {node}, which no manifest names", more.display()))
        }
        None => Ok(folders),
    }
}
