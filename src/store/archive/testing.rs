//! Archives for this room's tests.

use std::io::Read;

use camino::{Utf8Path, Utf8PathBuf};
use serde_json::Value;
use tar::EntryType;

use super::super::testing::{facts, node, output, past_run, plan_of};
use super::super::{Imported, RunDir, write_plan};
use super::{Archive, ArchiveError, Target, export};
use crate::domain::{OutputType, RunLayout, Status};
use crate::engine::RunStore;

/// More than a header has room for.
const LONG: &str =
    "a_folder_with_a_long_name_that_goes_on_and_on/and_another_one_that_is_hardly_any_shorter/a_file_of_it";

/// A success whose one step made three files, below `root/from`.
pub(in crate::store) fn a_success(root: &Utf8Path) -> RunLayout {
    let (layout, token) = past_run(&root.join("from"), "daily", Status::Succeeded);
    write_plan(&layout, &plan_of(token)).unwrap();
    let run = RunDir::new(layout.clone(), token, None);
    let step = node("a.x-1", &[("x", output("d/x", OutputType::File))]);
    let dirs = run.begin(&step.id, 1, false).unwrap();
    for (path, text) in [("d/x", "abc"), (LONG, "long"), ("d/\u{e9}\\n", "")] {
        fs_err::create_dir_all(dirs.output.join(path).parent().unwrap()).unwrap();
        fs_err::write(dirs.output.join(path), text).unwrap();
    }
    fs_err::create_dir_all(dirs.output.join("d/hollow/deep")).unwrap();
    run.seal(&step, &dirs, &facts(1)).unwrap();
    // Nothing at all.
    let idle = node("c", &[]);
    let dirs = run.begin(&idle.id, 1, false).unwrap();
    run.seal(&idle, &dirs, &facts(1)).unwrap();
    fs_err::create_dir_all(layout.record().join("work/b.1")).unwrap();
    for left in ["work/b.1/half", "lock", "logs/a.x-1.1.log", "code.tar.zst"] {
        fs_err::write(layout.record().join(left), left).unwrap();
    }
    layout
}

pub(in crate::store) fn packed(root: &Utf8Path) -> (RunLayout, Utf8PathBuf) {
    let (layout, file) = (a_success(root), root.join("packed"));
    export(std::slice::from_ref(&layout), &file, &|_| true).unwrap();
    (layout, file)
}

/// Takes an archive in below `root/to`, as a command would.
pub(in crate::store) fn taken_in(root: &Utf8Path, file: &Utf8Path) -> Result<Vec<RunLayout>, ArchiveError> {
    let target = Target::Store(root.join("to"));
    fs_err::create_dir_all(root.join("to")).unwrap();
    let note = |sum| Imported::new(jiff::Timestamp::UNIX_EPOCH, "ana".into(), "packed".into(), sum);
    Archive::open(file, 1 << 20)?.unpack(&target, note, &|_| Ok(()), &|_| true)
}

/// All that lies below a folder, but for its own name.
pub(in crate::store) fn below(folder: &Utf8Path) -> Vec<String> {
    let found = walkdir::WalkDir::new(folder).min_depth(1).sort_by_file_name().into_iter();
    found.map(|entry| entry.unwrap().path().strip_prefix(folder).unwrap().display().to_string()).collect()
}

/// An entry of an archive that is made by hand.
#[derive(Clone)]
pub(in crate::store) struct Raw {
    pub kind: EntryType,
    pub name: Vec<u8>,
    pub content: Vec<u8>,
    /// Where its head says another size.
    pub size: Option<u64>,
}

pub(in crate::store) fn unpacked(file: &Utf8Path) -> (Value, Vec<Raw>) {
    let mut tar = tar::Archive::new(zstd::Decoder::new(fs_err::File::open(file).unwrap()).unwrap());
    let mut entries: Vec<Raw> = Vec::new();
    for entry in tar.entries().unwrap() {
        let mut entry = entry.unwrap();
        let mut content = Vec::new();
        entry.read_to_end(&mut content).unwrap();
        let name = entry.path_bytes().into_owned();
        entries.push(Raw { kind: EntryType::Regular, name, content, size: None });
    }
    let index = entries.remove(0);
    (serde_json::from_slice(&index.content).unwrap(), entries)
}

pub(in crate::store) fn pack(file: &Utf8Path, index: &[u8], entries: &[Raw]) {
    let mut text = Vec::new();
    let first = Raw {
        kind: EntryType::Regular,
        name: super::export::INDEX.into(),
        content: index.to_vec(),
        size: None,
    };
    for entry in std::iter::once(&first).chain(entries) {
        let mut put = |kind, name: &[u8], content: &[u8], size: u64| {
            let mut header = tar::Header::new_gnu();
            header.set_entry_type(kind);
            header.set_mode(0o6777);
            header.set_size(size);
            let cut = name.len().min(100);
            header.as_mut_bytes()[..cut].copy_from_slice(&name[..cut]);
            header.set_cksum();
            text.extend_from_slice(header.as_bytes());
            text.extend_from_slice(content);
            text.resize(text.len().next_multiple_of(512), 0);
        };
        if entry.name.len() > 100 {
            let long = [entry.name.as_slice(), b"\0"].concat();
            put(EntryType::GNULongName, b"././@LongLink", &long, long.len() as u64);
        }
        let size = entry.size.unwrap_or(entry.content.len() as u64);
        put(entry.kind, &entry.name, &entry.content, size);
    }
    text.resize(text.len() + 1024, 0);
    fs_err::write(file, zstd::encode_all(text.as_slice(), 1).unwrap()).unwrap();
}
