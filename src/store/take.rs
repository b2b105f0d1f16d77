use std::collections::BTreeMap;
use std::fs::Permissions;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use camino::Utf8Path;
use walkdir::WalkDir;

use super::error::{bad, failed};
use super::manifest;
use super::place::link_or_copy_sealed;
use super::remove_tree::remove_tree;
use super::run_dir::RunDir;
use super::seal::{publish, sync};
use crate::domain::escape::unescape;
use crate::domain::{Manifest, Node, Taken};
use crate::engine::StoreError;

/// Attempts count from 1, so this directory is nobody's.
const NO_ATTEMPT: u32 = 0;

/// Another run's outputs become this run's, checked against the sums in that run's manifest.
pub(super) fn take(run: &RunDir, node: &Node) -> Result<Manifest, StoreError> {
    if let Some(done) = manifest::read(&run.layout, run.token, &node.id)? {
        return Ok(done);
    }
    let Some(taken) = &node.taken else {
        return bad(format!("step {} has no run to take its outputs from", node.id));
    };
    let source = theirs(taken, node)?;
    let work = run.layout.work(&node.id, NO_ATTEMPT);
    remove_tree(&work).map_err(failed("cannot clear a directory of the run"))?;
    if let Err(error) = gather(taken, node, &source, &work, &run.given_up) {
        // A second name of a file keeps its room on the disk.
        remove_tree(&work).ok();
        return Err(error);
    }
    publish(&work, &run.layout.artifacts(&node.id)).map_err(failed("cannot move an output to its place"))?;
    // Whoever took them over in between has not made them.
    let maker = source.taken_from.unwrap_or(taken.token);
    let manifest = Manifest { token: run.token, taken_from: Some(maker), writes: BTreeMap::new(), ..source };
    manifest::write(&run.layout, &manifest, None)?;
    Ok(manifest)
}

/// Puts the files into a directory of this run, as if a step of its own had left them there.
fn gather(
    taken: &Taken,
    node: &Node,
    source: &Manifest,
    work: &Utf8Path,
    given_up: &AtomicBool,
) -> Result<(), StoreError> {
    fs_err::create_dir_all(work).map_err(failed("cannot make a directory of the run"))?;
    for folder in &source.empty {
        let Some(path) = unescape(folder) else {
            return bad(format!("run {} names a folder that leaves its directory: {folder}", taken.token));
        };
        fs_err::create_dir_all(work.as_std_path().join(path))
            .map_err(failed("cannot take an output over"))?;
    }
    for file in &source.files {
        let Some(path) = unescape(&file.path) else {
            return bad(format!("run {} names a file that leaves its directory: {}", taken.token, file.path));
        };
        let new = work.as_std_path().join(&path);
        if let Some(folder) = new.parent() {
            fs_err::create_dir_all(folder).map_err(failed("cannot take an output over"))?;
        }
        let below = Path::new(&node.id.dir()).join(&path);
        let sum = match link_or_copy_sealed(taken.path.as_std_path(), &below, &new, given_up) {
            Ok(sum) => sum,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let why = format!("{} of run {} is not there any more", file.path, taken.token);
                return bad(format!("{why}; {}", instead(taken)));
            }
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                let why = format!("{} of run {} is no plain file that lies there", file.path, taken.token);
                return bad(format!("{why}; {}", instead(taken)));
            }
            Err(error) => return Err(failed("cannot take an output over")(error)),
        };
        if sum != file.sha256 {
            let why = format!("{} of run {} was changed after it was made", file.path, taken.token);
            return bad(format!("{why}; {}", instead(taken)));
        }
    }
    for folder in WalkDir::new(work).into_iter().flatten().filter(|entry| entry.file_type().is_dir()) {
        fs_err::set_permissions(folder.path(), Permissions::from_mode(0o755))
            .map_err(failed("cannot take an output over"))?;
    }
    sync(work, &source.files).map_err(failed("cannot write an output to disk"))
}

