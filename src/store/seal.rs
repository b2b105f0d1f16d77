use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io::ErrorKind;
use std::path::PathBuf;

use camino::Utf8Path;
use secrecy::ExposeSecret;

use super::atomic_write::sync_dir;
use super::error::{bad, failed};
use super::lake::{Author, Change};
use super::manifest;
use super::outputs;
use super::receipt::Receipt;
use super::remove_tree::remove_tree;
use super::run_dir::RunDir;
use super::walk::{Left, SecondNames, walk};
use crate::domain::escape::unescape;
use crate::domain::{Artifact, Manifest, Node, secret_texts};
use crate::engine::{AttemptDirs, AttemptFacts, StoreError};

/// Above this many files one sync of the whole file system is cheaper than one for each.
const SINGLE_SYNCS: usize = 64;

/// Walk, check, freeze, publish: rename to the final place, then the lake, then the manifest.
///
/// The order makes every crash harmless. Before the rename nothing has happened. After it the work directory is gone,
/// so a second call finds the files at their final place and goes on from there. The lake comes before the manifest,
/// because a step with a manifest never runs again: were it the other way round, a crash between the two would leave
/// a step that succeeded and a table that never heard of it. A crash after the lake is mended by the second call,
/// which finds its own files in the table and replaces the partition by the same ones.
pub(super) fn seal(
    run: &RunDir,
    node: &Node,
    dirs: &AttemptDirs,
    facts: &AttemptFacts,
) -> Result<Manifest, StoreError> {
    if let Some(done) = manifest::read(&run.layout, run.token, &node.id)? {
        return Ok(done);
    }
    let last = run.layout.artifacts(&node.id);
    let published = !dirs.output.exists();
    let (at, second_names) = match published {
        false => (&dirs.output, SecondNames::Refused),
        true => (&last, SecondNames::Allowed),
    };
    let Left { files, empty } = walk(at, second_names, &run.given_up)?;
    refuse_secret_names(run, at, files.iter().map(|file| &file.path).chain(&empty))?;
    let outputs = outputs::check(node, at, &files, &run.given_up)?;
    let changes = changes(run, node, at, &files)?;
    if !published {
        sync(at, &files).map_err(failed("cannot write an output to disk"))?;
        publish(&dirs.output, &last).map_err(failed("cannot move an output to its place"))?;
    }
    // With the table changed, its room on disk must not be what the manifest lacks.
    let room = match changes.is_empty() {
        true => None,
        false => {
            Some(manifest::reserve(&run.layout, &node.id, manifest::size(&files, &empty, &facts.reads))?)
        }
    };
    let author = Author { token: run.token, node: &node.id, at: facts.exit.finished_at };
    let mut writes = BTreeMap::new();
    for change in changes {
        match change.commit(&last, &author) {
            Ok(paths) => writes.insert(change.table().clone(), paths),
            Err(StoreError::BadOutput(why)) => {
                // Somebody changed the table since it was looked at. The attempt failed, so its files go back.
                publish(&last, &dirs.output).map_err(failed("cannot move an output back"))?;
                return Err(StoreError::BadOutput(why));
            }
            Err(error) => return Err(error),
        };
    }
    let manifest = Manifest {
        greenroom: manifest::FORMAT,
        token: run.token,
        node: node.id.clone(),
        attempt: facts.attempt,
        started_at: facts.exit.started_at,
        finished_at: facts.exit.finished_at,
        exit_code: facts.exit.code,
        peak_memory_bytes: facts.peak_memory_bytes,
        image: facts.image.clone(),
        outputs,
        files,
        empty,
        reads: facts.reads.clone(),
        writes,
        taken_from: None,
        log_complete: facts.log_complete,
    };
    manifest::write(&run.layout, &manifest, room)?;
    Ok(manifest)
}

