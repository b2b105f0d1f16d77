use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use camino::{Utf8Path, Utf8PathBuf};
use indexmap::IndexMap;

use super::changes::lines;
use super::mentioned::Mentioned;
use super::snapshots::looked_into;
use crate::cli::Place;
use crate::domain::compare::{CodeChanges, Comparison, StepDifference};
use crate::domain::{Digest, FileDiff, Launch, Mentions, Name, Node, NodeId, Token};
use crate::operators;
use crate::snapshot::{Frozen, Globs, Snapshots};
use crate::store::{MakerRun, Makers, Recorded};

/// Specs, and what they stand on: how they differ is told by what the steps were planned as.
const SPECS: [&str; 3] = ["workflows", "blueprints", "operators"];
const SETTINGS: &str = "greenroom.yaml";

/// The code of two runs, and of those that they took something over from.
pub struct BothCodes {
    pairs: Vec<Pair>,
    /// Where trees are unpacked that nobody keeps; they go with it.
    _scratch: Option<tempfile::TempDir>,
    pub changes: CodeChanges,
}

/// Two runs, each of which made what some steps left, or which are compared.
struct Pair {
    runs: [Rc<MakerRun>; 2],
    steps: Vec<NodeId>,
    old: Rc<Code>,
    new: Rc<Code>,
    /// In order of path.
    changed: Vec<PathBuf>,
}

/// The frozen tree of a run.
struct Code {
    frozen: Frozen,
    snapshots: Snapshots,
}

/// Opens the trees of runs, each once.
struct Trees {
    kept: Option<Snapshots>,
    unpacked: Option<Utf8PathBuf>,
    known: HashMap<Digest, Rc<Code>>,
    doubts: Vec<String>,
}

impl BothCodes {
    /// What cannot be had is told of among the doubts. `place`: the project whose snapshots may have them.
    pub fn read(place: Option<&Place>, old: &Recorded, new: &Recorded) -> Self {
        let mut codes = Self { pairs: Vec::new(), _scratch: None, changes: CodeChanges::default() };
        let makers = [old, new].map(Makers::of);
        let [was, is] = makers.each_ref().map(Makers::own);
        let (Some(_), Some(plan)) = (&was.plan, &is.plan) else { return codes };
        let own = [was.token, is.token];
        let mut made = IndexMap::from([(own, ([Rc::clone(was), Rc::clone(is)], Vec::new()))]);
        for node in &plan.nodes {
            let [first, second] = makers.each_ref().map(|makers| makers.of_step(&node.id).run);
            let (Some(first), Some(second)) = (first, second) else { continue };
            let tokens = [first.token, second.token];
            if first.token != second.token {
                made.entry(tokens).or_insert_with(|| ([first, second], Vec::new())).1.push(node.id.clone());
            }
        }
        let scratch = tempfile::tempdir().ok();
        let mut trees = Trees {
            kept: place.and_then(|place| place.snapshots().ok()).map(Snapshots::at),
            unpacked: scratch
                .as_ref()
                .and_then(|dir| Utf8Path::from_path(dir.path()))
                .map(Utf8Path::to_owned),
            known: HashMap::new(),
            doubts: Vec::new(),
        };
        let read = made.into_values().filter_map(|(runs, steps)| Pair::read(runs, steps, &mut trees));
        codes.pairs = read.collect();
        (codes._scratch, codes.changes.doubts) = (scratch, trees.doubts);
        for pair in &codes.pairs {
            pair.tell(&mut codes.changes);
        }
        let changed = codes.pairs.iter().filter(|pair| pair.tokens() == own).flat_map(|pair| &pair.changed);
        let changed = changed.map(|path| path.to_string_lossy().into_owned());
        let paths: BTreeSet<String> = changed.chain(codes.changes.read.values().flatten().cloned()).collect();
        codes.changes.files = paths.into_iter().map(|path| FileDiff { path, lines: Vec::new() }).collect();
        codes
    }

    /// Line by line, the files that the steps read which differ, as who made what these left saw them.
    pub fn fill(&self, comparison: &mut Comparison) {
        let own = [comparison.old.token, comparison.new.token];
        let Comparison { code, steps, .. } = comparison;
        for file in code {
            let reads = |step: &&StepDifference| step.differs() && step.files.contains(&file.path);
            let pair = match steps.iter().find(reads) {
                Some(step) => self.pairs.iter().find(|pair| pair.steps.contains(&step.node)),
                None => self.pairs.iter().find(|pair| pair.tokens() == own && pair.is_spec(&file.path)),
            };
            let Some(pair) = pair else { continue };
            let content = |code: &Code| code.snapshots.read(&code.frozen, Path::new(&file.path));
            if let (Ok(was), Ok(is)) = (content(&pair.old), content(&pair.new)) {
                file.lines = lines(&was.unwrap_or_default(), &is.unwrap_or_default());
            }
        }
    }
}

impl Pair {
    /// None: it is the same code and the same parameters, or the code cannot be had.
    fn read(runs: [Rc<MakerRun>; 2], steps: Vec<NodeId>, trees: &mut Trees) -> Option<Self> {
        let [was, is] = runs.each_ref().map(|run| run.plan.as_ref());
        let (was, is) = (was?, is?);
        if was.tree == is.tree && was.params == is.params {
            return None;
        }
        let [old, new] = runs.each_ref().map(|run| trees.of(run));
        let (old, new) = (old?, new?);
        let changed = new.frozen.changed_since(&old.frozen);
        let changed = changed.iter().map(|change| change.path().to_owned()).collect();
        Some(Self { runs, steps, old, new, changed })
    }

