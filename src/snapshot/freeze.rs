use std::collections::HashMap;
use std::fmt;
use std::fs::Metadata;
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use camino::Utf8Path;

use super::error::{SnapshotError, failed};
use super::frozen::{FileKind, Frozen, FrozenFile, bytes};
use super::hold::Hold;
use super::objects::{self, Objects};
use super::snapshots::Snapshots;
use super::stat_cache::{Moment, Stat, StatCache, StatCacheWriter};
use super::watch::Watch;
use super::{links, listing};
use crate::domain::Digest;

/// What `freeze` took, and what it did not.
#[derive(Clone, Debug)]
pub struct Freeze {
    pub frozen: Frozen,
    /// For a warning.
    pub left_out: Vec<LeftOut>,
    /// Until a run is recorded that refers to it. None: one does already.
    pub hold: Option<Hold>,
}

/// A file of the project that steps do not see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    pub path: PathBuf,
    pub why: String,
}

impl fmt::Display for LeftOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is left out: {}", self.path.display(), self.why)
    }
}

pub(super) fn freeze(
    snapshots: &Snapshots,
    root: &Utf8Path,
    paths: &[PathBuf],
) -> Result<Freeze, SnapshotError> {
    let hold = Hold::together(&snapshots.state).map_err(failed("cannot make a place for snapshots"))?;
    let moment = now(&snapshots.state).map_err(failed("cannot write where snapshots lie"))?;
    let mut left_out = Vec::new();
    let found = look(root, paths, &mut left_out)?;
    let cache_path = snapshots.state.join("stat_cache");
    let mut cache = StatCache::read(&cache_path);
    let mut taking = Taking { root, objects: Objects::at(&snapshots.state), watch: &snapshots.watch };

    let mut files = Vec::with_capacity(found.len());
    let mut stats = Vec::with_capacity(found.len());
    for Found { path, meta } in found {
        let stat = Stat::of(&meta);
        let known = cache.get(&path, &stat).and_then(|hex| Digest::try_from(hex.to_owned()).ok());
        let file = match (meta.is_symlink(), known) {
            (true, _) => taking.link(path)?,
            (false, Some(sha256)) => Some(FrozenFile {
                path,
                bytes: meta.len(),
                sha256,
                kind: FileKind::File { executable: executable(&meta) },
            }),
            (false, None) => taking.file(path, &meta)?,
        };
        if let Some(file) = file {
            files.push(file);
            stats.push(stat);
        }
    }
    keep_good_links(&mut files, &mut stats, &mut left_out);

    let mut list = listing::write(&files);
    let mut tree = Digest::of(&list);
    if snapshots.list(&tree).as_std_path().symlink_metadata().is_err() {
        // A tree nobody froze yet: what the cache knows of must still be there.
        for file in &mut files {
            taking.ensure(file)?;
        }
        list = listing::write(&files);
        tree = Digest::of(&list);
        taking.objects.sync().map_err(failed("cannot write the snapshot to disk"))?;
        snapshots.write_list(&tree, &list).map_err(failed("cannot write what a snapshot consists of"))?;
    } else {
        snapshots.check(&tree, &files)?;
    }
    let mut next = StatCacheWriter::new(files.len());
    for (file, stat) in files.iter().zip(&stats) {
        let plain = matches!(file.kind, FileKind::File { .. });
        if plain && stat.settled_before(moment) {
            next.add(&file.path, stat, file.sha256.as_str());
        }
    }
    // Only time is lost without it.
    let _ = next.save(&cache_path, &cache);
    Ok(Freeze { frozen: Frozen { tree, files }, left_out, hold: Some(hold) })
}

/// The file system's own idea of now, in its own resolution.
fn now(state: &Utf8Path) -> io::Result<Moment> {
    let meta = tempfile::Builder::new().prefix(".now-").tempfile_in(state)?.as_file().metadata()?;
    Ok((meta.mtime(), meta.mtime_nsec()))
}

struct Found {
    path: PathBuf,
    meta: Metadata,
}