/// The attempt's directory stays after it failed, so what bears the name goes at once.
fn refuse_secret_names<'a>(
    run: &RunDir,
    at: &Utf8Path,
    left: impl Iterator<Item = &'a String>,
) -> Result<(), StoreError> {
    let secrets: Vec<&str> =
        run.secrets.iter().flat_map(|secret| secret_texts(secret.expose_secret())).collect();
    let telling = |path: &OsStr| {
        let text = path.to_string_lossy();
        secrets.iter().any(|secret| text.contains(secret))
    };
    let paths = left.filter_map(|path| unescape(path));
    let found: Vec<PathBuf> = paths.filter(|path| telling(path.as_os_str())).collect();
    let Some(first) = found.first() else { return Ok(()) };
    for path in &found {
        let named = path.ancestors().filter(|part| telling(part.as_os_str())).last().unwrap_or(path);
        let named = at.as_std_path().join(named);
        let removed = remove_tree(&named);
        removed.map_err(failed("cannot remove a file"))?;
    }
    let shown = crate::domain::escape::shown(first);
    bad(format!(
        "the step left `{shown}`: the name holds a secret, so the file was removed; name it otherwise"
    ))
}

/// What the outputs that are tables change in the lake, checked against it as it is now.
fn changes<'a>(
    run: &'a RunDir,
    node: &'a Node,
    at: &Utf8Path,
    files: &[Artifact],
) -> Result<Vec<Change<'a>>, StoreError> {
    let mut changes = Vec::new();
    for (name, output) in &node.outputs {
        let Some(write) = &output.table else { continue };
        let below = outputs::members(&output.path, files);
        let Some(lake) = &run.lake else {
            // Another warehouse has the rows, and the step says so. Rows that nobody would put into a table are no success.
            if matches!(Receipt::read(at, below), Ok(Some(_))) {
                continue;
            }
            return bad(format!("output `{name}` writes {}, and the lake is not to be had", write.table));
        };
        changes.push(lake.prepare(write, at, below)?);
    }
    Ok(changes)
}

pub(super) fn sync(dir: &Utf8Path, files: &[Artifact]) -> std::io::Result<()> {
    if files.len() > SINGLE_SYNCS {
        return Ok(rustix::fs::syncfs(fs_err::File::open(dir)?)?);
    }
    for path in files.iter().filter_map(|file| unescape(&file.path)) {
        fs_err::File::open(dir.as_std_path().join(path))?.sync_all()?;
    }
    Ok(())
}

