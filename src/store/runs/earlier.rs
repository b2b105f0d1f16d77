use std::path::Path;

use camino::Utf8Path;
use indexmap::IndexMap;

use super::Runs;
use super::index::Ended;
use super::maker::Maker;
use super::scan::Found;
use crate::domain::escape::unescape;
use crate::domain::{Artifact, Name, NodeId, RunLayout, Taken, Token};
use crate::store::remote::Fetchable;
use crate::store::{FileState, OwnRuns, file_states, manifest, read_events, read_run};

/// As `run.json` has them.
pub type Params = IndexMap<Name, serde_json::Value>;

/// What a run must have that outputs are taken from because nobody named another.
pub struct Sought<'a> {
    pub name: &'a Name,
    pub params: &'a Params,
    pub node: &'a NodeId,
    /// Whether a run that made them will do.
    pub accept: &'a dyn Fn(&RunLayout) -> bool,
}

impl Runs {
    /// The newest run of this name that made the node's outputs with these parameters: what was made of another day
    /// must not be mixed with this one's. A run that took them over from another made them with none, but for a fork
    /// with other parameters, of which they do not depend.
    ///
    /// Only of runs that this person started here: what one that was copied in holds, nobody here has made, whoever
    /// took it over since. It can still be named.
    pub fn newest_with(&self, own: &OwnRuns, sought: &Sought<'_>) -> Option<Taken> {
        let found = self.may_have(sought.name, sought.params);
        let made = found.iter().filter_map(|run| self.made(own, sought, run));
        // Where the maker's own files are gone, those that another took over from it are still what it made.
        let handed_on = found.iter().filter_map(|run| self.handed_on(own, sought, run));
        let mut good = made.chain(handed_on);
        let mut passed = None;
        let (layout, token, why) = good.by_ref().find(|(layout, token, _)| {
            let changed = changed_file(layout, *token, std::slice::from_ref(sought.node));
            let whole = changed.is_none();
            passed = passed.take().or(changed.map(|file| passed_over(*token, &file)));
            whole
        })?;
        let why = passed.map_or(why.clone(), |passed| format!("{why}, {passed}"));
        Some(Taken { older: good.next().map(|(_, token, _)| token), ..taken(layout, token, &why) })
    }

    /// Those that are worth a look, newest first: in a large store nobody reads what was made of other parameters.
    pub(super) fn may_have(&self, name: &Name, params: &Params) -> Vec<Found> {
        let known = self.with_index(|index| {
            let going = index.refresh(self, Some(name))?.going;
            // As its folders are called.
            let going = going.into_iter().filter_map(|found| {
                let version = found.path.parent()?.file_name()?.parse().ok()?;
                Some(Found { token: found.run.token, name: name.clone(), version })
            });
            let ended = index.may_have(name, params)?.into_iter();
            let ended = ended.map(|Ended { token, name, version, .. }| Found { token, name, version });
            Ok(ended.chain(going).collect::<Vec<_>>())
        });
        let mut found = known.unwrap_or_else(|_| self.scan(Some(name)).0);
        found.sort_unstable_by_key(|run| std::cmp::Reverse(run.token));
        found
    }

    fn made(&self, own: &OwnRuns, sought: &Sought<'_>, found: &Found) -> Option<(RunLayout, Token, String)> {
        let (layout, token) = (found.layout(self), found.token);
        let good = has(&layout, token, sought.node)
            && self.is_maker(own, sought, &layout, token)
            && (sought.accept)(&layout);
        good.then(|| (layout, token, "the newest run with these parameters that has it".to_owned()))
    }

    fn is_maker(&self, own: &OwnRuns, sought: &Sought<'_>, layout: &RunLayout, token: Token) -> bool {
        layout.manifest(sought.node).exists()
            && took(layout, token, sought.node) == Some(false)
            && matches!(self.maker(own, layout, token, sought.node), Maker::Own { run, .. } if run.run.token == token)
            && self.made_so(own, layout, token, (sought.node, sought.params), DEEPEST)
    }

    /// Where no run has it: the newest that made it so, and the file of it that is gone or was changed since.
    pub fn newest_spoilt(&self, own: &OwnRuns, sought: &Sought<'_>) -> Option<(Token, String)> {
        self.may_have(sought.name, sought.params).into_iter().find_map(|found| {
            let (layout, token) = (found.layout(self), found.token);
            let made = self.is_maker(own, sought, &layout, token);
            let file = made.then(|| changed_file(&layout, token, std::slice::from_ref(sought.node)))??;
            Some((token, file))
        })
    }

