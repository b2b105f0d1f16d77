use std::collections::HashSet;
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
            if !is_whole(snapshots, place, files) {
                mend(snapshots, tree, place, files)?;
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

/// Takes out what does not belong there, and puts right what is wrong; what is right is never away.
fn mend(
    snapshots: &Snapshots,
    tree: &Digest,
    place: &Utf8Path,
    files: &[&FrozenFile],
) -> Result<(), SnapshotError> {
    let known: HashSet<&Path> = files.iter().map(|file| file.path.as_path()).collect();
    let folders: HashSet<&Path> = files.iter().flat_map(|file| file.path.ancestors().skip(1)).collect();
    for entry in WalkDir::new(place).min_depth(1).contents_first(true).into_iter().flatten() {
        let Ok(below) = entry.path().strip_prefix(place) else { continue };
        let removed = match entry.file_type().is_dir() {
            true if !folders.contains(below) => std::fs::remove_dir(entry.path()),
            false if !known.contains(below) => std::fs::remove_file(entry.path()),
            _ => Ok(()),
        };
        // Of two that mend the same one at once, the second finds it done.
        let removed = match removed {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            removed => removed,
        };
        removed.map_err(failed(format!("cannot remove {}", entry.path().display())))?;
    }
    let objects = Objects::at(&snapshots.state);
    let wrong: Vec<&FrozenFile> =
        files.iter().copied().filter(|file| !is_there(&objects, place, file)).collect();
    let draft = tempfile::Builder::new().prefix(".new-").tempdir_in(place.parent().unwrap_or(place));
    let draft = draft.map_err(failed("cannot make a place for the snapshot"))?;
    fill(snapshots, draft.path(), &wrong).map_err(|wrong| unfilled(tree, wrong))?;
    for file in wrong {
        let to = place.as_std_path().join(&file.path);
        fs_err::create_dir_all(to.parent().unwrap_or(place.as_std_path()))
            .and_then(|()| std::fs::rename(draft.path().join(&file.path), &to))
            .map_err(failed(format!("cannot freeze {}", file.path.display())))?;
    }
    Ok(())
}

/// Is each file the frozen content, and nothing else there?
fn is_whole(snapshots: &Snapshots, place: &Utf8Path, files: &[&FrozenFile]) -> bool {
    let objects = Objects::at(&snapshots.state);
    let is_file = |entry: &walkdir::Result<DirEntry>| !entry.as_ref().is_ok_and(|it| it.file_type().is_dir());
    let found = WalkDir::new(place).into_iter().filter(is_file).count();
    found == files.len() && files.iter().all(|file| is_there(&objects, place, file))
}

fn is_there(objects: &Objects, place: &Utf8Path, file: &FrozenFile) -> bool {
    let there = place.as_std_path().join(&file.path);
    match &file.kind {
        FileKind::Link { to } => std::fs::read_link(there).is_ok_and(|link| link == *to),
        FileKind::File { executable } => objects.is_at(&there, &file.sha256, *executable),
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
