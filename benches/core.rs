//! What Greenroom itself costs, without an engine. `cargo bench`
#![allow(clippy::unwrap_used)]

mod ledger;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use divan::Bencher;
use greenroom::app::{Answer, Effect, MetricsLook, Model, Msg, Screen, Size, action, update};
use greenroom::domain::track::{Card, Check};
use greenroom::domain::{
    Digest, Measured, Mentions, Name, NodeId, Plan, RunLayout, Status, Taken, Token, Version,
};
use greenroom::plan::{Earlier, NoSource, Request, Selection, Source, build};
use greenroom::snapshot::Snapshots;
use greenroom::spec::{self, Minijinja, Specs};
use greenroom::tui::{Colours, Highlight, Keymap, Look, Tell, Theme, Told, built_in, view};
use indexmap::IndexMap;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use tempfile::TempDir;

/// As the program does, for its figures are told.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    divan::main();
}

/// A project whose workflows have so many steps, each of five keys; from the tenth on each reads another's output.
struct Project {
    _dir: TempDir,
    root: Utf8PathBuf,
}

impl Project {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let root = Utf8PathBuf::from_path_buf(dir.path().to_owned()).unwrap();
        let project = Self { _dir: dir, root };
        project.file(
            "greenroom.yaml",
            "greenroom: 1\nkind: project\nname: bench\nimages: {default: {base: debian}}\n\
             environments: {dev: {root: .greenroom/store}}\npeople: {ana: {email: ana@example.com, role: analyst}}\n",
        );
        project
    }

    fn file(&self, path: &str, text: &str) {
        let path = self.root.join(path);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, text).unwrap();
    }

    fn workflow(&self, name: &str, steps: usize) {
        let mut text = format!(
            "greenroom: 1\nkind: workflow\nname: {name}\nversion: 1.0.0\nowners: [ana]\n\
             params:\n  day: {{type: date, default: \"2013-01-01\"}}\nsteps:\n"
        );
        for n in 0..steps {
            writeln!(text, "  s{n}:").unwrap();
            if let Some(read) = n.checked_sub(10) {
                writeln!(text, "    needs: [s{read}]").unwrap();
                writeln!(text, "    inputs: {{data: \"${{{{ steps.s{read}.outputs.out }}}}\"}}").unwrap();
            }
            writeln!(text, "    run: |\n      echo step {n} $GREENROOM_PARAM_DAY > $GREENROOM_OUTPUT_OUT")
                .unwrap();
            writeln!(text, "    outputs: {{out: {{path: out.txt}}}}\n    timeout: 10m").unwrap();
        }
        self.file(&format!("workflows/{name}.yaml"), &text);
    }

    fn specs(&self) -> Specs {
        let specs = spec::load(&self.root, IndexMap::new());
        assert!(specs.diagnostics.is_empty(), "{:?}", specs.diagnostics);
        specs
    }
}

struct NoRuns;

impl Earlier for NoRuns {
    fn with(&self, _: &NodeId) -> Option<Taken> {
        None
    }
    fn named(&self) -> Option<String> {
        None
    }
}

impl Source for NoRuns {
    fn with(&self, _: &[NodeId]) -> Result<Taken, NoSource> {
        Err(NoSource { why: "nothing has run".to_owned(), help: None })
    }
}

fn plan(project: &Project) -> Plan {
    let specs = project.specs();
    let workflow = specs.workflows.values().next().unwrap();
    let env = Name::new("dev").unwrap();
    let token = Token::generate();
    build(&Request {
        project: specs.project.as_ref().unwrap(),
        workflow,
        operators: &specs.operators,
        env: env.clone(),
        token,
        params: spec::parameters(workflow, &[]).unwrap_or_else(|error| panic!("{error}")),
        tree: Digest::of(b"tree"),
        file_digest: &|_| None,
        files_digest: &|_| Ok(Digest::of(b"files")),
        file_text: &|_| None,
        files_mention: &|_| Mentions::default(),
        images: IndexMap::new(),
        services: IndexMap::new(),
        layout: layout(&project.root, token),
        selection: Selection::All,
        earlier: &NoRuns,
        use_case: None,
        source: &NoRuns,
        templates: &Minijinja,
    })
    .unwrap()
}

fn layout(root: &Utf8Path, token: Token) -> RunLayout {
    let name = |text| Name::new(text).unwrap();
    RunLayout::new(&root.join("store"), &name("bench"), &name("dev"), &name("w"), Version::INITIAL, token)
}

