use std::path::Path;

use camino::Utf8Path;
use indexmap::IndexMap;

use super::Runs;
use crate::domain::{Artifact, Name, NodeId, RunLayout, Taken, Token};
use crate::store::escape::unescape;
use crate::store::remote::Fetchable;
use crate::store::{Origin, OwnRuns, manifest, read_run};

/// As `run.json` has them.
pub type Params = IndexMap<Name, serde_json::Value>;

impl Runs {
    /// The newest run of this name with these parameters that has what the node made, to take its outputs over: what
    /// was made of another day must not be mixed with this one's.
    ///
    /// Only of runs that this person started here: what one that was copied in holds, nobody here has made. It can
    /// still be named.
    pub fn newest_with(&self, own: &OwnRuns, name: &Name, params: &Params, node: &NodeId) -> Option<Taken> {
        let (found, _) = self.scan(Some(name));
        let mut good = found.iter().filter(|run| {
            let layout = run.layout(self);
            layout.manifest(node).exists()
                && read_run(&layout).is_ok_and(|run| run.params == *params)
                && own.plan(&layout).is_ok_and(|(_, origin)| origin == Origin::Here)
                && has(&layout, run.token, node)
        });
        let newest = good.next()?;
        let why = "the newest run with these parameters that has it";
        Some(Taken {
            older: good.next().map(|run| run.token),
            ..taken(newest.layout(self), newest.token, why)
        })
    }
}

/// The outputs of the run that was named, if the node succeeded in it and they are there.
pub fn named_with(dir: &Utf8Path, token: Token, node: &NodeId) -> Option<Taken> {
    let layout = RunLayout::at(dir);
    has(&layout, token, node).then(|| taken(layout, token, "the run that was named"))
}

pub(super) fn has(layout: &RunLayout, token: Token, node: &NodeId) -> bool {
    let Ok(Some(manifest)) = manifest::read(layout, token, node) else { return false };
    let (root, fetchable) = (layout.artifacts(node), Fetchable::of(layout));
    manifest.files.iter().all(|file| is_there(root.as_std_path(), file) || fetchable.has(node, file))
}

/// As far as a look tells; its sum is looked at when it is taken.
fn is_there(root: &Path, file: &Artifact) -> bool {
    let meta = unescape(&file.path).map(|path| std::fs::symlink_metadata(root.join(path)));
    matches!(meta, Some(Ok(meta)) if meta.is_file() && meta.len() == file.bytes)
}

/// What tells the run apart from others of its name goes with it: its version and parameters.
pub fn taken(layout: RunLayout, token: Token, chosen: &str) -> Taken {
    let which = read_run(&layout).map(|run| {
        let params = run.typed_params().map(|(name, value)| format!(" {name}={value}"));
        format!(" ({}{})", run.version, params.collect::<String>())
    });
    let why = format!("{chosen}{}", which.unwrap_or_default());
    Taken { token, path: layout.dir().to_owned(), why, older: None }
}