    fn tokens(&self) -> [Token; 2] {
        self.runs.each_ref().map(|run| run.token)
    }

    fn is_spec(&self, path: &str) -> bool {
        self.runs.iter().any(|run| run.plan.as_ref().is_some_and(|plan| plan.file.as_str() == path))
    }

    /// What of it each of its steps reads, and may ask for.
    fn tell(&self, changes: &mut CodeChanges) {
        let [Some(was), Some(is)] = self.runs.each_ref().map(|run| run.plan.as_ref()) else { return };
        let differing = is.params.iter().filter(|(name, value)| was.params.get(*name) != Some(value));
        let differing: Vec<Name> = differing.map(|(name, _)| name.clone()).collect();
        let mentioned = Mentioned::new(&self.new.frozen, self.new.snapshots.clone());
        for node in self.steps.iter().filter_map(|id| is.node(id)) {
            let reads = Reads::of(node);
            let read = self.changed.iter().filter(|path| reads.has(path));
            let read: Vec<String> = read.map(|path| path.to_string_lossy().into_owned()).collect();
            if !read.is_empty() {
                changes.read.insert(node.id.clone(), read);
            }
            let asked = asked(node, &differing, &mentioned);
            if !asked.is_empty() {
                changes.asked.insert(node.id.clone(), asked);
            }
        }
    }
}

impl Trees {
    fn of(&mut self, run: &MakerRun) -> Option<Rc<Code>> {
        let tree = &run.plan.as_ref()?.tree;
        if let Some(known) = self.known.get(tree) {
            return Some(Rc::clone(known));
        }
        match looked_into(self.kept.clone(), self.unpacked.as_deref(), tree, &run.layout.code()) {
            Ok((frozen, snapshots)) => {
                let code = Rc::new(Code { frozen, snapshots });
                self.known.insert(tree.clone(), Rc::clone(&code));
                Some(code)
            }
            Err(error) => {
                let told = format!("run {}: its code is not known: {error}", run.token.short());
                if !self.doubts.contains(&told) {
                    self.doubts.push(told);
                }
                None
            }
        }
    }
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
    use crate::domain::{Manifest, Plan, Run, RunLayout, Status, scene};
    use crate::store;

    /// A run of one step on this script, which took over what another made of it, or did not.
    fn run(root: &Utf8Path, script: &str, taken_from: Option<&Recorded>) -> Recorded {
        let (project, snapshots) = (root.join("project"), Snapshots::at(root.join("snapshots")));
        fs_err::create_dir_all(&project).unwrap();
        fs_err::write(project.join("report.py"), script).unwrap();
        let frozen = snapshots.freeze(&project, &["report.py".into()]).unwrap().frozen;
        let (token, id) = (Token::generate(), scene::id("report"));
        let mut plan = Plan { token, tree: frozen.tree.clone(), ..scene::plan() };
        plan.nodes.retain(|node| node.id == id);
        let layout = RunLayout::of(root, &plan);
        fs_err::create_dir_all(layout.record().join("steps")).unwrap();
        snapshots.pack(&frozen, &layout.code()).unwrap();
        store::write_plan(&layout, &plan).unwrap();
        let run = Run { token, tree: frozen.tree, ..scene::run(Status::Succeeded) };
        store::write_run(&layout, &run).unwrap();
        let manifest = Manifest {
            greenroom: 1,
            token,
            node: id.clone(),
            attempt: 1,
            started_at: scene::at(0.0),
            finished_at: scene::at(1.0),
            exit_code: 0,
            peak_memory_bytes: None,
            image: "sha256:1".to_owned(),
            outputs: IndexMap::new(),
            files: Vec::new(),
            empty: Vec::new(),
            reads: Vec::new(),
            writes: Default::default(),
            taken_from: taken_from.map(|maker| maker.run.token),
            log_complete: true,
        };
        fs_err::write(layout.manifest(&id), serde_json::to_vec(&manifest).unwrap()).unwrap();
        Recorded { run, path: layout.dir().to_owned(), supervisor_pid: None }
    }

    #[test]
    fn of_what_was_taken_over_the_code_is_that_of_who_made_it() {
        let dir = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(dir.path()).unwrap();
        let first = run(root, "print(1)\n", None);
        let maker = run(root, "print(2)\n", None);
        // Mended since, and not run again.
        let (mended, other) = (run(root, "print(1)\n", Some(&maker)), run(root, "print(3)\n", Some(&maker)));
        let id = scene::id("report");
        let read = |old: &Recorded, new: &Recorded| BothCodes::read(None, old, new).changes;
        let changes = read(&first, &mended);
        assert_eq!(changes.read.get(&id), Some(&vec!["report.py".to_owned()]), "{changes:?}");
        assert_eq!(changes.files[0].path, "report.py");
        // One run made both, whatever the two would have made.
        let changes = read(&mended, &other);
        assert!(changes.read.is_empty() && changes.files.len() == 1, "{changes:?}");
        // And so it is shown.
        let codes = BothCodes::read(None, &first, &other);
        let never = std::sync::atomic::AtomicBool::new(false);
        let mut found = store::compare_runs(&first, &other, &[], codes.changes.clone(), &never);
        codes.fill(&mut found);
        let shown = |text: &str| found.code[0].lines.iter().any(|line| format!("{line:?}").contains(text));
        assert!(shown("print(1)") && shown("print(2)") && !shown("print(3)"), "{:?}", found.code);
    }

    #[test]
    fn a_parameter_is_bound_by_its_whole_name() {
        assert!(binds("SELECT @day", "day") && binds("x = @day, @days", "day"));
        assert!(!binds("SELECT @days", "day") && !binds("day", "day"));
    }
}
