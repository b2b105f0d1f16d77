use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use jiff::Timestamp;
use walkdir::WalkDir;

use super::file_state::is_same;
use super::kept::manifests;
use super::manifest;
use super::reach::Reach;
use super::remote::Fetchable;
use crate::disk::is_plain;
use crate::domain::escape::{shown, unescape};
use crate::domain::{
    Artifact, AttemptStatus, EventKind, Manifest, Name, NodeId, Produced, RunEvent, RunLayout, Status, Token,
};
use crate::engine::StoreError;

/// The steps of a run whose outputs, or the record of them, are not as they were when the run told of them; and why.
pub fn altered(layout: &RunLayout, token: Token, events: &[RunEvent]) -> Vec<(NodeId, String)> {
    altered_within(layout, token, events, &Reach::all())
}

/// The same, as far as somebody waits for it.
pub fn altered_within(
    layout: &RunLayout,
    token: Token,
    events: &[RunEvent],
    reach: &Reach<'_>,
) -> Vec<(NodeId, String)> {
    let mut told = BTreeMap::new();
    let mut made = BTreeMap::new();
    for event in events {
        let Some(node) = event.kind.node() else { continue };
        match &event.kind {
            EventKind::StepFinished { status, outputs, .. } => {
                told.insert(node, (*status, outputs, event.ts));
            }
            EventKind::AttemptFinished { attempt, status: AttemptStatus::Succeeded, .. } => {
                made.insert(node, *attempt);
            }
            _ => {}
        }
    }
    told.retain(|_, (status, ..)| *status == Status::Succeeded);
    let why = |node: &NodeId, outputs: &IndexMap<Name, Produced>, since| match manifest::read(
        layout, token, node,
    ) {
        Ok(None) => Some("its manifest is not there any more".to_owned()),
        Err(error) => Some(broken(&error)),
        Ok(Some(manifest)) if manifest.outputs != *outputs || is_of_another(&manifest, made.get(node)) => {
            Some("its manifest is not the one that was written: somebody changed it".to_owned())
        }
        Ok(Some(manifest)) => changed(layout, &manifest, since, reach),
    };
    let mut altered: Vec<_> = told
        .iter()
        .filter_map(|(node, (_, outputs, since))| Some((node.clone(), why(node, outputs, *since)?)))
        .collect();
    // Of what has not succeeded too: nobody could tell whether it has.
    match manifests(layout, token) {
        Ok(kept) => altered.extend(
            kept.into_iter()
                .filter(|(node, _)| !told.contains_key(node))
                .filter_map(|(node, manifest)| manifest.err().map(|error| (node, broken(&error)))),
        ),
        Err(error) => altered.extend(told.keys().next().map(|node| (node.clone(), broken(&error)))),
    }
    altered
}

fn broken(error: &StoreError) -> String {
    let source = std::error::Error::source(error).map(|source| format!(": {source}"));
    format!("its manifest is broken: {error}{}", source.unwrap_or_default())
}

fn is_of_another(manifest: &Manifest, made: Option<&u32>) -> bool {
    manifest.taken_from.is_none() && made.is_some_and(|attempt| *attempt != manifest.attempt)
}

