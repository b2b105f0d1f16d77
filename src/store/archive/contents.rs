use std::io;
use std::path::{Component, Path, PathBuf};

use super::super::kept::manifests;
use super::super::place::hash;
use super::error::{ArchiveError, Stopped, bad, failed};
use crate::domain::escape::{escape, unescape};
use rustix::fs::statvfs;

use crate::disk::{Access, open_plain};
use crate::domain::{Artifact, CellId, Name, NodeId, RunLayout, Token};

const RECORD: &str = "_run";
/// Folders of a run's record whose files go along. What attempts left before success stays behind.
const FOLDERS: [&str; 2] = ["steps", "logs"];

/// Is it a file such as a run that is packed has? What it took over and where it came from, an archive cannot say for
/// itself.
pub(super) fn belongs(path: &Path) -> bool {
    let mut parts = Vec::new();
    for part in path.components() {
        // What a step made may be called anything, its folder may not.
        match part {
            Component::Normal(part) => parts.push(part.to_str()),
            _ => return false,
        }
    }
    match parts.as_slice() {
        [Some(RECORD), Some(name)] => is_record(name),
        [Some(RECORD), Some("steps"), Some(name)] => is_manifest(name),
        [Some(RECORD), Some("logs"), Some(name)] => is_log(name),
        [Some(step), _, ..] => Name::new(step).is_ok(),
        _ => false,
    }
}

/// A file at the top of a run's record.
fn is_record(name: &str) -> bool {
    // What tells where a run came from is said by whoever takes it in.
    ["run.json", "plan.json", "events.jsonl", "notes.jsonl", "code.tar.zst", "supervisor.log"].contains(&name)
}

fn is_manifest(name: &str) -> bool {
    name.strip_suffix(".json").is_some_and(|id| id.parse::<NodeId>().is_ok())
}

/// `<step>[.<cell>].<attempt>.log`
fn is_log(name: &str) -> bool {
    let stem = name.strip_suffix(".log").or_else(|| name.strip_suffix(".index"));
    let parts = stem.and_then(|stem| stem.rsplit_once('.'));
    parts.is_some_and(|(id, attempt)| id.parse::<NodeId>().is_ok() && attempt.parse::<u32>().is_ok())
}

/// All files of a run that go into its archive, with their sums, in order of path: its record, and what its manifests
/// name. `tell` hears of the bytes that are read.
pub(super) fn contents(
    layout: &RunLayout,
    token: Token,
    tell: &dyn Fn(u64) -> bool,
) -> Result<Vec<Artifact>, ArchiveError> {
    let mut files = Vec::new();
    let disk = statvfs(layout.dir().as_std_path());
    let capacity = disk.map_or(u64::MAX, |disk| disk.f_blocks.saturating_mul(disk.f_frsize));
    for below in records(layout)? {
        let what = || format!("{} of run {} cannot be read", below.display(), token.short());
        let mut file =
            open_plain(layout.dir().as_std_path(), &below, Access::Read).map_err(failed(what()))?;
        // A hole that no disk could hold would be read for years.
        if file.metadata().map_err(failed(what()))?.len() > capacity {
            return bad(format!("{}: it claims to be larger than the disk", what()));
        }
        let (sha256, bytes) = hash(&mut Told { inner: &mut file, tell }).map_err(failed(what()))?;
        files.push(Artifact { path: escape(&below), bytes, sha256 });
    }
    for (node, manifest) in manifests(layout, token)? {
        for file in manifest?.files {
            let Some(path) = unescape(&file.path) else {
                return bad(format!(
                    "the manifest of {node} names a file that leaves its directory: {}",
                    file.path
                ));
            };
            let path = escape(&Path::new(&node.dir()).join(path));
            files.push(Artifact { path, ..file });
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

/// The files of a run's record, as far as they are plain files of known names.
fn records(layout: &RunLayout) -> Result<Vec<PathBuf>, ArchiveError> {
    let mut found = Vec::new();
    for folder in std::iter::once("").chain(FOLDERS) {
        let below = Path::new(RECORD).join(folder);
        let full = layout.dir().as_std_path().join(&below);
        let entries = match fs_err::read_dir(&full) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(failed("a run's record cannot be listed")(error)),
        };
        for entry in entries {
            let entry = entry.map_err(failed("a run's record cannot be listed"))?;
            let path = below.join(entry.file_name());
            let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
            if is_file && belongs(&path) {
                found.push(path);
            }
        }
    }
    Ok(found)
}

/// A reader that tells how much was read of it, and ends when no more is wanted.
pub(super) struct Told<'a, R> {
    pub inner: R,
    pub tell: &'a dyn Fn(u64) -> bool,
}

impl<R: io::Read> io::Read for Told<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        if (self.tell)(read as u64) { Ok(read) } else { Err(io::Error::other(Stopped)) }
    }
}

/// The node whose artifact a path of a run is. `a/b/c` may be `b/c` of the step `a`, or `c` of its cell `b`.
pub(super) fn nodes_of(path: &Path) -> Vec<(NodeId, PathBuf)> {
    let mut parts = path.components();
    let Some(step) =
        parts.next().and_then(|part| part.as_os_str().to_str()).and_then(|step| Name::new(step).ok())
    else {
        return Vec::new();
    };
    let mut nodes = vec![(NodeId::new(step.clone(), None), parts.as_path().to_owned())];
    let cell = parts.next().and_then(|part| part.as_os_str().to_str()).map(|cell| format!("{step}.{cell}"));
    let cell: Option<CellId> = cell.and_then(|id| id.parse::<NodeId>().ok()).and_then(|id| id.cell);
    nodes.extend(cell.map(|cell| (NodeId::new(step, Some(cell)), parts.as_path().to_owned())));
    nodes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_run_has_belongs_into_an_archive() {
        for good in [
            "_run/run.json",
            "_run/events.jsonl",
            "_run/supervisor.log",
            "_run/code.tar.zst",
            "_run/steps/train.json",
            "_run/steps/train.a-1.json",
            "_run/logs/train.a-1.2.log",
            "_run/logs/train.1.index",
            "train/model.json",
            "train/A/..b",
        ] {
            assert!(belongs(Path::new(good)), "{good}");
        }
        for bad in [
            "_run",
            "_run/lock",
            "_run/imported.json",
            "_run/.new-1",
            "_run/run.JSON",
            "_run/steps/../x.json",
            "_run/steps/A.json",
            "_run/steps/a/b.json",
            "_run/logs/a.log",
            "_run/logs/a.x.log",
            "_run/work/a.1/x",
            "_run/scratch/x",
            "_RUN/run.json",
            "Train/x",
            "_aliases/champion",
            "train",
            "/etc/passwd",
            "../x",
            "",
        ] {
            assert!(!belongs(Path::new(bad)), "{bad}");
        }
    }
}
