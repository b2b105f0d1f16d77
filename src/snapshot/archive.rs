use std::fs::File;
use std::io::{self, BufWriter, Read, Write};

use camino::Utf8Path;

use super::error::{SnapshotError, failed};
use super::frozen::{FileKind, Frozen, FrozenFile};
use super::hold::Hold;
use super::listing;
use super::objects::{Objects, open};
use super::snapshots::Snapshots;
use crate::disk::{Access, open_record};
use crate::domain::Digest;

/// The first entry: the list whose sha256 is the tree's digest. No project file can have this name.
const LIST: &str = ".greenroom/tree";
const LEVEL: i32 = 3;
/// A list is read into memory before it is proved: 10,000 files take 1.5 MB.
const LONGEST_LIST: u64 = 512 * 1024 * 1024;

pub(super) fn pack(snapshots: &Snapshots, frozen: &Frozen, to: &Utf8Path) -> Result<(), SnapshotError> {
    let what = || format!("cannot write {to}");
    let folder = to.parent().unwrap_or(Utf8Path::new("."));
    let draft = tempfile::Builder::new().prefix(".new-").tempfile_in(folder).map_err(failed(what()))?;
    write(snapshots, frozen, draft.as_file()).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => SnapshotError::Gone(frozen.tree.clone()),
        _ => failed(what())(error),
    })?;
    draft.as_file().sync_all().map_err(failed(what()))?;
    draft.persist(to).map_err(|error| failed(what())(error.error))?;
    Ok(())
}

/// Nothing of it depends on when, where or by whom it was made.
fn write(snapshots: &Snapshots, frozen: &Frozen, to: &File) -> io::Result<()> {
    let objects = Objects::at(&snapshots.state);
    let mut tar = tar::Builder::new(zstd::Encoder::new(BufWriter::new(to), LEVEL)?);
    let list = listing::write(&frozen.files);
    tar.append_data(&mut header(tar::EntryType::Regular, list.len() as u64, false), LIST, &*list)?;
    for file in &frozen.files {
        match &file.kind {
            FileKind::Link { to } => {
                tar.append_link(&mut header(tar::EntryType::Symlink, 0, false), &file.path, to)?;
            }
            FileKind::File { executable } => {
                let content = open(objects.path(&file.sha256, *executable).as_std_path())?.take(file.bytes);
                let mut header = header(tar::EntryType::Regular, file.bytes, *executable);
                tar.append_data(&mut header, &file.path, snapshots.watch.over(content))?;
            }
        }
    }
    tar.into_inner()?.finish()?.flush()
}

fn header(kind: tar::EntryType, size: u64, executable: bool) -> tar::Header {
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(kind);
    header.set_size(size);
    header.set_mode(if executable { 0o755 } else { 0o644 });
    header
}

pub(super) fn unpack(snapshots: &Snapshots, tree: &Digest, from: &Utf8Path) -> Result<Frozen, SnapshotError> {
    if let Ok(frozen) = snapshots.open(tree)
        && snapshots.view(&frozen, None).is_ok()
    {
        return Ok(frozen);
    }
    // Until its list is there, nothing tells that its contents are needed.
    let _hold = Hold::together(&snapshots.state).map_err(failed("cannot make a place for the snapshot"))?;
    let mut objects = Objects::at(&snapshots.state);
    let (frozen, list) = read(
        tree,
        from,
        u64::MAX,
        Some(&mut |file: &FrozenFile, content| take(&mut objects, file, content).map(|()| true)),
    )?;
    objects.sync().map_err(failed("cannot write the snapshot to disk"))?;
    snapshots.write_list(tree, &list).map_err(failed("cannot write what a snapshot consists of"))?;
    Ok(frozen)
}

/// What a tree consists of, as its archive tells. Nothing is unpacked.
pub(super) fn listed(tree: &Digest, from: &Utf8Path) -> Result<Frozen, SnapshotError> {
    read(tree, from, u64::MAX, None).map(|(frozen, _)| frozen)
}

