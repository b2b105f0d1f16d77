use std::path::PathBuf;

use super::RemoteError;
use super::taken::{TakenFrom, Twin};
use crate::domain::escape::{escape, unescape};
use crate::domain::{Digest, Manifest, NodeId, RunLayout};

/// A file that a run's bucket has to hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wanted {
    /// Relative to the run, as manifests write paths.
    pub path: String,
    /// The same on this machine.
    pub below: PathBuf,
    /// Where a manifest tells them: bytes and sum.
    pub sum: Option<(u64, Digest)>,
    /// It is written once and for ever.
    pub once: bool,
    /// The bucket has it already, as another run's.
    pub twin: Option<Twin>,
}

impl Wanted {
    pub fn record(path: &str) -> Self {
        Self {
            path: format!("_run/{path}"),
            below: PathBuf::from(format!("_run/{path}")),
            sum: None,
            once: false,
            twin: None,
        }
    }
}

/// What a step made, or took over.
pub(super) fn files_of(
    manifest: &Manifest,
    taken_from: Option<&TakenFrom>,
) -> Result<Vec<Wanted>, RemoteError> {
    let dir = manifest.node.dir();
    let file = |file: &crate::domain::Artifact| {
        let below = unescape(&file.path).ok_or_else(|| {
            RemoteError::Refused(format!("the manifest of step {} names a file outside of it", manifest.node))
        })?;
        let sum = Some((file.bytes, file.sha256.clone()));
        let path = format!("{dir}/{}", file.path);
        let below = PathBuf::from(&dir).join(below);
        let wanted = Wanted { path, below, sum, once: false, twin: None };
        Ok(Wanted { twin: taken_from.and_then(|from| from.twin(&wanted)), ..wanted })
    };
    manifest.files.iter().map(file).collect()
}

/// Goes up when all that it tells of is there.
pub(super) fn manifest_of(node: &NodeId) -> Wanted {
    Wanted { once: true, ..Wanted::record(&format!("steps/{node}.json")) }
}

/// The rest of a run's record, but for its `run.json`.
pub(super) fn record_of(layout: &RunLayout) -> Vec<Wanted> {
    let mut files: Vec<Wanted> =
        ["plan.json", "code.tar.zst", "notes.jsonl"].map(Wanted::record).into_iter().collect();
    let mut logs: Vec<_> =
        fs_err::read_dir(layout.record().join("logs")).into_iter().flatten().flatten().collect();
    logs.sort_by_key(fs_err::DirEntry::file_name);
    files
        .extend(logs.iter().map(|log| Wanted::record(&format!("logs/{}", escape(log.file_name().as_ref())))));
    // They tell the sums of all the rest.
    files.push(Wanted::record("events.jsonl"));
    files.retain(|file| {
        layout.dir().as_std_path().join(&file.below).symlink_metadata().is_ok_and(|meta| meta.is_file())
    });
    files
}
