use std::path::Path;

use camino::Utf8Path;

use super::changes::lines;
use super::mentioned::Mentioned;
use super::snapshots::looked_into;
use crate::cli::Place;
use crate::domain::compare::{CodeChanges, Comparison};
use crate::domain::{FileDiff, Launch, Mentions, Name, Node, Plan, RunLayout};
use crate::operators;
use crate::snapshot::{Frozen, Globs, SnapshotError, Snapshots};
use crate::store::{self, Recorded};

/// Specs, and what they stand on: how they differ is told by what the steps were planned as.
const SPECS: [&str; 3] = ["workflows", "blueprints", "operators"];
const SETTINGS: &str = "greenroom.yaml";

/// The code of two runs.
pub struct BothCodes {
    old: Option<Code>,
    new: Option<Code>,
    /// Where trees are unpacked that nobody keeps; they go with it.
    _scratch: Option<tempfile::TempDir>,
    pub changes: CodeChanges,
}

/// The frozen tree of a run.
struct Code {
    plan: Plan,
    frozen: Frozen,
    snapshots: Snapshots,
}

impl BothCodes {
    /// What cannot be had is told of among the doubts. `place`: the project whose snapshots may have them.
    pub fn read(place: Option<&Place>, old: &Recorded, new: &Recorded) -> Self {
        let mut codes = Self { old: None, new: None, _scratch: None, changes: CodeChanges::default() };
        let plans = [old, new].map(|recorded| store::read_plan(&RunLayout::at(&recorded.path)).ok());
        let [Some(was), Some(is)] = plans else { return codes };
        let scratch = tempfile::tempdir();
        let unpacked = scratch.as_ref().ok().and_then(|dir| Utf8Path::from_path(dir.path()));
        let kept = place.and_then(|place| place.snapshots().ok()).map(Snapshots::at);
        let mut read = |recorded: &Recorded, plan: Plan| {
            let code = RunLayout::at(&recorded.path).code();
            let found = looked_into(kept.clone(), unpacked, &plan.tree, &code);
            match found {
                Ok((frozen, snapshots)) => Some(Code { plan, frozen, snapshots }),
                Err(error) => {
                    codes.changes.doubts.push(told(recorded, &error));
                    None
                }
            }
        };
        if was.tree != is.tree || was.params != is.params {
            (codes.old, codes.new) = (read(old, was), read(new, is));
        }
        codes._scratch = scratch.ok();
        codes.compare();
        codes
    }

    fn compare(&mut self) {
        let (Some(old), Some(new)) = (&self.old, &self.new) else { return };
        let changed = new.frozen.changed_since(&old.frozen);
        let differing: Vec<Name> = new
            .plan
            .params
            .iter()
            .filter(|(name, value)| old.plan.params.get(*name) != Some(value))
            .map(|(name, _)| name.clone())
            .collect();
        let mentioned = Mentioned::new(&new.frozen, new.snapshots.clone());
        for node in &new.plan.nodes {
            let reads = Reads::of(node);
            let read = changed.iter().map(|change| change.path()).filter(|path| reads.has(path));
            let read: Vec<String> = read.map(|path| path.to_string_lossy().into_owned()).collect();
            if !read.is_empty() {
                self.changes.read.insert(node.id.clone(), read);
            }
            let asked = asked(node, &differing, &mentioned);
            if !asked.is_empty() {
                self.changes.asked.insert(node.id.clone(), asked);
            }
        }
        let named = changed.iter().map(|change| change.path().to_string_lossy().into_owned());
        self.changes.files = named.map(|path| FileDiff { path, lines: Vec::new() }).collect();
    }

    /// Line by line, the files that the steps read which differ.
    pub fn fill(&self, comparison: &mut Comparison) {
        let (Some(old), Some(new)) = (&self.old, &self.new) else { return };
        let differing = comparison.steps.iter().filter(|step| step.differs());
        let read: Vec<&String> = differing.flat_map(|step| &step.files).collect();
        let spec = [&old.plan.file, &new.plan.file];
        let told =
            |file: &&mut FileDiff| read.contains(&&file.path) || spec.iter().any(|spec| **spec == file.path);
        for file in comparison.code.iter_mut().filter(told) {
            let content = |code: &Code| code.snapshots.read(&code.frozen, Path::new(&file.path));
            if let (Ok(was), Ok(is)) = (content(old), content(new)) {
                file.lines = lines(&was.unwrap_or_default(), &is.unwrap_or_default());
            }
        }
    }
}

fn told(recorded: &Recorded, error: &SnapshotError) -> String {
    format!("run {}: its code is not known: {error}", recorded.run.token.short())
}

/// Which files of the project a step reads.
enum Reads {
    Named(Vec<String>),
    Globs(Globs),
    All,
}

impl Reads {
    fn of(node: &Node) -> Self {
        if let Some(patterns) = &node.files {
            let mut globs = Globs::default();
            // A pattern that is none names no file.
            patterns.iter().for_each(|pattern| drop(globs.add(pattern)));
            return Self::Globs(globs);
        }
        match is_builtin(node) {
            true => {
                let given = node.with.values().filter_map(|value| value.as_str()).map(str::to_owned);
                Self::Named(node.sql.iter().map(|sql| sql.file.to_string()).chain(given).collect())
            }
            false => Self::All,
        }
    }

    fn has(&self, path: &Path) -> bool {
        let spec = path.iter().next().is_some_and(|first| SPECS.iter().any(|folder| first == *folder));
        match self {
            Self::Named(names) => names.iter().any(|name| Path::new(name) == path),
            Self::Globs(globs) => globs.has(path),
            Self::All => !(spec || path == Path::new(SETTINGS)),
        }
    }
}

fn is_builtin(node: &Node) -> bool {
    node.operator.as_ref().is_some_and(|operator| operators::builtin().contains_key(operator))
}

/// Of the parameters that differ, those that a step may ask for.
fn asked(node: &Node, differing: &[Name], mentioned: &Mentioned) -> Vec<String> {
    let (text, files) = match &node.launch {
        Launch::Script(script) => (script.clone(), node.files.as_deref()),
        Launch::Argv(words) => (words.join(" "), node.files.as_deref()),
    };
    let mut found = Mentions::of_script(&text);
    let mut queries: Vec<String> =
        node.with.values().filter_map(|value| value.as_str()).map(str::to_owned).collect();
    if is_builtin(node) {
        queries.extend(node.sql.iter().filter_map(|sql| mentioned.text(&sql.file)));
        found = Mentions::default();
    } else {
        found.add(mentioned.by(files));
    }
    let asks = |name: &&Name| {
        found.any_of(std::slice::from_ref(*name)) || queries.iter().any(|query| binds(query, name.as_str()))
    };
    differing.iter().filter(asks).map(Name::to_string).collect()
}

/// `@name` stands in a query.
fn binds(query: &str, name: &str) -> bool {
    let ends = |rest: &str| !rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
    query.match_indices('@').any(|(at, _)| query[at + 1..].strip_prefix(name).is_some_and(ends))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_is_bound_by_its_whole_name() {
        assert!(binds("SELECT @day", "day") && binds("x = @day, @days", "day"));
        assert!(!binds("SELECT @days", "day") && !binds("day", "day"));
    }
}