    /// What a run made itself it made with these parameters; so was all that it made it of. A parameter that the run has only
    /// of what it took over matters to nothing that has none of that in it.
    fn made_so(
        &self,
        own: &OwnRuns,
        layout: &RunLayout,
        token: Token,
        (node, params): (&NodeId, &Params),
        deep: usize,
    ) -> bool {
        let (Ok(run), Ok((plan, _))) = (read_run(layout), own.plan(layout)) else { return false };
        let taken = plan.taken_before(node);
        if taken.is_empty() {
            return run.made_with(params);
        }
        let so = |taken: &&NodeId| match self.maker(own, layout, token, taken) {
            Maker::Own { unchanged: true, .. } => true,
            Maker::Own { run: maker, .. } if deep > 0 => {
                let of_maker = RunLayout::at(&maker.path);
                self.made_so(own, &of_maker, maker.run.token, (taken, params), deep - 1)
            }
            // Nobody can tell with what it was made: the run that has it says so of itself.
            Maker::Unjudged => true,
            Maker::Own { .. } | Maker::Foreign(_) => false,
        };
        run.params == *params && taken.iter().all(so)
    }

    fn handed_on(
        &self,
        own: &OwnRuns,
        sought: &Sought<'_>,
        found: &Found,
    ) -> Option<(RunLayout, Token, String)> {
        let (layout, token) = (found.layout(self), found.token);
        if took(&layout, token, sought.node) != Some(true) || !has(&layout, token, sought.node) {
            return None;
        }
        let Maker::Own { run: maker, unchanged } = self.maker(own, &layout, token, sought.node) else {
            return None;
        };
        let asked = || read_run(&layout).is_ok_and(|run| run.params == *sought.params);
        let of_maker = RunLayout::at(&maker.path);
        let made_so = || self.made_so(own, &of_maker, maker.run.token, (sought.node, sought.params), DEEPEST);
        let good = maker.run.name == *sought.name
            && (unchanged && asked() || made_so())
            && (sought.accept)(&RunLayout::at(&maker.path));
        let short = maker.run.token.short();
        good.then(|| (layout, token, format!("it has what run {short} made, as with these parameters")))
    }
}

/// Runs that took from one another, of which each is asked with what it made its own.
const DEEPEST: usize = 20;

/// Whether it is from another run; None where it is not there.
fn took(layout: &RunLayout, token: Token, node: &NodeId) -> Option<bool> {
    manifest::read(layout, token, node).ok()?.map(|manifest| manifest.taken_from.is_some())
}

/// Why an older one is taken.
pub(super) fn passed_over(token: Token, file: &str) -> String {
    format!("as {file} of run {} is gone or was changed after it was made", token.short())
}

/// The outputs of the run that was named, if the node succeeded in it and they are there.
pub fn named_with(dir: &Utf8Path, token: Token, node: &NodeId) -> Option<Taken> {
    let layout = RunLayout::at(dir);
    let whole =
        has(&layout, token, node) && changed_file(&layout, token, std::slice::from_ref(node)).is_none();
    whole.then(|| taken(layout, token, "the run that was named"))
}

/// The node did not succeed in this run, nor was it taken over.
pub fn never_had(layout: &RunLayout, node: &NodeId) -> bool {
    !layout.manifest(node).exists()
}

pub(super) fn has(layout: &RunLayout, token: Token, node: &NodeId) -> bool {
    let Ok(Some(manifest)) = manifest::read(layout, token, node) else { return false };
    let (root, fetchable) = (layout.artifacts(node), Fetchable::of(layout));
    manifest.files.iter().all(|file| is_there(root.as_std_path(), file) || fetchable.has(node, file))
}

/// The first file of what these made that is not as it was when the run told of it: nobody can take that over.
pub fn changed_file(layout: &RunLayout, token: Token, nodes: &[NodeId]) -> Option<String> {
    // Where they cannot be read, all is looked through.
    let events = read_events(layout, token).unwrap_or_default();
    nodes.iter().find_map(|node| {
        let manifest = manifest::read(layout, token, node).ok()??;
        let states = file_states(layout, &manifest, &events);
        let gone = |state| matches!(state, FileState::Changed | FileState::Missing);
        let found = manifest.files.iter().zip(states).find(|(_, state)| gone(*state))?;
        Some(format!("{}/{}", node.dir(), found.0.path))
    })
}

/// As far as a look tells.
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
