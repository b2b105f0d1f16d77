use std::io;
use std::path::PathBuf;

use super::error::failed;
use super::manifest as record;
use crate::domain::escape::unescape;
use crate::domain::{Manifest, NodeId, RunLayout, Token};
use crate::engine::StoreError;

/// The record that a step of a run succeeded, if it did.
pub fn manifest(layout: &RunLayout, token: Token, node: &NodeId) -> Result<Option<Manifest>, StoreError> {
    record::read(layout, token, node)
}

/// A step, and the record that it succeeded, or why that cannot be read.
pub type Kept = (NodeId, Result<Manifest, StoreError>);

/// The manifests of a run, in order of step and cell. One that cannot be read is an error of its own.
pub fn manifests(layout: &RunLayout, token: Token) -> Result<Vec<Kept>, StoreError> {
    let wrong = || failed("cannot look into a run's manifests");
    let folder = match fs_err::read_dir(layout.record().join("steps")) {
        Ok(folder) => folder,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(wrong()(error)),
    };
    let mut nodes: Vec<NodeId> = Vec::new();
    for entry in folder {
        let name = entry.map_err(wrong())?.file_name();
        let id = name.to_str().and_then(|name| name.strip_suffix(".json")).and_then(|id| id.parse().ok());
        nodes.extend(id);
    }
    nodes.sort();
    let read = |node: &NodeId| match record::read(layout, token, node) {
        Ok(Some(manifest)) => Some(Ok(manifest)),
        Ok(None) => None,
        Err(error) => Some(Err(error)),
    };
    Ok(nodes.into_iter().filter_map(|node| read(&node).map(|manifest| (node, manifest))).collect())
}

/// Where what a manifest names lies on this machine. None for a path that leaves the run's directory: the manifest was
/// edited.
pub fn kept_path(layout: &RunLayout, path: &str) -> Option<PathBuf> {
    unescape(path).map(|path| layout.dir().as_std_path().join(path))
}

/// Folders of a step in which no file lies, and which a copy of its files would lack; relative to the run's directory.
/// None for one that leaves the step's own: the manifest was edited.
pub(super) fn hollow(manifest: &Manifest) -> Option<Vec<PathBuf>> {
    let own = PathBuf::from(manifest.node.dir());
    if manifest.files.is_empty() && manifest.empty.is_empty() {
        return Some(vec![own]);
    }
    manifest.empty.iter().map(|path| unescape(path).map(|below| own.join(below))).collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{facts, node, output, run, temp};
    use super::*;
    use crate::domain::OutputType;
    use crate::engine::RunStore;

    #[test]
    fn what_a_run_keeps_is_listed_and_a_torn_record_is_told() {
        let (_dir, root) = temp();
        let run = run(&root);
        let token = run.token;
        for id in ["b", "a.x-1"] {
            let step = node(id, &[("x", output("d\\/x", OutputType::File))]);
            let dirs = run.begin(&step.id, 1, false).unwrap();
            fs_err::create_dir(dirs.output.join("d\\")).unwrap();
            fs_err::write(dirs.output.join("d\\/x"), id).unwrap();
            run.seal(&step, &dirs, &facts(1)).unwrap();
        }
        let steps = run.layout().record().join("steps");
        fs_err::write(steps.join("c.json"), "{").unwrap();
        fs_err::write(steps.join(".new-1234"), "").unwrap();
        fs_err::write(steps.join("../../x.json"), "").unwrap();
        let kept = manifests(run.layout(), token).unwrap();
        let ids: Vec<_> = kept.iter().map(|(id, manifest)| (id.to_string(), manifest.is_ok())).collect();
        assert_eq!(ids, [("a.x-1".to_owned(), true), ("b".to_owned(), true), ("c".to_owned(), false)]);
        let produced = &kept[0].1.as_ref().unwrap().outputs["x"];
        let path = kept_path(run.layout(), &produced.path).unwrap();
        assert_eq!(fs_err::read(path).unwrap(), b"a.x-1");
        for bad in ["../x", "/etc/passwd", "a/../../b", ""] {
            assert_eq!(kept_path(run.layout(), bad), None, "{bad}");
        }
    }
}
