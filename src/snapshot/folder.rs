use std::collections::{HashMap, HashSet};
use std::fs::Permissions;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use camino::{Utf8Path, Utf8PathBuf};
use walkdir::{DirEntry, WalkDir};

use super::error::{SnapshotError, failed};
use super::frozen::{FileKind, FrozenFile};
use super::objects::Objects;
use super::snapshots::Snapshots;
use crate::domain::Digest;

/// A folder of hard links to the frozen contents, made beside its place and renamed to it: it is whole or not there.
/// Of two that make the same one at once, the second finds it done.
pub(super) fn make(
    snapshots: &Snapshots,
    tree: &Digest,
    place: &Utf8Path,
    files: &[&FrozenFile],
) -> Result<Utf8PathBuf, SnapshotError> {
    let parent = place.parent().unwrap_or(place);
    fs_err::create_dir_all(parent).map_err(failed("cannot make a place for the snapshot"))?;
    if let Ok(meta) = place.as_std_path().symlink_metadata() {
        if meta.is_dir() {
            // Somebody changed it, or brought it along. It stays the folder that it is: a container may have it mounted.
            let wrong = wrong(snapshots, place, files)?;
            if !(wrong.strange.is_empty() && wrong.files.is_empty()) {
                mend(snapshots, tree, place, wrong)?;
            }
            return Ok(place.to_owned());
        }
        let aside = tempfile::Builder::new().prefix(".old-").tempdir_in(parent);
        let aside = aside.map_err(failed("cannot put an old snapshot aside"))?;
        std::fs::rename(place, aside.path().join("changed"))
            .map_err(failed("cannot put an old snapshot aside"))?;
    }
    let draft = tempfile::Builder::new()
        .prefix(".new-")
        .permissions(Permissions::from_mode(0o755))
        .tempdir_in(parent)
        .map_err(failed("cannot make a place for the snapshot"))?;
    fill(snapshots, draft.path(), files).map_err(|wrong| unfilled(tree, wrong))?;
    match std::fs::rename(draft.path(), place) {
        Ok(()) => {
            // Renamed away: there is nothing left to remove.
            let _ = draft.keep();
            Ok(place.to_owned())
        }
        Err(_) if place.is_dir() => Ok(place.to_owned()),
        Err(error) => Err(failed("cannot put the snapshot in its place")(error)),
    }
}

fn unfilled(tree: &Digest, (file, source): (&FrozenFile, io::Error)) -> SnapshotError {
    match source.kind() == io::ErrorKind::NotFound {
        true => SnapshotError::Gone(tree.clone()),
        false => SnapshotError::Io { what: format!("cannot freeze {}", file.path.display()), source },
    }
}

/// What is not as it should be in a folder.
struct Wrong<'a> {
    /// What does not belong there, the deepest first.
    strange: Vec<DirEntry>,
    /// What is missing, or is not the frozen content.
    files: Vec<&'a FrozenFile>,
}

/// Each file is looked at where it lies: behind a link it is somebody else's.
fn wrong<'a>(
    snapshots: &Snapshots,
    place: &Utf8Path,
    files: &[&'a FrozenFile],
) -> Result<Wrong<'a>, SnapshotError> {
    let objects = Objects::at(&snapshots.state);
    let mut missing: HashMap<&Path, &FrozenFile> =
        files.iter().map(|file| (file.path.as_path(), *file)).collect();
    let folders: HashSet<&Path> = files.iter().flat_map(|file| file.path.ancestors().skip(1)).collect();
    let mut strange = Vec::new();
    for entry in WalkDir::new(place).min_depth(1).contents_first(true) {
        let entry = match entry {
            // Somebody else mends it at this moment.
            Err(error) if error.io_error().is_some_and(|error| error.kind() == io::ErrorKind::NotFound) => {
                continue;
            }
            entry => entry.map_err(|error| failed("cannot look through a snapshot")(error.into()))?,
        };
        let Ok(below) = entry.path().strip_prefix(place) else { continue };
        if entry.file_type().is_dir() {
            if !folders.contains(below) {
                strange.push(entry);
            }
        } else if let Some(file) = missing.get(below) {
            if is_there(&objects, entry.path(), file) {
                missing.remove(below);
            }
        } else {
            strange.push(entry);
        }
    }
    let files = files.iter().copied().filter(|file| missing.contains_key(file.path.as_path())).collect();
    Ok(Wrong { strange, files })
}

/// Takes out what does not belong there, and puts right what is wrong; what is right is never away.
fn mend(
    snapshots: &Snapshots,
    tree: &Digest,
    place: &Utf8Path,
    wrong: Wrong<'_>,
) -> Result<(), SnapshotError> {
    for entry in wrong.strange {
        let removed = match entry.file_type().is_dir() {
            true => std::fs::remove_dir(entry.path()),
            false => std::fs::remove_file(entry.path()),
        };
        removed
            .or_else(done_by_another)
            .map_err(failed(format!("cannot remove {}", entry.path().display())))?;
    }
    let draft = tempfile::Builder::new().prefix(".new-").tempdir_in(place.parent().unwrap_or(place));
    let draft = draft.map_err(failed("cannot make a place for the snapshot"))?;
    fill(snapshots, draft.path(), &wrong.files).map_err(|wrong| unfilled(tree, wrong))?;
    for file in wrong.files {
        let to = place.as_std_path().join(&file.path);
        fs_err::create_dir_all(to.parent().unwrap_or(place.as_std_path()))
            .and_then(|()| std::fs::rename(draft.path().join(&file.path), &to))
            .map_err(failed(format!("cannot freeze {}", file.path.display())))?;
    }
    Ok(())
}

/// Of two that mend the same folder at once, the second finds removed, or already put right, what it would remove.
fn done_by_another(error: io::Error) -> io::Result<()> {
    use io::ErrorKind::{DirectoryNotEmpty, IsADirectory, NotADirectory, NotFound};
    match error.kind() {
        NotFound | IsADirectory | DirectoryNotEmpty | NotADirectory => Ok(()),
        _ => Err(error),
    }
}

fn is_there(objects: &Objects, there: &Path, file: &FrozenFile) -> bool {
    match &file.kind {
        FileKind::Link { to } => std::fs::read_link(there).is_ok_and(|link| link == *to),
        FileKind::File { executable } => objects.is_at(there, &file.sha256, *executable),
    }
}

fn fill<'a>(
    snapshots: &Snapshots,
    draft: &Path,
    files: &[&'a FrozenFile],
) -> Result<(), (&'a FrozenFile, io::Error)> {
    let objects = Objects::at(&snapshots.state);
    let mut made = Path::new("");
    for file in files {
        let parent = file.path.parent().unwrap_or(Path::new(""));
        if parent != made {
            fs_err::create_dir_all(draft.join(parent)).map_err(|error| (*file, error))?;
            made = parent;
        }
        let to = draft.join(&file.path);
        let result = match &file.kind {
            FileKind::Link { to: target } => std::os::unix::fs::symlink(target, to),
            FileKind::File { executable } => {
                link_or_copy(objects.path(&file.sha256, *executable).as_std_path(), &to)
            }
        };
        result.map_err(|error| (*file, error))?;
    }
    Ok(())
}

/// A file system has no, or no more, hard links to give: a copy does as well.
fn link_or_copy(from: &Path, to: &Path) -> io::Result<()> {
    match std::fs::hard_link(from, to) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => std::fs::copy(from, to).map(|_| ()),
        result => result,
    }
}
