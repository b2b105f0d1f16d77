use std::fs::{File, Permissions};
use std::io::{self, BufReader, Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use camino::{Utf8Path, Utf8PathBuf};
use fs_err::os::unix::fs::OpenOptionsExt;
use rustix::fs::{CWD, RenameFlags, renameat_with, statvfs};

use super::super::atomic_write::sync_dir;
use super::super::hashing::Hashing;
use super::super::imported::Imported;
use super::super::notes::unpin;
use super::super::place::hash;
use super::super::{Runs, Standing};
use super::contents::Told;
use super::entries::Entries;
use super::error::{ArchiveError, bad, failed, stopped};
use super::export::INDEX;
use super::index::{Index, PackedRun, plain, too_many};
use super::staging::Staging;
use super::verify::verify;
use crate::disk::{Access, is_plain, open_plain};
use crate::domain::{Artifact, Digest, RunLayout};

/// An index is read into memory before it is looked at; a file takes some 150 bytes of it.
const LONGEST_INDEX: u64 = 64 << 20;
/// Bytes that stay free on the disk.
const SPARE: u64 = 64 << 20;
/// Nobody writes to a run's artifacts; its records may still be added to.
const ARTIFACT: u32 = 0o444;
const RECORD: u32 = 0o644;

type Packed = Hashing<File>;

/// An archive whose index has been read and looked at.
pub struct Archive {
    entries: Entries<zstd::Decoder<'static, BufReader<Packed>>>,
    index: Index,
}

/// Where the runs of an archive go.
#[derive(Clone, Debug)]
pub enum Target {
    /// Below the root of an environment, where it keeps its runs.
    Store(Utf8PathBuf),
    /// Each as a folder of its token in this one.
    Folder(Utf8PathBuf),
}

impl Target {
    fn root(&self) -> &Utf8Path {
        match self {
            Self::Store(root) | Self::Folder(root) => root,
        }
    }

    fn below(&self, run: &PackedRun) -> Utf8PathBuf {
        match self {
            Self::Store(_) => run.below_root(),
            Self::Folder(_) => run.token.to_string().into(),
        }
    }

    /// The directory that a run gets, or has.
    pub fn of(&self, run: &PackedRun) -> RunLayout {
        RunLayout::at(&self.root().join(self.below(run)))
    }

    /// What is known of one that lay in its place before.
    fn forget(&self, run: &PackedRun) {
        if let Self::Store(root) = self {
            Runs::new(root, &run.project, &run.env).forget_run(&run.name, run.version, run.token);
        }
    }

    /// Where a run of its token lies that is another: under another name or version.
    fn other_place(&self, run: &PackedRun) -> Option<Utf8PathBuf> {
        let Self::Store(root) = self else { return None };
        let places = Runs::new(root, &run.project, &run.env).places_of(run.token);
        let here = self.of(run);
        places.into_iter().find(|place| place != here.dir())
    }
}

impl Archive {
    /// `most`: bytes that all its files may come to.
    pub fn open(path: &Utf8Path, most: u64) -> Result<Self, ArchiveError> {
        let what = || format!("{path} cannot be read");
        let file = fs_err::OpenOptions::new()
            .read(true)
            .custom_flags(rustix::fs::OFlags::NONBLOCK.bits().cast_signed())
            .open(path)
            .map_err(failed(what()))?;
        if !file.metadata().map_err(failed(what()))?.is_file() {
            return bad(format!("{path} is no file"));
        }
        let reader = BufReader::new(Hashing::of(file.into_file()));
        let mut entries = Entries::of(zstd::Decoder::with_buffer(reader).map_err(failed(what()))?);
        let none = || format!("{path} is no archive that greenroom export-run has written");
        let first = entries.next().map_err(|error| {
            ArchiveError::Bad(match error.kind() {
                io::ErrorKind::UnexpectedEof => format!("{path} was cut off: it ends before its index does"),
                _ => none(),
            })
        })?;
        let Some(first) = first.filter(|first| first.name == INDEX.as_bytes()) else { return bad(none()) };
        if first.bytes > LONGEST_INDEX {
            return bad(format!("{path} has an index of {} bytes, which is none", first.bytes));
        }
        let mut text = Vec::new();
        entries.content(first.bytes).read_to_end(&mut text).map_err(damaged)?;
        let damaged = |why: String| ArchiveError::Bad(format!("the index of {path} is damaged: {why}"));
        let head: Head = serde_json::from_slice(&text).map_err(|error| damaged(error.to_string()))?;
        if head.greenroom > 1 {
            let newer = format!("{path} is of format {}: take a newer version of Greenroom", head.greenroom);
            return bad(newer);
        }
        let index: Index = serde_json::from_slice(&text).map_err(|error| damaged(error.to_string()))?;
        index.check(most).map_err(ArchiveError::Bad)?;
        Ok(Self { entries, index })
    }

    pub fn index(&self) -> &Index {
        &self.index
    }

    /// Those of its runs that are there already, as they are in the archive.
    ///
    /// # Errors
    /// `Bad` where one is there that is another; `Known` where its token is that of a run in another place.
    pub fn there(&self, target: &Target) -> Result<Vec<bool>, ArchiveError> {
        there(&self.index, target)
    }

    /// Puts those of its runs into their places that are not there; before all of it was looked at, nothing appears, and
    /// what is refused leaves nothing. `imported`: what is noted of them, from the archive's sum. `look`: the last word on
    /// each, which is whole but not in its place yet.
    pub fn unpack(
        mut self,
        target: &Target,
        imported: impl FnOnce(Digest) -> Imported,
        look: &dyn Fn(&RunLayout) -> Result<(), String>,
        tell: &dyn Fn(u64) -> bool,
    ) -> Result<Vec<RunLayout>, ArchiveError> {
        self.there(target)?;
        let root = target.root();
        let disk = statvfs(root.as_std_path())
            .map_err(|error| failed(format!("cannot look at {root}"))(error.into()))?;
        let free = disk.f_bavail.saturating_mul(disk.f_frsize);
        let needs = self.index.on_disk();
        if needs.saturating_add(SPARE) > free {
            use crate::domain::figures::size;
            let (needs, free) = (size(needs), size(free));
            let full =
                io::Error::new(io::ErrorKind::StorageFull, format!("it needs {needs}, and {free} are free"));
            return Err(failed(format!("there is no room in {root}"))(full));
        }
        let staging = Staging::below(root)?;
        for (run, file) in self.index.files() {
            take(&mut self.entries, staging.path(), run, file, tell)?;
        }
        if self.entries.next().map_err(damaged)?.is_some() {
            return bad("the archive holds more than its index tells");
        }
        let mut rest = self.entries.into_inner().finish();
        io::copy(&mut rest, &mut io::sink()).map_err(damaged)?;
        let (sum, _) = rest.into_inner().sum();
        let (imported, mut entries) = (imported(sum), 0);
        for run in &self.index.runs {
            let layout = RunLayout::at(&staging.path().join(run.token.to_string()));
            let hollow = verify(&layout, run)?;
            entries += run.entries(&hollow).map_err(ArchiveError::Bad)?;
            too_many(entries).map_err(ArchiveError::Bad)?;
            for folder in hollow {
                fs_err::create_dir_all(layout.dir().as_std_path().join(folder))
                    .map_err(failed("cannot make a folder of the run"))?;
            }
            look(&layout).map_err(ArchiveError::Bad)?;
            unpin(&layout).map_err(failed("cannot take back what was pinned elsewhere"))?;
            imported.write(&layout).map_err(failed("cannot note from where the run came"))?;
        }
        staging.sync().map_err(failed("cannot write the runs to disk"))?;
        // From now on nothing goes: neither what is there already, nor an input before the run that was made of it.
        let _standing = match target {
            Target::Store(root) => Some(Standing::together(root)),
            Target::Folder(_) => None,
        };
        let there = there(&self.index, target)?;
        let new = self.index.runs.iter().zip(there).filter(|(_, there)| !there).map(|(run, _)| run);
        let new: Vec<&PackedRun> = new.collect();
        let placed = place(&staging, target, new.iter().copied())?;
        new.iter().for_each(|run| target.forget(run));
        Ok(placed)
    }
}

fn there(index: &Index, target: &Target) -> Result<Vec<bool>, ArchiveError> {
    let there = |run: &PackedRun| {
        let layout = target.of(run);
        if let Some(place) = target.other_place(run) {
            return Err(ArchiveError::Known { token: run.token, place });
        }
        match layout.dir().as_std_path().symlink_metadata() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            _ => match run.files.iter().find(|file| !is_same(&layout, file)) {
                None => Ok(true),
                Some(other) => bad(format!(
                    "run {} is there already, and its {} is another than in the archive: {}",
                    run.token.short(),
                    other.path,
                    layout.dir()
                )),
            },
        }
    };
    index.runs.iter().map(there).collect()
}

