use std::collections::BTreeMap;

use super::error::{bad, failed};
use super::escape::unescape;
use super::manifest;
use super::place::{hash_file, link_or_copy};
use super::remove_tree::remove_tree;
use super::run_dir::RunDir;
use super::seal::{publish, sync};
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
    fs_err::create_dir_all(&work).map_err(failed("cannot make a directory of the run"))?;
    let from = taken.path.join(node.id.dir());
    for file in &source.files {
        let Some(path) = unescape(&file.path) else {
            return bad(format!("run {} names a file that leaves its directory: {}", taken.token, file.path));
        };
        let (old, new) = (from.as_std_path().join(&path), work.as_std_path().join(&path));
        if let Some(folder) = new.parent() {
            fs_err::create_dir_all(folder).map_err(failed("cannot take an output over"))?;
        }
        if !fs_err::symlink_metadata(&old).is_ok_and(|meta| meta.is_file()) {
            let why = format!("{} of run {} is not there any more", file.path, taken.token);
            return bad(format!("{why}; {}", instead(taken)));
        }
        link_or_copy(&old, &new).map_err(failed("cannot take an output over"))?;
        let (sha256, _) = hash_file(&new).map_err(failed("cannot read an output"))?;
        if sha256 != file.sha256 {
            let why = format!("{} of run {} was changed after it was made", file.path, taken.token);
            return bad(format!("{why}; {}", instead(taken)));
        }
    }
    sync(&work, &source.files).map_err(failed("cannot write an output to disk"))?;
    publish(&work, &run.layout.artifacts(&node.id)).map_err(failed("cannot move an output to its place"))?;
    // Whoever took them over in between has not made them.
    let maker = source.taken_from.unwrap_or(taken.token);
    let manifest = Manifest { token: run.token, taken_from: Some(maker), writes: BTreeMap::new(), ..source };
    manifest::write(&run.layout, &manifest)?;
    Ok(manifest)
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
}