/// The first of its files that is not as it was `since` then.
fn changed(layout: &RunLayout, manifest: &Manifest, since: Timestamp, reach: &Reach<'_>) -> Option<String> {
    let root = layout.artifacts(&manifest.node);
    let root = root.as_std_path();
    if let (Ok(false), true) =
        (is_plain(layout.dir().as_std_path(), Path::new(&manifest.node.dir())), root.exists())
    {
        return Some("a link leads to its directory".to_owned());
    }
    let mut wanted: HashMap<PathBuf, &Artifact> = HashMap::with_capacity(manifest.files.len());
    for file in &manifest.files {
        match unescape(&file.path) {
            Some(path) => wanted.insert(path, file),
            None => {
                return Some(format!("its manifest names a file outside of its directory: {}", file.path));
            }
        };
    }
    for entry in WalkDir::new(root).min_depth(1).sort_by_file_name() {
        let entry = match entry {
            Ok(entry) if entry.file_type().is_dir() => continue,
            Ok(entry) => entry,
            // A step that made nothing has no directory to miss.
            Err(error) if error.depth() == 0 && !root.exists() => break,
            Err(error) => return Some(format!("its files cannot be read: {error}")),
        };
        let below = entry.path().strip_prefix(root).unwrap_or(entry.path());
        let Some(file) = wanted.remove(below) else {
            return Some(format!("`{}` was added to what it made", shown(below)));
        };
        match is_same(root, below, file, since, reach) {
            Ok(true) => {}
            Ok(false) => return Some(format!("`{}` was changed after it was made", shown(below))),
            Err(error) => return Some(format!("`{}` cannot be read: {error}", shown(below))),
        }
    }
    let fetchable = Fetchable::of(layout);
    wanted.retain(|_, file| !fetchable.has(&manifest.node, file));
    let missing = wanted.into_keys().min()?;
    Some(format!("`{}` is not there any more", shown(&missing)))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{facts, node, output, run, temp};
    use super::*;
    use crate::domain::OutputType;
    use crate::engine::RunStore;

    /// What is told of a run whose one step made `d/x` and `y`, after somebody has been at its directory.
    fn told(meddle: impl FnOnce(&RunLayout, &Path)) -> Vec<String> {
        told_within(&Reach::all(), meddle)
    }

    fn told_within(reach: &Reach<'_>, meddle: impl FnOnce(&RunLayout, &Path)) -> Vec<String> {
        let (_dir, root) = temp();
        let run = run(&root);
        let step = node("a", &[("d", output("d", OutputType::Dir)), ("y", output("y", OutputType::File))]);
        let dirs = run.begin(&step.id, 1, false).unwrap();
        fs_err::create_dir(dirs.output.join("d")).unwrap();
        fs_err::write(dirs.output.join("d/x"), "abc").unwrap();
        fs_err::write(dirs.output.join("y"), "abc").unwrap();
        let made = run.seal(&step, &dirs, &facts(1)).unwrap();
        let kind = EventKind::StepFinished {
            step: step.id.step.clone(),
            cell: None,
            status: Status::Succeeded,
            reason: String::new(),
            outputs: made.outputs,
        };
        let event = RunEvent { kind, seq: 0, ts: Timestamp::now(), token: run.token };
        meddle(&run.layout, run.layout.artifacts(&step.id).as_std_path());
        altered_within(&run.layout, run.token, &[event], reach)
            .into_iter()
            .map(|(id, why)| format!("{id}: {why}"))
            .collect()
    }

    /// Also where its size and times are as they were.
    fn rewrite(path: &Path) {
        let modified = fs_err::metadata(path).unwrap().modified().unwrap();
        fs_err::remove_file(path).unwrap();
        fs_err::write(path, "abd").unwrap();
        std::fs::File::open(path).unwrap().set_modified(modified).unwrap();
    }

    #[test]
    fn whoever_changes_what_a_step_made_or_its_record_is_noticed() {
        assert!(told(|_, _| {}).is_empty());
        let changed = told(|_, made| rewrite(&made.join("d/x")));
        assert_eq!(changed, ["a: `d/x` was changed after it was made"]);
        let longer = told(|_, made| {
            fs_err::remove_file(made.join("y")).unwrap();
            fs_err::write(made.join("y"), "abcd").unwrap();
        });
        assert_eq!(longer, ["a: `y` was changed after it was made"]);
        let gone = told(|_, made| fs_err::remove_file(made.join("y")).unwrap());
        assert_eq!(gone, ["a: `y` is not there any more"]);
        let all_gone = told(|_, made| fs_err::remove_dir_all(made).unwrap());
        assert_eq!(all_gone, ["a: `d/x` is not there any more"]);
        let more = told(|_, made| fs_err::write(made.join("d/z\u{1b}"), "").unwrap());
        assert_eq!(more, ["a: `d/z\\u{1b}` was added to what it made"]);
        let linked = told(|_, made| {
            fs_err::remove_file(made.join("y")).unwrap();
            fs_err::os::unix::fs::symlink("/etc/passwd", made.join("y")).unwrap();
        });
        assert_eq!(linked, ["a: `y` was changed after it was made"]);
    }

    #[test]
    fn what_nobody_waits_for_is_not_read_and_that_is_known() {
        // Before `y`, which is read only where its time is too near to that of the record.
        let change = |_: &RunLayout, made: &Path| rewrite(&made.join("d/x"));
        let all = Reach::of(6, &|| false);
        assert_eq!((told_within(&all, change).len(), all.is_short()), (1, false));
        let less = Reach::of(2, &|| false);
        assert_eq!((told_within(&less, change).len(), less.is_short()), (0, true));
        let stopped = Reach::of(u64::MAX, &|| true);
        assert_eq!((told_within(&stopped, change).len(), stopped.is_short()), (0, true));
        // What needs no reading is told all the same.
        let gone = told_within(&stopped, |_, made| fs_err::remove_file(made.join("y")).unwrap());
        assert_eq!(gone, ["a: `y` is not there any more"]);
    }

    #[test]
    fn a_record_that_fits_changed_files_does_not_fit_what_the_run_told() {
        let edited = told(|layout, made| {
            rewrite(&made.join("y"));
            let manifest = layout.record().join("steps/a.json");
            let text = fs_err::read_to_string(&manifest).unwrap();
            let (old, new) = (crate::domain::Digest::of(b"abc"), crate::domain::Digest::of(b"abd"));
            fs_err::write(&manifest, text.replace(old.as_str(), new.as_str())).unwrap();
        });
        assert_eq!(edited, ["a: its manifest is not the one that was written: somebody changed it"]);
        let gone = told(|layout, _| fs_err::remove_file(layout.record().join("steps/a.json")).unwrap());
        assert_eq!(gone, ["a: its manifest is not there any more"]);
    }
}