/// Bytes that are unpacked at most of a tree that somebody only looks into: a few of an archive may stand for more than
/// any disk holds.
#[derive(Clone, Copy, Debug)]
pub struct Room {
    pub a_file: u64,
    pub all: u64,
    /// And passed over.
    pub read: u64,
}

/// The same as `listed`, and the contents of its files as far as there is room for them.
pub(super) fn unpack_some(
    snapshots: &Snapshots,
    tree: &Digest,
    from: &Utf8Path,
    room: Room,
) -> Result<Frozen, SnapshotError> {
    let mut objects = Objects::at(&snapshots.state);
    let (mut passed, mut taken) = (0u64, 0u64);
    // Heads, and entries without a content, fit into as much again.
    let most = room.read.saturating_mul(2).saturating_add(LONGEST_LIST);
    let (frozen, _) = read(
        tree,
        from,
        most,
        Some(&mut |file: &FrozenFile, content| {
            passed = passed.saturating_add(file.bytes);
            let all = taken.saturating_add(file.bytes);
            if file.bytes <= room.a_file && all <= room.all {
                taken = all;
                take(&mut objects, file, content)?;
            }
            Ok(passed <= room.read)
        }),
    )?;
    Ok(frozen)
}

/// Gets a file with its content; answers whether more is wanted.
type Each<'a> = &'a mut dyn FnMut(&FrozenFile, &mut dyn Read) -> Result<bool, String>;

/// Reads an archive from its beginning: the tree, and its list as it is written. `most`: bytes after which it is damaged.
fn read(
    tree: &Digest,
    from: &Utf8Path,
    most: u64,
    each: Option<Each>,
) -> Result<(Frozen, Vec<u8>), SnapshotError> {
    let damaged = |why: String| SnapshotError::Damaged { what: from.to_string(), why };
    let file = open_record(from, Access::Read).map_err(failed(format!("cannot open {from}")))?;
    let read = |error: io::Error| damaged(error.to_string());
    let mut tar = tar::Archive::new(zstd::Decoder::new(file).map_err(read)?.take(most));
    let mut entries = tar.entries().map_err(read)?;

    let first = entries.next().ok_or_else(|| damaged("it is empty".into()))?.map_err(read)?;
    let mut list = Vec::new();
    if first.path_bytes() != LIST.as_bytes() || first.size() > LONGEST_LIST {
        return Err(damaged("it does not begin with its list of files".into()));
    }
    first.take(LONGEST_LIST).read_to_end(&mut list).map_err(read)?;
    if Digest::of(&list) != *tree {
        return Err(damaged(format!("it does not hold the tree {}", tree.short())));
    }
    let frozen = listing::read(&list).map_err(damaged)?;
    let Some(each) = each else { return Ok((frozen, list)) };

    // The list is proved, so entries only bring contents; where they go is decided by sums, never by names.
    let mut wanted = frozen.files.iter().filter(|file| matches!(file.kind, FileKind::File { .. }));
    for entry in entries {
        let mut entry = entry.map_err(read)?;
        if !entry.header().entry_type().is_file() {
            continue;
        }
        let Some(file) = wanted.next() else {
            return Err(damaged("it holds more files than its list".into()));
        };
        if entry.size() != file.bytes {
            return Err(damaged(format!("{} is not what was frozen", file.path.display())));
        }
        if !each(file, &mut entry).map_err(damaged)? {
            return Ok((frozen, list));
        }
    }
    match wanted.next() {
        Some(file) => Err(damaged(format!("{} is missing", file.path.display()))),
        None => Ok((frozen, list)),
    }
}

fn take(objects: &mut Objects, file: &FrozenFile, content: &mut dyn Read) -> Result<(), String> {
    let FileKind::File { executable } = file.kind else { return Ok(()) };
    let (sha256, bytes) = objects
        .add(&mut content.take(file.bytes.saturating_add(1)), executable)
        .map_err(|error| format!("{}: {error}", file.path.display()))?;
    match sha256 == file.sha256 && bytes == file.bytes {
        true => Ok(()),
        false => Err(format!("{} is not what was frozen", file.path.display())),
    }
}