/// Renames a directory over another that is empty, missing, or left by an attempt that was lost.
pub(super) fn publish(from: &Utf8Path, to: &Utf8Path) -> std::io::Result<()> {
    let parent = to.parent().unwrap_or(to);
    fs_err::create_dir_all(parent)?;
    match fs_err::rename(from, to) {
        Err(error) if error.kind() == ErrorKind::DirectoryNotEmpty => {
            remove_tree(to)?;
            fs_err::rename(from, to)?;
        }
        result => result?,
    }
    sync_dir(parent)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Column, name};
    use super::super::testing::{facts, node, output, parquet, run, table, temp};
    use super::*;
    use crate::domain::OutputType;
    use crate::engine::RunStore;

    fn refused(result: Result<Manifest, StoreError>) -> String {
        match result {
            Err(StoreError::BadOutput(why)) => why,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_a_step_left_is_published_with_its_sums() {
        let (_dir, root) = temp();
        let run = run(&root);
        let step = node("train.a-1", &[("model", output("model", OutputType::Dir))]);
        let dirs = run.begin(&step.id, 1, false).unwrap();
        run.reserve(&step.id).unwrap();
        fs_err::create_dir(dirs.output.join("model")).unwrap();
        fs_err::write(dirs.output.join("model/w.bin"), "abc").unwrap();
        fs_err::write(dirs.output.join("notes.txt"), "").unwrap();
        let manifest = run.seal(&step, &dirs, &facts(1)).unwrap();
        let model = &manifest.outputs[&name("model")];
        assert_eq!((model.path.as_str(), model.bytes), ("train/a-1/model", 3));
        assert_eq!(
            manifest.files.iter().map(|f| f.path.as_str()).collect::<Vec<_>>(),
            ["model/w.bin", "notes.txt"]
        );
        assert_eq!(fs_err::read(run.layout().artifacts(&step.id).join("model/w.bin")).unwrap(), b"abc");
        assert!(!dirs.output.exists());
        assert_eq!(run.manifest(&step.id).unwrap(), Some(manifest));
    }

    #[test]
    fn a_promise_that_is_not_kept_says_what_was_found() {
        let (_dir, root) = temp();
        let run = run(&root);
        let step = node("report", &[("report", output("report.html", OutputType::File))]);
        let dirs = run.begin(&step.id, 1, false).unwrap();
        assert!(refused(run.seal(&step, &dirs, &facts(1))).contains("it left nothing"));
        fs_err::write(dirs.output.join("report.htm"), "").unwrap();
        assert!(refused(run.seal(&step, &dirs, &facts(1))).contains("report.html; it left report.htm"));
        fs_err::create_dir(dirs.output.join("report.html")).unwrap();
        assert!(refused(run.seal(&step, &dirs, &facts(1))).contains("a file is promised"));
        assert_eq!(run.manifest(&step.id).unwrap(), None);
        assert!(dirs.output.join("report.htm").exists(), "a failed attempt's files stay");
    }

    #[test]
    fn a_figure_that_is_no_number_loses_nothing_and_is_told() {
        let (_dir, root) = temp();
        let run = run(&root);
        let step = node("train", &[("fit", output("fit.jsonl", OutputType::Metrics))]);
        let dirs = run.begin(&step.id, 1, false).unwrap();
        run.reserve(&step.id).unwrap();
        fs_err::write(dirs.output.join("fit.jsonl"), "{\"loss\": 0.5}\n{\"loss\": NaN}\n").unwrap();
        run.seal(&step, &dirs, &facts(1)).unwrap();
        let told = "output `fit` at fit.jsonl: `NaN` in line 2 is no number: it counts as absent";
        assert_eq!(run.doubts(&step), [told]);
        assert_eq!(run.doubts(&node("train", &[("fit", output("fit.jsonl", OutputType::File))])), [""; 0]);
    }

    #[test]
    fn a_table_of_another_warehouse_is_told_by_a_receipt() {
        let (_dir, root) = temp();
        let mut run = run(&root);
        run.lake = None;
        let step = node("load", &[("flights", table(None))]);
        let dirs = run.begin(&step.id, 1, false).unwrap();
        fs_err::create_dir(dirs.output.join("flights")).unwrap();
        fs_err::write(dirs.output.join("flights/0.parquet"), "").unwrap();
        assert!(refused(run.seal(&step, &dirs, &facts(1))).contains("the lake is not to be had"));
        assert_eq!(run.manifest(&step.id).unwrap(), None);
        fs_err::remove_file(dirs.output.join("flights/0.parquet")).unwrap();
        fs_err::write(dirs.output.join("flights/bigquery.receipt"), "{}").unwrap();
        assert!(
            refused(run.seal(&step, &dirs, &facts(1))).contains("flights/bigquery.receipt is no receipt")
        );
        fs_err::write(dirs.output.join("flights/bigquery.receipt"), r#"{"rows": 3}"#).unwrap();
        let manifest = run.seal(&step, &dirs, &facts(1)).unwrap();
        assert_eq!(manifest.files.len(), 1);
        assert_eq!(manifest.outputs[&name("flights")].rows, Some(3));
        assert!(manifest.writes.is_empty());
        assert!(!root.join("lake").exists(), "nothing is linked");
    }

    #[test]
    fn a_file_whose_name_holds_a_secret_is_not_kept() {
        let (_dir, root) = temp();
        let run = run(&root).guarding(vec!["hunter2-hunter2".into()]);
        let step = node("fetch", &[]);
        let dirs = run.begin(&step.id, 1, false).unwrap();
        fs_err::create_dir_all(dirs.output.join("of-hunter2-hunter2/deep")).unwrap();
        fs_err::write(dirs.output.join("of-hunter2-hunter2/deep/a"), "").unwrap();
        fs_err::write(dirs.output.join("hunter2"), "").unwrap();
        fs_err::create_dir_all(dirs.output.join("empty-hunter2-hunter2")).unwrap();
        let why = refused(run.seal(&step, &dirs, &facts(1)));
        assert!(why.contains("the name holds a secret"), "{why}");
        let left: Vec<_> =
            fs_err::read_dir(&dirs.output).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left, ["hunter2"]);
        assert!(run.seal(&step, &dirs, &facts(1)).is_ok());
    }

    /// A step that has left one row for one day of a table.
    fn loading(run: &RunDir) -> (Node, AttemptDirs) {
        let step = node("load", &[("flights", table(Some(("day", "2013-01-01"))))]);
        let dirs = run.begin(&step.id, 1, false).unwrap();
        let file = dirs.output.join("flights/day=2013-01-01/0.parquet");
        parquet(
            &file,
            "required int32 day (DATE); required int64 n;",
            &[Column::Day(&[0]), Column::Int(&[7])],
        );
        (step, dirs)
    }

    /// Every state that a crash can leave, made by undoing what came after it.
    #[test]
    fn sealing_again_after_a_crash_anywhere_ends_the_same() {
        let (_dir, root) = temp();
        let run = run(&root);
        let (step, dirs) = loading(&run);
        let first = run.seal(&step, &dirs, &facts(1)).unwrap();
        let table = root.join("lake/lake/flights");
        let record = fs_err::read(table.join("_table.json")).unwrap();
        let (last, manifest) = (run.layout().artifacts(&step.id), run.layout().manifest(&step.id));

        assert_eq!(run.seal(&step, &dirs, &facts(1)).unwrap(), first, "done twice");
        fs_err::remove_file(&manifest).unwrap();
        assert_eq!(run.seal(&step, &dirs, &facts(1)).unwrap(), first, "before the manifest");
        fs_err::remove_file(&manifest).unwrap();
        fs_err::remove_file(table.join("_table.json")).unwrap();
        assert_eq!(run.seal(&step, &dirs, &facts(1)).unwrap(), first, "before the table's record");
        fs_err::remove_file(&manifest).unwrap();
        fs_err::remove_dir_all(&table).unwrap();
        assert_eq!(run.seal(&step, &dirs, &facts(1)).unwrap(), first, "before the lake");
        fs_err::remove_file(&manifest).unwrap();
        fs_err::remove_dir_all(&table).unwrap();
        fs_err::rename(&last, &dirs.output).unwrap();
        assert_eq!(run.seal(&step, &dirs, &facts(1)).unwrap(), first, "before the rename");
        assert_eq!(fs_err::read(table.join("_table.json")).unwrap(), record);
    }

    #[test]
    fn a_record_without_room_leaves_the_table_as_it_was() {
        let (_dir, root) = temp();
        let run = run(&root);
        let (step, dirs) = loading(&run);
        let steps = run.layout().record().join("steps");
        fs_err::remove_dir_all(&steps).unwrap();
        fs_err::write(&steps, "").unwrap();
        assert!(matches!(run.seal(&step, &dirs, &facts(1)), Err(StoreError::Io { .. })));
        assert!(!root.join("lake/lake/flights/_table.json").exists());
        fs_err::remove_file(&steps).unwrap();
        run.seal(&step, &dirs, &facts(1)).unwrap();
        assert_eq!(fs_err::read_dir(&steps).unwrap().count(), 1, "what was reserved is the manifest");
        assert!(root.join("lake/lake/flights/_table.json").exists());
    }

    #[test]
    fn an_attempt_that_was_lost_after_its_rename_makes_room() {
        let (_dir, root) = temp();
        let run = run(&root);
        let step = node("a", &[("x", output("x", OutputType::File))]);
        for (attempt, text) in [(1, "old"), (2, "new")] {
            let dirs = run.begin(&step.id, attempt, false).unwrap();
            fs_err::write(dirs.output.join("x"), text).unwrap();
            run.seal(&step, &dirs, &facts(attempt)).unwrap();
            if attempt == 1 {
                fs_err::remove_file(run.layout().manifest(&step.id)).unwrap();
            }
        }
        assert_eq!(fs_err::read(run.layout().artifacts(&step.id).join("x")).unwrap(), b"new");
    }

    #[test]
    fn a_manifest_of_another_run_or_a_torn_one_is_no_success() {
        let (_dir, root) = temp();
        let (ours, theirs) = (run(&root), run(&root));
        let step = node("a", &[]);
        let dirs = theirs.begin(&step.id, 1, false).unwrap();
        theirs.seal(&step, &dirs, &facts(1)).unwrap();
        let text = fs_err::read(theirs.layout().manifest(&step.id)).unwrap();
        fs_err::write(ours.layout().manifest(&step.id), &text).unwrap();
        assert!(ours.manifest(&step.id).unwrap_err().to_string().contains("belongs to step a"));
        fs_err::write(ours.layout().manifest(&step.id), &text[..text.len() / 2]).unwrap();
        assert!(ours.manifest(&step.id).unwrap_err().to_string().contains("torn"));
    }
}
