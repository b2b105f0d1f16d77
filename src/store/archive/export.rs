use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use camino::{Utf8Path, Utf8PathBuf};

use super::super::atomic_write::sync_dir;
use super::super::events::read_events;
use super::super::hashing::Hashing;
use super::super::place::hash_file;
use super::super::record::read_plan;
use super::super::recorded::recorded;
use super::contents::{Told, contents};
use super::error::{ArchiveError, bad, failed};
use super::index::{Index, PackedRun, plain, too_many};
use super::staging::is_settled;
use super::verify::verify;
use crate::disk::{Access, open_plain};
use crate::domain::{Artifact, Digest, RunLayout, Status};

/// The name of an archive's first entry.
pub(super) const INDEX: &str = "greenroom-runs.json";
const LEVEL: i32 = 3;

/// What the name of a file begins with that is being written: whoever finds it knows whose it is.
const DRAFT: &str = ".greenroom-export-";

/// What was written.
#[derive(Clone, Debug)]
pub struct Exported {
    pub file: Utf8PathBuf,
    pub bytes: u64,
    pub sha256: Digest,
    pub index: Index,
}

/// Packs runs into a new file; the last is the one that is meant, and those before it are what it refers to. The same runs
/// give the same bytes. `tell` hears of bytes that were read, and answers whether more is wanted.
pub fn export(
    runs: &[RunLayout],
    to: &Utf8Path,
    tell: &dyn Fn(u64) -> bool,
) -> Result<Exported, ArchiveError> {
    let (mut packed, mut entries) = (Vec::new(), 0);
    for layout in runs {
        let (run, of_it) = packed_run(layout, tell)?;
        entries += of_it;
        packed.push(run);
    }
    let Some(last) = packed.last() else { return bad("there is no run to pack") };
    let index = Index::new(last.token, packed);
    // What cannot be taken in is not given out.
    index.check(u64::MAX).and_then(|()| too_many(entries)).map_err(ArchiveError::Bad)?;
    let what = || format!("cannot write {to}");
    let folder = to.parent().filter(|folder| !folder.as_str().is_empty()).unwrap_or(Utf8Path::new("."));
    sweep(folder);
    let draft = tempfile::Builder::new()
        .prefix(DRAFT)
        .permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666))
        .tempfile_in(folder)
        .map_err(failed(what()))?;
    // Whoever comes by sees that somebody is at it; a disk that knows no locks lets nobody take one.
    draft.as_file().lock().ok();
    write(&index, runs, draft.as_file(), tell).map_err(|error| match error {
        ArchiveError::Io { what: inner, source } if inner.is_empty() => failed(what())(source),
        error => error,
    })?;
    draft.as_file().sync_all().map_err(failed(what()))?;
    let (sha256, bytes) = hash_file(draft.path()).map_err(failed(what()))?;
    draft.persist_noclobber(to).map_err(|error| match error.error.kind() {
        io::ErrorKind::AlreadyExists => ArchiveError::Bad(format!("{to} is there already")),
        _ => failed(what())(error.error),
    })?;
    sync_dir(folder).map_err(failed(what()))?;
    Ok(Exported { file: to.to_owned(), bytes, sha256, index })
}

/// Lets go what exports into this folder left that were killed.
fn sweep(folder: &Utf8Path) {
    for entry in folder.read_dir_utf8().into_iter().flatten().flatten() {
        let is_draft =
            entry.file_name().starts_with(DRAFT) && entry.file_type().is_ok_and(|kind| kind.is_file());
        let is_held = || File::open(entry.path()).map_or(true, |file| file.try_lock().is_err());
        if is_draft && is_settled(entry.path()) && !is_held() {
            fs_err::remove_file(entry.path()).ok();
        }
    }
}

/// And how many files and folders it is.
fn packed_run(layout: &RunLayout, tell: &dyn Fn(u64) -> bool) -> Result<(PackedRun, usize), ArchiveError> {
    let run = recorded(layout)?.run;
    let token = run.token;
    if run.status == Status::Running {
        return bad(format!("run {} is running: it can be packed when it has ended", token.short()));
    }
    // What cannot be read is not summed first.
    read_plan(layout)?;
    read_events(layout, token)?;
    let files = contents(layout, token, tell)?;
    let packed =
        PackedRun { token, project: run.project, env: run.env, name: run.name, version: run.version, files };
    let hollow = verify(layout, &packed)?;
    let entries = packed.entries(&hollow).map_err(ArchiveError::Bad)?;
    Ok((packed, entries))
}

fn write(
    index: &Index,
    runs: &[RunLayout],
    to: &File,
    tell: &dyn Fn(u64) -> bool,
) -> Result<(), ArchiveError> {
    // Named by whoever knows the file.
    let unwritten = || failed("");
    let packed = zstd::Encoder::new(BufWriter::new(to), LEVEL).map_err(unwritten())?;
    let mut tar = tar::Builder::new(packed);
    let text = serde_json::to_vec(index).map_err(|error| unwritten()(io::Error::from(error)))?;
    tar.append_data(&mut header(text.len() as u64), INDEX, text.as_slice()).map_err(unwritten())?;
    for (run, layout) in index.runs.iter().zip(runs) {
        for file in &run.files {
            append(&mut tar, run, layout, file, tell)?;
        }
    }
    let packed = tar.into_inner().map_err(unwritten())?;
    packed.finish().and_then(|mut to| to.flush()).map_err(unwritten())
}

fn append(
    tar: &mut tar::Builder<impl Write>,
    run: &PackedRun,
    layout: &RunLayout,
    file: &Artifact,
    tell: &dyn Fn(u64) -> bool,
) -> Result<(), ArchiveError> {
    let short = run.token.short();
    let Some(below) = plain(&file.path) else { return bad(format!("`{}` is no path", file.path)) };
    let what = || format!("{} of run {short} cannot be read", file.path);
    let opened = match open_plain(layout.dir().as_std_path(), &below, Access::Read) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return bad(format!("{} of run {short} is not there any more", file.path));
        }
        Err(error) if error.kind() == io::ErrorKind::InvalidData => {
            return bad(format!("{} of run {short} is no plain file that lies there", file.path));
        }
        opened => opened.map_err(failed(what()))?,
    };
    let length = opened.metadata().map_err(failed(what()))?.len();
    if length != file.bytes {
        return bad(format!("{} of run {short} was changed after it was made", file.path));
    }
    let mut content = Hashing::of(Told { inner: io::Read::take(opened, file.bytes), tell });
    let name = Path::new(&run.token.to_string()).join(&below);
    tar.append_data(&mut header(file.bytes), name, &mut content).map_err(failed(""))?;
    match content.sum() {
        (sum, bytes) if bytes == file.bytes && sum == file.sha256 => Ok(()),
        _ => bad(format!("{} of run {short} was changed after it was made", file.path)),
    }
}

/// Nothing of it depends on when, where or by whom it was made.
fn header(size: u64) -> tar::Header {
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(tar::EntryType::Regular);
    header.set_size(size);
    header.set_mode(0o644);
    header
}