/// What to do where a run's outputs are not what they were.
fn instead(taken: &Taken) -> String {
    match taken.older {
        Some(older) => format!("take those of an older one with --inputs-from {older}, or run the step"),
        None => "name another run with --inputs-from, or run the step".to_owned(),
    }
}

fn theirs(taken: &Taken, node: &Node) -> Result<Manifest, StoreError> {
    let layout = crate::domain::RunLayout::at(&taken.path);
    let Some(manifest) = manifest::read(&layout, taken.token, &node.id)? else {
        return bad(format!("run {} has no outputs of step {} to take over", taken.token, node.id));
    };
    match node.outputs.keys().find(|name| !manifest.outputs.contains_key(*name)) {
        Some(missing) => bad(format!("run {} has no output {}.{missing} to take over", taken.token, node.id)),
        None => Ok(manifest),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::MetadataExt;

    use super::super::testing::{facts, name, node, output, run, temp};
    use super::*;
    use crate::domain::OutputType;
    use crate::engine::RunStore;

    #[test]
    fn outputs_are_taken_over_with_their_sums_and_edited_ones_are_not() {
        let (_dir, root) = temp();
        let (old, new) = (run(&root), run(&root));
        let mut step = node("a", &[("x", output("d/x", OutputType::File))]);
        let dirs = old.begin(&step.id, 1, false).unwrap();
        fs_err::create_dir(dirs.output.join("d")).unwrap();
        fs_err::write(dirs.output.join("d/x"), "abc").unwrap();
        let made = old.seal(&step, &dirs, &facts(1)).unwrap();
        let path = old.layout().dir().to_owned();
        step.taken = Some(Taken { token: old.token, path, why: String::new(), older: None });

        new.reserve(&step.id).unwrap();
        let taken = new.take(&step).unwrap();
        assert_eq!((taken.taken_from, &taken.outputs), (Some(old.token), &made.outputs));
        assert_eq!(new.take(&step).unwrap(), taken);
        assert_eq!(fs_err::read(new.layout().artifacts(&step.id).join("d/x")).unwrap(), b"abc");

        let heir = run(&root);
        let path = new.layout().dir().to_owned();
        let from_new = Some(Taken { token: new.token, path, why: String::new(), older: None });
        let inherits = Node { taken: from_new, ..step.clone() };
        assert_eq!(heir.take(&inherits).unwrap().taken_from, Some(old.token), "its maker, not a middleman");

        let cancelled = run(&root);
        cancelled.give_up();
        assert!(cancelled.take(&step).is_err());
        assert!(!cancelled.layout().work(&step.id, NO_ATTEMPT).exists());

        let third = run(&root);
        let file = old.layout().artifacts(&step.id).join("d/x");
        fs_err::remove_file(&file).unwrap();
        assert!(third.take(&step).unwrap_err().to_string().contains("not there any more"));
        fs_err::write(&file, "abd").unwrap();
        let why = third.take(&step).unwrap_err().to_string();
        assert!(why.contains("was changed") && why.contains("another run with --inputs-from"), "{why}");
        let older = Some(new.token);
        step.taken.as_mut().unwrap().older = older;
        let why = third.take(&step).unwrap_err().to_string();
        assert!(why.contains(&format!("--inputs-from {}", new.token)), "{why}");
        step.outputs.insert(name("y"), output("y", OutputType::File));
        assert!(third.take(&step).unwrap_err().to_string().contains("no output a.y"));
    }

    /// A step that lists a folder fails where it is not there.
    #[test]
    fn folders_with_nothing_in_them_are_taken_over_too() {
        let (_dir, root) = temp();
        let (old, new) = (run(&root), run(&root));
        let outputs = [("x", output("x", OutputType::Dir)), ("d", output("d", OutputType::Dir))];
        let mut step = node("a", &outputs);
        let dirs = old.begin(&step.id, 1, false).unwrap();
        for folder in ["x/good", "x/rejected/deep", "d"] {
            fs_err::create_dir_all(dirs.output.join(folder)).unwrap();
        }
        fs_err::write(dirs.output.join("x/good/1"), "abc").unwrap();
        let made = old.seal(&step, &dirs, &facts(1)).unwrap();
        assert_eq!(made.empty, ["d", "x/rejected/deep"]);
        let path = old.layout().dir().to_owned();
        step.taken = Some(Taken { token: old.token, path, why: String::new(), older: None });
        let taken = new.take(&step).unwrap();
        assert_eq!((&taken.outputs, &taken.empty), (&made.outputs, &made.empty));
        let theirs = new.layout().artifacts(&step.id);
        assert!(theirs.join("d").is_dir() && theirs.join("x/rejected/deep").is_dir());

        let edited = Manifest { empty: vec!["../../out".to_owned()], ..made };
        fs_err::remove_file(old.layout().manifest(&step.id)).unwrap();
        manifest::write(old.layout(), &edited, None).unwrap();
        let third = run(&root);
        assert!(third.take(&step).unwrap_err().to_string().contains("leaves its directory"));
    }

    /// A run from elsewhere keeps files as no seal leaves them: they get in as a seal would have left them, or not.
    #[test]
    fn what_is_taken_over_is_sealed_and_what_is_refused_keeps_no_room() {
        let (_dir, root) = temp();
        let old = run(&root);
        let mut step = node("a", &[("x", output("d/x", OutputType::File))]);
        let dirs = old.begin(&step.id, 1, false).unwrap();
        fs_err::create_dir(dirs.output.join("d")).unwrap();
        for file in ["d/x", "y"] {
            fs_err::write(dirs.output.join(file), "abc").unwrap();
        }
        old.seal(&step, &dirs, &facts(1)).unwrap();
        let path = old.layout().dir().to_owned();
        step.taken = Some(Taken { token: old.token, path, why: String::new(), older: None });
        let theirs = old.layout().artifacts(&step.id);
        let mode = |path: &Utf8Path| fs_err::symlink_metadata(path).unwrap().mode() & 0o7777;
        let inode = |path: &Utf8Path| fs_err::symlink_metadata(path).unwrap().ino();

        let plain = run(&root);
        plain.take(&step).unwrap();
        let ours = plain.layout().artifacts(&step.id);
        assert_eq!(inode(&ours.join("d/x")), inode(&theirs.join("d/x")), "what is sealed is not copied");

        fs_err::set_permissions(theirs.join("d"), Permissions::from_mode(0o777)).unwrap();
        for loose in [0o4777, 0o2555, 0o644, 0o400] {
            fs_err::set_permissions(theirs.join("d/x"), Permissions::from_mode(loose)).unwrap();
            let new = run(&root);
            new.take(&step).unwrap();
            let ours = new.layout().artifacts(&step.id);
            assert_eq!((mode(&ours.join("d/x")), mode(&ours.join("d"))), (0o444, 0o755), "{loose:o}");
            assert_eq!(mode(&theirs.join("d/x")), loose, "theirs is left alone");
            assert_ne!(inode(&ours.join("d/x")), inode(&theirs.join("d/x")));
        }

        let refused = run(&root);
        let work = refused.layout().work(&step.id, NO_ATTEMPT);
        let why = || {
            let why = refused.take(&step).unwrap_err().to_string();
            assert!(!work.exists(), "what was linked already keeps its room");
            assert!(!refused.layout().artifacts(&step.id).exists());
            why
        };
        let y = theirs.join("y");
        fs_err::remove_file(&y).unwrap();
        assert!(why().contains("not there any more"));
        fs_err::write(root.join("other"), "abc").unwrap();
        std::os::unix::fs::symlink(root.join("other"), &y).unwrap();
        assert!(why().contains("no plain file"));
        fs_err::remove_file(&y).unwrap();
        fs_err::write(&y, "abd").unwrap();
        assert!(why().contains("was changed"));
        fs_err::write(&y, "abc").unwrap();
        fs_err::rename(theirs.join("d"), root.join("d")).unwrap();
        std::os::unix::fs::symlink(root.join("d"), theirs.join("d")).unwrap();
        assert!(why().contains("no plain file"));
    }
}