/// What has to be known before all else of an index can be read.
#[derive(serde::Deserialize)]
struct Head {
    greenroom: u32,
}

fn damaged(error: io::Error) -> ArchiveError {
    match error.kind() {
        _ if stopped(&error) => ArchiveError::Stopped,
        io::ErrorKind::UnexpectedEof => ArchiveError::Bad("the archive ends too early".to_owned()),
        _ => ArchiveError::Bad(format!("the archive is damaged: {error}")),
    }
}

/// One file into the folder of its run; its name in the archive has to be that of the index.
fn take(
    entries: &mut Entries<impl Read>,
    staging: &Utf8Path,
    run: &PackedRun,
    file: &Artifact,
    tell: &dyn Fn(u64) -> bool,
) -> Result<(), ArchiveError> {
    let Some(below) = plain(&file.path) else { return bad(format!("`{}` is no path", file.path)) };
    let below = Path::new(&run.token.to_string()).join(below);
    let Some(entry) = entries.next().map_err(damaged)? else {
        return bad(format!("the archive lacks {}", file.path));
    };
    if entry.name != below.as_os_str().as_bytes() {
        let found = crate::domain::escape::shown(Path::new(std::ffi::OsStr::from_bytes(&entry.name)));
        return bad(format!("the archive has {found} where its index tells of {}", file.path));
    }
    if entry.bytes != file.bytes {
        return bad(format!("{} has {} bytes, and the index says {}", file.path, entry.bytes, file.bytes));
    }
    let what = || format!("cannot write {}", file.path);
    let to = staging.as_std_path().join(&below);
    fs_err::create_dir_all(to.parent().unwrap_or(staging.as_std_path())).map_err(failed(what()))?;
    let mut new = fs_err::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&to)
        .map_err(failed(what()))?;
    let mut content = Hashing::of(Told { inner: entries.content(file.bytes), tell });
    // Reading fails by the archive, writing by the disk.
    let mut piece = vec![0; 128 * 1024];
    loop {
        let read = content.read(&mut piece).map_err(damaged)?;
        if read == 0 {
            break;
        }
        new.write_all(&piece[..read]).map_err(failed(what()))?;
    }
    if content.sum() != (file.sha256.clone(), file.bytes) {
        return bad(format!("{} is not what its sum in the index says", file.path));
    }
    let mode = if file.path.starts_with("_run/") { RECORD } else { ARTIFACT };
    new.set_permissions(Permissions::from_mode(mode)).map_err(failed(what()))
}