/// What stands at the paths, in order; names what is neither file nor link.
fn look(
    root: &Utf8Path,
    paths: &[PathBuf],
    left_out: &mut Vec<LeftOut>,
) -> Result<Vec<Found>, SnapshotError> {
    let mut plain = Vec::with_capacity(paths.len());
    for path in paths.iter().filter(|path| !listing::is_private(path)) {
        plain.push(listing::plain(path).ok_or_else(|| SnapshotError::Path(path.clone()))?);
    }
    plain.sort_unstable_by(|a, b| bytes(a).cmp(bytes(b)));
    plain.dedup();
    let mut folders = HashMap::new();
    let mut found = Vec::with_capacity(plain.len());
    for path in plain {
        if !real_folder(root, path.parent().unwrap_or(Path::new("")), &mut folders) {
            continue;
        }
        let meta = match std::fs::symlink_metadata(root.as_std_path().join(&path)) {
            Ok(meta) => meta,
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
                continue;
            }
            Err(source) => return Err(SnapshotError::Unreadable { path, source }),
        };
        let why = match meta.file_type() {
            kind if kind.is_file() || kind.is_symlink() => None,
            kind if kind.is_dir() => {
                Some("it is a git repository of its own (a submodule); steps do not see its files")
            }
            _ => Some("it is neither a file nor a link"),
        };
        match why {
            Some(why) => left_out.push(LeftOut { path, why: why.into() }),
            None => found.push(Found { path, meta }),
        }
    }
    Ok(found)
}

/// A folder that is reached without following a link. What git still lists below a folder that somebody replaced by
/// a link is gone from the project.
fn real_folder(root: &Utf8Path, folder: &Path, known: &mut HashMap<PathBuf, bool>) -> bool {
    if bytes(folder).is_empty() {
        return true;
    }
    if let Some(real) = known.get(folder) {
        return *real;
    }
    let above = folder.parent().unwrap_or(Path::new(""));
    let is_dir = |path: &Path| {
        std::fs::symlink_metadata(root.as_std_path().join(path)).is_ok_and(|meta| meta.is_dir())
    };
    let real = real_folder(root, above, known) && is_dir(folder);
    known.insert(folder.to_owned(), real);
    real
}

fn executable(meta: &Metadata) -> bool {
    meta.permissions().mode() & 0o111 != 0
}

struct Taking<'a> {
    root: &'a Utf8Path,
    objects: Objects,
    watch: &'a Watch,
}

impl Taking<'_> {
    /// None: it was deleted meanwhile.
    fn file(&mut self, path: PathBuf, meta: &Metadata) -> Result<Option<FrozenFile>, SnapshotError> {
        let mut content = match objects::open(&self.root.as_std_path().join(&path)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(SnapshotError::Unreadable { path, source }),
            Ok(content) => self.watch.over(content),
        };
        let executable = executable(meta);
        let (sha256, bytes) = self
            .objects
            .add(&mut content, executable)
            .map_err(failed(format!("cannot freeze {}", path.display())))?;
        Ok(Some(FrozenFile { path, bytes, sha256, kind: FileKind::File { executable } }))
    }

    /// An absolute link into the project is made relative: steps see the project elsewhere.
    fn link(&self, path: PathBuf) -> Result<Option<FrozenFile>, SnapshotError> {
        let text = match std::fs::read_link(self.root.as_std_path().join(&path)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(SnapshotError::Unreadable { path, source }),
            Ok(text) => text,
        };
        let to = match text.strip_prefix(self.root) {
            Ok(inside) => links::relative(&path, inside),
            Err(_) => text,
        };
        let (sha256, bytes) = (Digest::of(bytes(&to)), bytes(&to).len() as u64);
        Ok(Some(FrozenFile { path, bytes, sha256, kind: FileKind::Link { to } }))
    }

    fn ensure(&mut self, file: &mut FrozenFile) -> Result<(), SnapshotError> {
        let FileKind::File { executable } = file.kind else { return Ok(()) };
        if self.objects.has(&file.sha256, executable) {
            return Ok(());
        }
        let path = self.root.as_std_path().join(&file.path);
        let unreadable = |source| SnapshotError::Unreadable { path: file.path.clone(), source };
        let mut content = self.watch.over(objects::open(&path).map_err(unreadable)?);
        (file.sha256, file.bytes) = self
            .objects
            .add(&mut content, executable)
            .map_err(failed(format!("cannot freeze {}", path.display())))?;
        Ok(())
    }
}

fn keep_good_links(files: &mut Vec<FrozenFile>, stats: &mut Vec<Stat>, left_out: &mut Vec<LeftOut>) {
    let mut bad = Vec::new();
    for (index, file) in files.iter().enumerate() {
        let FileKind::Link { to } = &file.kind else { continue };
        if links::resolve(files, &file.path).is_none() {
            let why = format!(
                "it is a link to {}, which is not among the project's files (outside of it, ignored, or missing)",
                to.display()
            );
            left_out.push(LeftOut { path: file.path.clone(), why });
            bad.push(index);
        }
    }
    for index in bad.into_iter().rev() {
        files.remove(index);
        stats.remove(index);
    }
}
