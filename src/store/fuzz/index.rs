//! Whatever happens to run directories, the index says what they do.

use camino::{Utf8Path, Utf8PathBuf};
use indexmap::IndexMap;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::json;

use super::super::testing::{
    a_run, finished, journal, name, node, output, plan_of, started, temp, until_the_disk_ticks,
};
use super::super::{Outputs, Recorded, Runs, add_note, figures, read_notes, recorded, write_plan, write_run};
use crate::domain::{
    Criterion, Digest, Manifest, Note, OutputType, Produced, Run, RunLayout, RunQuery, Status, Token, Version,
};
use crate::engine::Journal;
use crate::store::Older;

#[derive(Clone, Debug)]
enum Deed {
    /// Of a name, of a version, with a parameter and figure; None: it goes on.
    Run(usize, u32, i64, Option<i64>, Option<Status>),
    Resume(f64),
    End(f64, Status),
    Note(f64, bool),
    Tear(f64),
    Mend(f64),
    Remove(f64),
    /// Away, and back under another version.
    Move(f64, u32),
    Reindex,
    /// Somebody looks.
    Look(Query, usize),
}

#[derive(Clone, Debug)]
struct Query {
    name: Option<usize>,
    status: Option<Status>,
    /// `depth`, `auc` by either name, or what nobody has.
    criterion: Option<(&'static str, &'static str, i64)>,
    pinned: bool,
}

fn status() -> impl Strategy<Value = Status> {
    prop::sample::select(vec![Status::Succeeded, Status::Failed, Status::Cancelled])
}

fn query() -> impl Strategy<Value = Query> {
    let criterion = (
        prop::sample::select(vec!["depth", "auc", "evaluate.metrics.auc", "none"]),
        prop::sample::select(vec!["<", "<=", "=", "!=", ">=", ">"]),
        0i64..4,
    );
    (
        prop::option::of(0usize..2),
        prop::option::of(status()),
        prop::option::of(criterion),
        prop::bool::weighted(0.2),
    )
        .prop_map(|(name, status, criterion, pinned)| Query { name, status, criterion, pinned })
}

fn deed() -> impl Strategy<Value = Deed> {
    let at = || 0.0..1.0f64;
    prop_oneof![
        5 => (0usize..2, 0u32..2, 0i64..4, prop::option::of(0i64..4), prop::option::of(status()))
            .prop_map(|(name, version, depth, auc, status)| Deed::Run(name, version, depth, auc, status)),
        1 => at().prop_map(Deed::Resume),
        1 => (at(), status()).prop_map(|(at, status)| Deed::End(at, status)),
        1 => (at(), any::<bool>()).prop_map(|(at, pinned)| Deed::Note(at, pinned)),
        1 => at().prop_map(Deed::Tear),
        1 => at().prop_map(Deed::Mend),
        1 => at().prop_map(Deed::Remove),
        1 => (at(), 0u32..2).prop_map(|(at, version)| Deed::Move(at, version)),
        1 => Just(Deed::Reindex),
        4 => (query(), 0usize..6).prop_map(|(query, most)| Deed::Look(query, most)),
    ]
}

fn major(major: u32) -> Version {
    Version { major, minor: 0, patch: 0 }
}

const NAMES: [&str; 2] = ["daily", "model"];

struct Store {
    root: Utf8PathBuf,
    runs: Runs,
}

impl Store {
    fn layout(&self, called: usize, version: u32, token: Token) -> RunLayout {
        let version = major(version);
        RunLayout::new(&self.root, &name("flights"), &name("dev"), &name(NAMES[called]), version, token)
    }

    /// All directories of runs, the oldest first.
    fn dirs(&self) -> Vec<Utf8PathBuf> {
        let base = self.root.join("flights/dev");
        let mut found = Vec::new();
        for called in NAMES {
            for version in base.join(called).read_dir_utf8().into_iter().flatten().flatten() {
                found.extend(version.path().read_dir_utf8().unwrap().map(|run| run.unwrap().into_path()));
            }
        }
        found.sort_by_key(|dir| dir.file_name().map(str::to_owned));
        found
    }

