use std::io;
use std::path::Path;

use jiff::Timestamp;
use serde::Serialize;

use super::place::hash;
use super::reach::Reach;
use super::remote::Fetchable;
use crate::disk::{Access, is_plain, open_plain};
use crate::domain::escape::unescape;
use crate::domain::{Artifact, EventKind, Manifest, NodeId, RunEvent, RunLayout, Status};

/// Is a file of a run still what the run made?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FileState {
    Intact,
    Changed,
    Missing,
    /// In the bucket of the run's environment, and not fetched yet.
    Remote,
}

/// What became of a manifest's files, in their order.
pub fn file_states(layout: &RunLayout, manifest: &Manifest, events: &[RunEvent]) -> Vec<FileState> {
    let since = told_at(&manifest.node, events).unwrap_or(Timestamp::MIN);
    let dir = manifest.node.dir();
    let (fetchable, reach) = (Fetchable::of(layout), Reach::all());
    let state =
        |file: &Artifact| {
            let Some(path) = unescape(&file.path) else { return FileState::Changed };
            match is_same(layout.dir().as_std_path(), &Path::new(&dir).join(path), file, since, &reach) {
                Ok(true) => FileState::Intact,
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    if fetchable.has(&manifest.node, file) { FileState::Remote } else { FileState::Missing }
                }
                Ok(false) | Err(_) => FileState::Changed,
            }
        };
    manifest.files.iter().map(state).collect()
}

/// When the run told that a step had succeeded.
fn told_at(node: &NodeId, events: &[RunEvent]) -> Option<Timestamp> {
    let told = events.iter().rev().filter(|event| event.kind.node().as_ref() == Some(node));
    let mut succeeded = told.filter(
        |event| matches!(&event.kind, EventKind::StepFinished { status, .. } if *status == Status::Succeeded),
    );
    succeeded.next().map(|event| event.ts)
}

/// What nobody has touched `since` is not read again: the kernel tells when a file's content, name or rights were
/// changed last, and lets nobody say otherwise. What is out of reach is not known to be another.
pub(super) fn is_same(
    root: &Path,
    below: &Path,
    file: &Artifact,
    since: Timestamp,
    reach: &Reach<'_>,
) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;
    if !is_plain(root, below)? {
        return Ok(false);
    }
    let mut open = open_plain(root, below, Access::Read)?;
    let meta = open.metadata()?;
    if meta.len() != file.bytes {
        return Ok(false);
    }
    if meta.ctime() < since.as_second() || !reach.takes(meta.len()) {
        return Ok(true);
    }
    match hash(&mut reach.reader(&mut open)) {
        Err(_) if reach.is_stopped() => Ok(true),
        summed => Ok(summed?.0 == file.sha256),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{facts, node, output, run, temp};
    use super::*;
    use crate::domain::OutputType;
    use crate::engine::RunStore;

    #[test]
    fn each_file_is_told_by_itself() {
        let (_dir, root) = temp();
        let run = run(&root);
        let step = node("a", &[("d", output("d", OutputType::Dir))]);
        let dirs = run.begin(&step.id, 1, false).unwrap();
        fs_err::create_dir(dirs.output.join("d")).unwrap();
        for file in ["changed", "gone", "intact", "linked"] {
            fs_err::write(dirs.output.join("d").join(file), "abc").unwrap();
        }
        let manifest = run.seal(&step, &dirs, &facts(1)).unwrap();
        let made = run.layout().artifacts(&step.id).join("d");
        for file in ["changed", "gone", "linked"] {
            fs_err::remove_file(made.join(file)).unwrap();
        }
        fs_err::write(made.join("changed"), "abd").unwrap();
        fs_err::os::unix::fs::symlink("intact", made.join("linked")).unwrap();
        use FileState::{Changed, Intact, Missing};
        assert_eq!(file_states(run.layout(), &manifest, &[]), [Changed, Missing, Intact, Changed]);
    }
}