/// Renames what was looked at into its place; where one cannot be, those before it go again.
fn place<'a>(
    staging: &Staging,
    target: &Target,
    runs: impl Iterator<Item = &'a PackedRun>,
) -> Result<Vec<RunLayout>, ArchiveError> {
    let mut placed: Vec<(Utf8PathBuf, RunLayout)> = Vec::new();
    for run in runs {
        let (from, layout) = (staging.path().join(run.token.to_string()), target.of(run));
        if let Err(error) = put(target.root(), &from, &target.below(run)) {
            for (from, layout) in placed.iter().rev() {
                fs_err::rename(layout.dir(), from).ok();
            }
            return Err(failed(format!("run {} cannot be put into its place", run.token.short()))(error));
        }
        placed.push((from, layout));
    }
    Ok(placed.into_iter().map(|(_, layout)| layout).collect())
}

fn put(root: &Utf8Path, from: &Utf8Path, below: &Utf8Path) -> io::Result<()> {
    let to = root.join(below);
    let above = below.parent().unwrap_or(Utf8Path::new(""));
    let folder = root.join(above);
    fs_err::create_dir_all(&folder)?;
    // A project may have come with a link there, which would lead the run elsewhere.
    if !is_plain(root.as_std_path(), above.as_std_path())? {
        let why = format!("{folder} is a link, or lies behind one");
        return Err(io::Error::new(io::ErrorKind::InvalidData, why));
    }
    fs_err::set_permissions(from, Permissions::from_mode(0o755))?;
    renameat_with(CWD, from.as_std_path(), CWD, to.as_std_path(), RenameFlags::NOREPLACE)?;
    sync_dir(&folder)
}

/// Notes are added to later; all else of a run that has ended stays as it is.
fn is_same(layout: &RunLayout, file: &Artifact) -> bool {
    if file.path == "_run/notes.jsonl" {
        return true;
    }
    let below: Option<PathBuf> = plain(&file.path);
    let opened = below.and_then(|below| open_plain(layout.dir().as_std_path(), &below, Access::Read).ok());
    let Some(mut opened) = opened else { return false };
    let same_size = opened.metadata().is_ok_and(|meta| meta.len() == file.bytes);
    same_size && hash(&mut opened).is_ok_and(|sum| sum == (file.sha256.clone(), file.bytes))
}