    fn one(&self, share: f64) -> Option<RunLayout> {
        let dirs = self.dirs();
        dirs.get((share * dirs.len() as f64) as usize).map(|dir| RunLayout::at(dir))
    }

    fn begin(&self, called: usize, version: u32, depth: i64, auc: Option<i64>) -> (RunLayout, Run) {
        let token = Token::generate();
        let layout = self.layout(called, version, token);
        fs_err::create_dir_all(layout.record().join("steps")).unwrap();
        let run = Run {
            name: name(NAMES[called]),
            version: major(version),
            params: IndexMap::from([(name("depth"), depth.into())]),
            ..a_run(token)
        };
        write_run(&layout, &run).unwrap();
        let judged = node("evaluate", &[("metrics", output("m.json", OutputType::Metrics))]);
        let mut plan = plan_of(token);
        plan.nodes.push(judged.clone());
        write_plan(&layout, &plan).unwrap();
        journal(&layout, token).append(started(false)).unwrap();
        if let Some(auc) = auc {
            let file = layout.artifacts(&judged.id).join("m.json");
            fs_err::create_dir_all(file.parent().unwrap()).unwrap();
            let text = json!({"auc": auc}).to_string();
            fs_err::write(file, &text).unwrap();
            let produced = Produced {
                path: "evaluate/m.json".to_owned(),
                bytes: text.len() as u64,
                sha256: Digest::of(text.as_bytes()),
                rows: None,
            };
            let manifest =
                Manifest { outputs: IndexMap::from([(name("metrics"), produced)]), ..bare(token, &judged) };
            fs_err::write(layout.manifest(&judged.id), serde_json::to_vec(&manifest).unwrap()).unwrap();
        }
        (layout, run)
    }

    fn do_it(&self, deed: &Deed) -> Result<(), TestCaseError> {
        let last = |layout: &RunLayout, kind| {
            let token = layout.dir().file_name().unwrap().parse().unwrap();
            // Of one whose events were torn nothing more is recorded.
            crate::store::EventLog::open(
                &layout.events(),
                token,
                std::sync::Arc::new(super::super::testing::Noon),
            )
            .and_then(|log| log.append(kind))
            .ok();
        };
        match deed {
            Deed::Run(called, version, depth, auc, status) => {
                let (layout, _) = self.begin(*called, *version, *depth, *auc);
                status.iter().for_each(|status| last(&layout, finished(*status)));
            }
            Deed::Resume(at) => {
                // One that succeeded never goes on.
                let resumed = self.one(*at).filter(|layout| {
                    recorded(layout).is_ok_and(|found| found.run.status != Status::Succeeded)
                });
                resumed.iter().for_each(|layout| last(layout, started(true)));
            }
            Deed::End(at, status) => {
                let going = self
                    .one(*at)
                    .filter(|layout| recorded(layout).is_ok_and(|found| found.run.finished_at.is_none()));
                going.iter().for_each(|layout| last(layout, finished(*status)));
            }
            Deed::Note(at, pinned) => {
                if let Some(layout) = self.one(*at) {
                    let note = Note {
                        ts: jiff::Timestamp::now(),
                        user: String::new(),
                        text: None,
                        pinned: Some(*pinned),
                    };
                    add_note(&layout, &note).unwrap();
                }
            }
            // What has succeeded is believed for ever, so only of others.
            Deed::Tear(at) => {
                let torn = self
                    .one(*at)
                    .filter(|layout| recorded(layout).is_ok_and(|found| found.run.finished_at.is_none()));
                torn.iter().for_each(|layout| {
                    let text = fs_err::read_to_string(layout.run_json()).unwrap();
                    fs_err::write(layout.record().join("whole"), &text).unwrap();
                    fs_err::write(layout.run_json(), &text[..text.len() / 2]).unwrap();
                });
            }
            Deed::Mend(at) => {
                self.one(*at).iter().for_each(|layout| {
                    fs_err::rename(layout.record().join("whole"), layout.run_json()).ok();
                });
            }
            Deed::Remove(at) => {
                self.one(*at).iter().for_each(|layout| fs_err::remove_dir_all(layout.dir()).unwrap());
            }
            Deed::Move(at, version) => {
                if let Some(layout) = self.one(*at) {
                    let dir = layout.dir();
                    let of_name = dir.parent().and_then(Utf8Path::parent).unwrap();
                    let into = of_name.join(format!("{version}.0.0"));
                    fs_err::create_dir_all(&into).unwrap();
                    fs_err::rename(dir, into.join(dir.file_name().unwrap())).unwrap();
                }
            }
            Deed::Reindex => self.runs.forget(),
            Deed::Look(query, most) => self.look(query, *most)?,
        }
        Ok(())
    }