/// Ten times the steps are about ten times the time.
#[divan::bench(args = [100, 1_000, 10_000])]
fn read_check_and_plan_steps(bencher: Bencher, steps: usize) {
    let project = Project::new();
    project.workflow("w", steps);
    bencher.bench(|| plan(&project));
}

#[divan::bench]
fn check_200_workflows(bencher: Bencher) {
    let project = Project::new();
    (0..200).for_each(|n| project.workflow(&format!("w{n}"), 12));
    bencher.bench(|| project.specs());
}

#[divan::bench]
fn freeze_10_000_unchanged_files(bencher: Bencher) {
    let project = Project::new();
    let paths: Vec<PathBuf> = (0..10_000).map(|n| format!("data/{}/{n}.sql", n % 100).into()).collect();
    paths
        .iter()
        .for_each(|path| project.file(path.to_str().unwrap(), &format!("SELECT '{}'", path.display())));
    let snapshots = Snapshots::at(project.root.join(".greenroom/snapshots"));
    let freeze = || snapshots.freeze(&project.root, &paths).unwrap();
    freeze();
    bencher.bench(freeze);
}

/// The Metrics screen of a large terminal, drawn anew with another run selected.
#[divan::bench(args = [1_000, 10_000])]
fn draw_figures_of_runs(bencher: Bencher, runs: usize) {
    let (_, theme) = built_in().into_iter().next().unwrap();
    let look = Look {
        theme: Theme::read(theme, Colours::True).unwrap(),
        keymap: Keymap::default(),
        command: Arc::new(|words| words.join(" ")),
        highlight: Highlight::default(),
        tell: Arc::new(Silent),
    };
    let size = Size { columns: 200, rows: 60 };
    let mut model = Model::new("dev", "dark", size, Timestamp::UNIX_EPOCH, TimeZone::UTC);
    model.metrics.of = Some("model".to_owned());
    model.screen = Screen::Metrics;
    let effects = update(&mut model, Msg::Act(action("metrics").unwrap()));
    let Some(Effect::Ask { slot, generation, .. }) = effects.into_iter().next() else {
        panic!("nothing is asked")
    };
    let answer = Ok(Answer::Metrics(MetricsLook { runs: measured(runs), ..MetricsLook::default() }));
    update(&mut model, Msg::Done { slot, generation, answer });
    let down = action("down").unwrap();
    update(&mut model, Msg::Act(action("next_pane").unwrap()));
    let mut terminal = Terminal::new(TestBackend::new(size.columns, size.rows)).unwrap();
    bencher.bench_local(|| {
        update(&mut model, Msg::Act(down));
        terminal.draw(|frame| drop(view(&model, &look, frame))).unwrap();
    });
}

/// Tells nothing: no package is drawn here.
struct Silent;

impl Tell for Silent {
    fn card(&self, _: &Card, _: usize, _: &dyn Fn(Timestamp) -> String) -> Told {
        Told::new()
    }

    fn data(&self, _: &Card, _: usize) -> Told {
        Told::new()
    }

    fn comments(&self, _: &Card, _: usize, _: &dyn Fn(Timestamp) -> String) -> Vec<Told> {
        Vec::new()
    }

    fn checks(&self, _: &[Check], _: &BTreeMap<String, String>, _: usize) -> Told {
        Told::new()
    }
}

/// Newest first, of ten versions.
fn measured(runs: usize) -> Vec<Measured> {
    let run = |n: usize| Measured {
        token: Token::generate(),
        name: Name::new("model").unwrap(),
        version: Version { major: 1, minor: u32::try_from((runs - n) * 10 / runs).unwrap(), patch: 0 },
        use_case: None,
        only: None,
        status: Status::Succeeded,
        started_at: Timestamp::UNIX_EPOCH,
        branch: None,
        params: IndexMap::from([(Name::new("depth").unwrap(), n.into())]),
        metrics: [("auc".to_owned(), (n % 97) as f64), ("loss".to_owned(), (n % 89) as f64)].into(),
        outputs: ["auc", "loss"].map(|name| (name.to_owned(), "evaluate.metrics".to_owned())).into(),
        cells: BTreeMap::new(),
        made: std::collections::BTreeSet::new(),
        foreign: false,
        damaged: false,
    };
    (0..runs).map(run).collect()
}