    fn look(&self, query: &Query, most: usize) -> Result<(), TestCaseError> {
        let query = RunQuery {
            name: query.name.map(|called| name(NAMES[called])),
            statuses: query.status.into_iter().collect(),
            criteria: query
                .criterion
                .iter()
                .map(|(name, op, value)| format!("{name}{op}{value}").parse::<Criterion>().unwrap())
                .collect(),
            pinned: query.pinned,
            ..RunQuery::default()
        };
        // By the directories alone.
        let mut all: Vec<Recorded> = Vec::new();
        let mut broken = Vec::new();
        for dir in self.dirs().iter().rev() {
            let layout = RunLayout::at(dir);
            let of_name = query.name.as_ref().is_none_or(|name| dir.as_str().contains(&format!("/{name}/")));
            match recorded(&layout) {
                Ok(found) => {
                    let token = found.run.token;
                    let figures = figures(&layout, token, Outputs::Own).unwrap_or_default();
                    let notes = read_notes(&layout).unwrap();
                    if of_name && query.matches(&found.run, &figures) && query.matches_notes(&notes) {
                        all.push(found);
                    }
                }
                Err(_) if of_name => broken.push(dir.clone()),
                Err(_) => {}
            }
        }
        let expected: Vec<_> = all.iter().take(most).cloned().map(seen).collect();
        for _ in 0..2 {
            let listing = self.runs.find_all(&query, most);
            let shown: Vec<_> = listing.runs.into_iter().map(seen).collect();
            prop_assert_eq!(&shown, &expected);
            let older = all.len() - expected.len();
            let told = match listing.older {
                Older::Count(count) => count == older,
                Older::Some => query.is_narrow() && older > 0,
            };
            prop_assert!(told, "{:?} of {}", listing.older, older);
            let mut told: Vec<_> = listing.broken.into_iter().map(|broken| broken.path).collect();
            told.sort();
            broken.sort();
            prop_assert_eq!(&told, &broken);
            until_the_disk_ticks(&self.root);
        }
        Ok(())
    }
}

/// What is listed of a run; a moved one says its old version, and its directory tells the new one.
fn seen(found: Recorded) -> (Token, Status, Version, Option<jiff::Timestamp>) {
    (found.run.token, found.run.status, found.run.version, found.run.finished_at)
}

fn bare(token: Token, node: &crate::domain::Node) -> Manifest {
    let at = jiff::Timestamp::UNIX_EPOCH;
    Manifest {
        greenroom: 1,
        token,
        node: node.id.clone(),
        attempt: 1,
        started_at: at,
        finished_at: at,
        exit_code: 0,
        peak_memory_bytes: None,
        image: String::new(),
        outputs: IndexMap::new(),
        files: Vec::new(),
        empty: Vec::new(),
        reads: Vec::new(),
        writes: Default::default(),
        taken_from: None,
        log_complete: true,
    }
}

#[test]
fn the_index_says_what_the_directories_do() {
    let deeds = prop::collection::vec(deed(), 1..30);
    TestRunner::new(Config { cases: 48, ..Config::default() })
        .run(&deeds, |deeds| {
            let (_dir, root) = temp();
            let runs = Runs::new(&root, &name("flights"), &name("dev")).settled_at_once();
            let store = Store { root, runs };
            deeds.iter().try_for_each(|deed| store.do_it(deed))?;
            let all = Query { name: None, status: None, criterion: None, pinned: false };
            store.look(&all, usize::MAX)?;
            store.runs.forget();
            store.look(&all, usize::MAX)
        })
        .unwrap();
}
