use std::collections::HashMap;
use std::str::FromStr;
use std::sync::atomic::AtomicBool;

use camino::Utf8Path;
use indexmap::IndexMap;

use super::super::{columns_of, compare_runs};
use crate::domain::compare::{CodeChanges, ColumnFacts, Comparison};
use crate::domain::{
    EventKind, InputBinding, InputSource, Node, NodeId, OutputType, Plan, Run, RunLayout, Status, Token,
    Value,
};
use crate::engine::{Journal, RunStore};
use crate::store::testing::{a_run, facts, finished, journal, name, node, output, plan_of, temp};
use crate::store::{Recorded, RunDir, manifest, read_events, read_plan, recorded, write_plan, write_run};

/// Three steps: `extract` gives rows to `preprocess`, that features to `evaluate`, and that figures.
struct Scene {
    features: &'static str,
    auc: f64,
    depth: i64,
    fails: bool,
}

const WELL: Scene = Scene { features: "id,dep_delay\n1,2.5\n2,3.5\n", auc: 0.74, depth: 3, fails: false };

impl Scene {
    fn nodes(&self, token: Token) -> Vec<Node> {
        let given = |step: &str, out: &str| InputBinding {
            value: format!("/store/flights/dev/daily/0.1.0/{token}/{step}/x"),
            source: InputSource::Step { step: name(step), output: name(out) },
        };
        let mut preprocess = node("preprocess", &[("features", output("features.csv", OutputType::File))]);
        preprocess.inputs = IndexMap::from([(name("rows"), given("extract", "rows"))]);
        preprocess.env = IndexMap::from([
            ("DEPTH".to_owned(), self.depth.to_string()),
            ("HERE".to_owned(), format!("/store/flights/dev/daily/0.1.0/{token}")),
        ]);
        let mut evaluate = node("evaluate", &[("metrics", output("metrics.json", OutputType::Metrics))]);
        evaluate.inputs = IndexMap::from([(name("features"), given("preprocess", "features"))]);
        vec![node("extract", &[("rows", output("rows.csv", OutputType::File))]), preprocess, evaluate]
    }

    fn run(&self, root: &Utf8Path) -> Recorded {
        let token = Token::generate();
        let plan = Plan {
            nodes: self.nodes(token),
            params: IndexMap::from([(name("depth"), Value::Int(self.depth))]),
            ..plan_of(token)
        };
        let layout = RunLayout::of(root, &plan);
        let dir = RunDir::new(layout.clone(), token, None);
        dir.create().unwrap();
        let log = journal(&layout, token);
        log.append(EventKind::RunStarted {
            name: name("daily"),
            path: layout.dir().to_string(),
            resumed: false,
        })
        .unwrap();
        for (step, file, text) in [
            ("extract", "rows.csv", "id\n1\n2\n".to_owned()),
            ("preprocess", "features.csv", self.features.to_owned()),
            ("evaluate", "metrics.json", format!("{{\"auc\": {}, \"rows\": 2}}", self.auc)),
        ] {
            let id: NodeId = step.parse().unwrap();
            let failed = self.fails && step == "preprocess";
            let mut outputs = IndexMap::new();
            if !failed {
                let dirs = dir.begin(&id, 1, false).unwrap();
                fs_err::write(dirs.output.join(file), text).unwrap();
                outputs = dir.seal(plan.node(&id).unwrap(), &dirs, &facts(1)).unwrap().outputs;
            }
            let status = if failed { Status::Failed } else { Status::Succeeded };
            let told =
                EventKind::StepFinished { step: id.step, cell: None, status, reason: String::new(), outputs };
            log.append(told).unwrap();
            if failed {
                break;
            }
        }
        let status = if self.fails { Status::Failed } else { Status::Succeeded };
        log.append(finished(status)).unwrap();
        write_plan(&layout, &plan).unwrap();
        write_run(&layout, &Run { status, ..a_run(token) }).unwrap();
        recorded(&layout).unwrap()
    }
}

fn compared(old: &Recorded, new: &Recorded) -> Comparison {
    compare_runs(old, new, &[], CodeChanges::default(), &AtomicBool::new(false))
}

#[test]
fn two_runs_of_the_same_are_equal_whatever_their_tokens() {
    let (_dir, root) = temp();
    let found = compared(&WELL.run(&root), &WELL.run(&root));
    assert!(!found.differs() && found.doubts.is_empty(), "{found:#?}");
    assert!(found.sentence().contains("equal"), "{}", found.sentence());
    // The same rows in another order are the same to whoever reads them.
    let turned = Scene { features: "id,dep_delay\n2,3.5\n1,2.50\n", ..WELL };
    let found = compared(&WELL.run(&root), &turned.run(&root));
    assert!(!found.differs(), "{found:#?}");
}

#[test]
fn the_first_that_made_something_else_of_the_same_is_named() {
    let (_dir, root) = temp();
    let faulty = Scene { features: "id,dep_delay\n1,\n2,3.5\n", auc: 0.69, depth: 6, ..WELL };
    let found = compared(&WELL.run(&root), &faulty.run(&root));
    assert_eq!(
        found.sentence(),
        "auc 0.74 → 0.69: first parted at preprocess, features.csv, dep_delay: nulls 0 % → 50 %"
    );
    assert_eq!(found.why().unwrap(), "What differs for preprocess: DEPTH 3 → 6");
    assert_eq!(found.params[0].told(), "3 → 6");
    let inputs = |step: usize| found.steps[step].inputs.iter().all(|input| input.is_same());
    assert!(inputs(1) && !inputs(2), "{:#?}", found.steps);
    let json = serde_json::to_value(&found).unwrap();
    assert_eq!(json["first"]["column"], "dep_delay");
    assert_eq!(json["steps"][1]["artifacts"][0]["table"]["columns"][1]["new"]["nulls"], 1);
}

/// Its last step was under way when its run was cancelled, or not begun.
#[test]
fn a_step_that_was_not_come_to_is_not_one_that_makes_something_else_each_time() {
    let (_dir, root) = temp();
    let whole = WELL.run(&root);
    for (status, told) in [
        (Some(Status::Cancelled), "The second run was cancelled there"),
        (None, "The second run was cancelled before that"),
    ] {
        let mut cut = WELL.run(&root);
        let layout = RunLayout::at(&cut.path);
        let last: NodeId = "evaluate".parse().unwrap();
        fs_err::remove_file(layout.manifest(&last)).unwrap();
        fs_err::remove_dir_all(layout.artifacts(&last)).unwrap();
        let told_before = read_events(&layout, cut.run.token).unwrap();
        fs_err::remove_file(layout.events()).unwrap();
        let log = journal(&layout, cut.run.token);
        for event in told_before {
            let kind = match event.kind {
                EventKind::StepFinished { step, cell, reason, .. } if step.as_str() == "evaluate" => {
                    let Some(status) = status else { continue };
                    EventKind::StepFinished { step, cell, status, reason, outputs: IndexMap::new() }
                }
                EventKind::RunFinished { .. } => finished(Status::Cancelled),
                kind => kind,
            };
            log.append(kind).unwrap();
        }
        cut.run.status = Status::Cancelled;
        assert_eq!(compared(&whole, &cut).why().as_deref(), Some(told));
    }
}

#[test]
fn what_was_changed_afterwards_is_told_first() {
    let (_dir, root) = temp();
    let (first, second) = (WELL.run(&root), WELL.run(&root));
    let path = RunLayout::at(&second.path).artifacts(&"preprocess".parse().unwrap()).join("features.csv");
    fs_err::remove_file(&path).unwrap();
    fs_err::write(&path, WELL.features.replace("2.5", "2.6")).unwrap();
    let found = compared(&first, &second);
    let told = format!(
        "Damaged: run {}, step preprocess: `features.csv` was changed after it was made.",
        second.run.token.short()
    );
    assert!(found.sentence().starts_with(&told), "{}", found.sentence());
}

/// The same again, but for a step that took over what another run had made.
fn taken(scene: &Scene, step: &str, from: &Recorded, root: &Utf8Path) -> Recorded {
    let run = scene.run(root);
    let path = RunLayout::at(&run.path).manifest(&step.parse().unwrap());
    let mut manifest: serde_json::Value = serde_json::from_slice(&fs_err::read(&path).unwrap()).unwrap();
    manifest["taken_from"] = from.run.token.to_string().into();
    fs_err::write(path, manifest.to_string()).unwrap();
    run
}

#[test]
fn what_was_taken_over_differs_by_who_made_it() {
    let (_dir, root) = temp();
    let other = Scene { features: "id,dep_delay\n1,\n2,3.5\n", depth: 6, ..WELL };
    let (first, second) = (WELL.run(&root), other.run(&root));
    // What they were told themselves had no part in it.
    let took = [taken(&WELL, "preprocess", &first, &root), taken(&WELL, "preprocess", &first, &root)];
    assert!(!compared(&took[0], &took[1]).differs());
    let again = Scene { depth: 3, ..other };
    let through = taken(&again, "preprocess", &second, &root);
    let through = taken(&again, "preprocess", &through, &root);
    for old in [&took[0], &first] {
        let why = compared(old, &through).why();
        assert_eq!(why.as_deref(), Some("What differs for preprocess: DEPTH 3 → 6"));
    }
}

#[test]
fn that_it_was_taken_over_is_why_only_where_nothing_else_is() {
    let (_dir, root) = temp();
    let other = Scene { features: "id,dep_delay\n1,\n2,3.5\n", ..WELL };
    let (first, maker) = (WELL.run(&root), other.run(&root));
    let took = taken(&other, "preprocess", &maker, &root);
    // They were not run with the same; the step may ask for that, or not.
    let layout = RunLayout::at(&maker.path);
    let mut plan = read_plan(&layout).unwrap();
    plan.params.insert(name("depth"), Value::Int(6));
    write_plan(&layout, &plan).unwrap();
    let why = |read: &[&str], asked: &[&str]| {
        let of_step = |names: &[&str]| {
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            HashMap::from([(NodeId::from_str("preprocess").unwrap(), names)])
        };
        let code = CodeChanges { read: of_step(read), asked: of_step(asked), ..CodeChanges::default() };
        compare_runs(&first, &took, &[], code, &AtomicBool::new(false)).why().unwrap()
    };
    assert_eq!(why(&["prep.sql"], &[]), "What differs for preprocess: prep.sql");
    assert_eq!(why(&[], &["depth"]), "What differs for preprocess: parameter depth 3 → 6");
    let by = format!("made by itself → taken from run {}", maker.run.token.short());
    assert_eq!(why(&[], &[]), format!("What differs for preprocess: {by}"));
}

#[test]
fn a_step_that_one_run_alone_has_parts_from_nothing() {
    let (_dir, root) = temp();
    let (whole, part) = (WELL.run(&root), WELL.run(&root));
    let layout = RunLayout::at(&part.path);
    let mut plan = crate::store::read_plan(&layout).unwrap();
    plan.nodes.retain(|node| node.id.step.as_str() == "evaluate");
    write_plan(&layout, &plan).unwrap();
    for step in ["extract", "preprocess"] {
        fs_err::remove_file(layout.manifest(&step.parse().unwrap())).unwrap();
    }
    let found = compared(&whole, &part);
    // Its events still tell of them.
    let told = found.sentence();
    assert!(
        told.ends_with("What both made is the same; only the first run has extract, preprocess"),
        "{told}"
    );
    assert!(found.differs() && found.why().is_none(), "{found:#?}");
}

#[test]
fn what_cannot_be_read_is_told_and_the_rest_is_compared() {
    let (_dir, root) = temp();
    let (old, new) = (WELL.run(&root), Scene { auc: 0.7, ..WELL }.run(&root));
    let layout = RunLayout::at(&new.path);
    fs_err::write(layout.manifest(&"extract".parse().unwrap()), "{").unwrap();
    let found = compared(&old, &new);
    assert!(found.doubts[0].contains("what step extract made is not known"), "{:?}", found.doubts);
    assert!(found.sentence().contains(". auc 0.74 → 0.70: "), "{}", found.sentence());
    fs_err::write(layout.plan_json(), "no plan").unwrap();
    fs_err::write(layout.events(), "{}\n").unwrap();
    let found = compared(&old, &new);
    assert!(found.doubts.len() >= 3 && found.differs(), "{:?}", found.doubts);

    // What was changed since the run is not taken for what it made.
    let new = Scene { features: "id,dep_delay\n1,\n2,3.5\n", ..WELL }.run(&root);
    let made = new.path.join("preprocess/features.csv");
    fs_err::remove_file(&made).unwrap();
    fs_err::write(&made, "id,dep_delay\n1,9\n2,3.5\n").unwrap();
    let unread = compared(&old, &new).steps[1].artifacts[0].unread.clone().unwrap();
    assert!(unread.contains("features.csv is not what the run made"), "{unread}");
}

#[test]
fn a_damaged_run_is_told_as_that_and_no_difference_is_made_up() {
    let (_dir, root) = temp();
    let (old, new) = (WELL.run(&root), WELL.run(&root));
    let layout = RunLayout::at(&new.path);
    // The end of its events, and those of two steps, are lost.
    let events = fs_err::read_to_string(layout.events()).unwrap();
    let mut run = new.run.clone();
    run.finished_at = Some(run.started_at);
    write_run(&layout, &run).unwrap();
    fs_err::write(
        layout.events(),
        events.lines().take(2).map(|line| format!("{line}\n")).collect::<String>(),
    )
    .unwrap();
    let new = recorded(&layout).unwrap();
    assert_eq!(new.run.status, Status::Succeeded);
    for found in [compared(&old, &new), compared(&new, &old)] {
        let told = found.sentence();
        assert!(told.starts_with("Damaged: run "), "{told}");
        assert!(told.contains("its events.jsonl was cut") && told.contains("equal"), "{told}");
        assert!(!found.differs(), "{found:#?}");
    }
    fs_err::write(layout.plan_json(), "{\"gr").unwrap();
    let found = compared(&old, &new);
    assert!(found.metrics.is_empty() && found.sentence().starts_with("Damaged: "), "{}", found.sentence());
}

#[test]
fn a_manifest_that_is_gone_is_damage() {
    let (_dir, root) = temp();
    let old = WELL.run(&root);
    for other in [WELL, Scene { features: "id,dep_delay\n1,9.5\n2,3.5\n", ..WELL }] {
        let new = other.run(&root);
        let gone = RunLayout::at(&new.path).manifest(&"preprocess".parse().unwrap());
        fs_err::remove_file(gone).unwrap();
        for found in [compared(&old, &new), compared(&new, &old)] {
            let told = found.sentence();
            assert!(told.starts_with("Damaged: ") && told.ends_with("as far as they can be read"), "{told}");
            assert!(told.contains("step preprocess: its manifest is not there any more"), "{told}");
        }
    }
}

#[test]
fn a_parameter_that_no_step_names_may_be_why() {
    let (_dir, root) = temp();
    let old = WELL.run(&root);
    let new = Scene { features: "id,dep_delay\n1,9.5\n2,3.5\n", ..WELL }.run(&root);
    let told = |new: &Recorded| compared(&old, new).why().unwrap();
    assert!(told(&new).contains("does not make the same each time"), "{}", told(&new));
    let layout = RunLayout::at(&new.path);
    let mut plan = crate::store::read_plan(&layout).unwrap();
    plan.params.insert(name("depth"), Value::Int(6));
    write_plan(&layout, &plan).unwrap();
    let why = told(&new);
    assert!(why.contains("names none of the parameters that do (depth)"), "{why}");
}

#[test]
fn an_input_of_another_step_is_why_something_else_was_made() {
    let (_dir, root) = temp();
    let old = WELL.run(&root);
    let new = Scene { features: "id,dep_delay\n1,9.5\n2,3.5\n", ..WELL }.run(&root);
    let layout = RunLayout::at(&new.path);
    let mut plan = crate::store::read_plan(&layout).unwrap();
    // A step was put in between, and another output of the same step taken.
    let given = |step: &str, output: &str| InputSource::Step { step: name(step), output: name(output) };
    for (source, told) in
        [(given("clean", "rows"), "clean.rows, not made"), (given("extract", "raw"), "extract.raw, not made")]
    {
        let step = plan.nodes.iter_mut().find(|node| node.id.to_string() == "preprocess").unwrap();
        step.inputs[0].source = source;
        write_plan(&layout, &plan).unwrap();
        let why = compared(&old, &new).why().unwrap();
        assert!(why.starts_with("What differs for preprocess: input rows extract.rows "), "{why}");
        assert!(why.ends_with(told), "{why}");
    }
}

#[test]
fn without_its_plan_a_run_has_the_order_of_the_other_one() {
    let (_dir, root) = temp();
    let (old, new) =
        (WELL.run(&root), Scene { features: "id,dep_delay\n1,9.5\n2,3.5\n", auc: 0.7, ..WELL }.run(&root));
    fs_err::write(RunLayout::at(&new.path).plan_json(), "no plan").unwrap();
    for found in [compared(&old, &new), compared(&new, &old)] {
        assert_eq!(found.first.as_ref().unwrap().step, "preprocess");
        assert_eq!(found.why(), None, "what it was given is not known");
    }
    fs_err::write(RunLayout::at(&old.path).plan_json(), "no plan").unwrap();
    let found = compared(&old, &new);
    assert!(found.differs() && found.first.is_none(), "{:?}", found.first);
    assert!(found.sentence().ends_with("is not known, as neither plan can be read"), "{}", found.sentence());
}

#[test]
fn a_run_that_failed_parted_where_it_failed() {
    let (_dir, root) = temp();
    let found = compared(&WELL.run(&root), &Scene { fails: true, ..WELL }.run(&root));
    assert_eq!(found.sentence(), "First parted at preprocess: succeeded → failed");
    assert_eq!(
        found.why().unwrap(),
        "The second run failed there: which tables it had read by then is not known"
    );
}

#[test]
fn what_its_training_says_of_a_run_that_was_not_evaluated_is_another_figure() {
    let (_dir, root) = temp();
    let of_model = |evaluated: bool| {
        let run = WELL.run(&root);
        let layout = RunLayout::at(&run.path);
        let (nodes, mut plan) = (["train", "evaluate"], read_plan(&layout).unwrap());
        plan.use_case = Some(name("training"));
        plan.nodes = nodes.map(|step| node(step, &[("m", output("m.json", OutputType::Metrics))])).to_vec();
        fs_err::remove_file(layout.plan_json()).unwrap();
        write_plan(&layout, &plan).unwrap();
        fs_err::remove_file(layout.manifest(&"evaluate".parse().unwrap())).unwrap();
        fs_err::remove_dir_all(layout.artifacts(&"evaluate".parse().unwrap())).unwrap();
        let dir = RunDir::new(layout, run.run.token, None);
        for (node, text) in plan.nodes.iter().zip(["{\"auc\": 0.99, \"trees\": 4}", "{\"auc\": 0.8}"]) {
            if evaluated || node.id.step.as_str() == "train" {
                let dirs = dir.begin(&node.id, 1, false).unwrap();
                fs_err::write(dirs.output.join("m.json"), text).unwrap();
                dir.seal(node, &dirs, &facts(1)).unwrap();
            }
        }
        run
    };
    let (old, new) = (of_model(true), of_model(false));
    let found = compared(&old, &new);
    let told = found.metrics.iter().map(|metric| (metric.name.as_str(), metric.old, metric.new));
    let told: Vec<_> = told.collect();
    let expected =
        [("train.m.auc", Some(0.99), Some(0.99)), ("trees", Some(4.0), Some(4.0)), ("auc", Some(0.8), None)];
    assert_eq!(told, expected);
    assert!(!found.sentence().contains("auc"), "{}", found.sentence());
}

#[test]
fn of_other_code_nobody_says_that_it_is_the_same() {
    let (_dir, root) = temp();
    let (old, new) = (WELL.run(&root), WELL.run(&root));
    let layout = RunLayout::at(&new.path);
    let plan = Plan { tree: crate::domain::Digest::of(b"other"), ..read_plan(&layout).unwrap() };
    fs_err::remove_file(layout.plan_json()).unwrap();
    write_plan(&layout, &plan).unwrap();
    // What of it is other, nobody knows.
    let found = compared(&old, &new);
    assert!(found.differs(), "{found:#?}");
    assert_eq!(found.sentence(), "What they made is the same; what they were given is not: code");
}

#[test]
fn the_figure_that_matters_is_told_and_no_count() {
    let (_dir, root) = temp();
    let mut found = compared(&WELL.run(&root), &Scene { auc: 0.73, ..WELL }.run(&root));
    let leads = |found: &Comparison| found.moved_most().map(|metric| metric.name.clone());
    let figure = |name: &str, old: f64, new: f64| crate::domain::compare::Change {
        name: name.to_owned(),
        old: Some(old),
        new: Some(new),
    };
    // That of the evaluation, however far others moved.
    found.metrics.extend([figure("train.fit.epoch", 8.0, 3.0), figure("leaves", 9.0, 1.0)]);
    assert_eq!(leads(&found).as_deref(), Some("auc"));
    // Nor what it counts.
    found.metrics.push(figure("rows", 40.0, 7.0));
    assert_eq!(leads(&found).as_deref(), Some("auc"));
    // But what is asked for, first.
    found.leading.splice(..0, [vec!["rows".to_owned()], vec!["leaves".to_owned()]]);
    assert_eq!(leads(&found).as_deref(), Some("rows"));
    found.metrics.pop();
    assert_eq!(leads(&found).as_deref(), Some("leaves"));
    found.leading.clear();
    assert_eq!(leads(&found).as_deref(), Some("leaves"));
    found.metrics.retain(|metric| metric.name != "leaves");
    assert_eq!(leads(&found).as_deref(), Some("auc"));
    // What is asked for and came to no number has moved; what nobody asks for has not.
    let gone = |name: &str| crate::domain::compare::Change { new: None, ..figure(name, 0.4, 0.4) };
    found.metrics.extend([gone("log_loss"), gone("brier")]);
    assert_eq!(leads(&found).as_deref(), Some("auc"));
    found.leading = vec![vec!["log_loss".to_owned()]];
    assert!(found.sentence().starts_with("log_loss 0.4 → none: first parted at"), "{}", found.sentence());
    found.leading.clear();
    found.metrics.truncate(found.metrics.len() - 2);
    // Where nothing else parted, a count is better than nothing.
    found.metrics.retain(|metric| metric.name != "auc");
    assert_eq!(leads(&found).as_deref(), Some("train.fit.epoch"));
}

#[test]
fn what_a_table_holds_is_told_by_column_and_without_a_value() {
    let (_dir, root) = temp();
    let scene =
        Scene { features: "id,dep_delay,day\n1,2.5,2026-01-01\n2,,2026-01-01\n3,,2026-01-02\n", ..WELL };
    let run = scene.run(&root);
    let layout = RunLayout::at(&run.path);
    let columns = |step: &str, made: &str| {
        let manifest = manifest(&layout, run.run.token, &step.parse().unwrap()).unwrap().unwrap();
        let told = columns_of(&layout, &manifest, &name(made), &AtomicBool::new(false)).unwrap();
        let facts = |(name, facts): (String, ColumnFacts)| (name, facts.kind, facts.nulls, facts.distinct);
        told.map(|told| told.into_iter().map(facts).collect::<Vec<_>>())
    };
    let told = |name: &str, kind: &str, nulls, distinct| (name.to_owned(), kind.to_owned(), nulls, distinct);
    let expected =
        vec![told("id", "INT64", 0, 3), told("dep_delay", "FLOAT64", 2, 1), told("day", "DATE", 0, 2)];
    assert_eq!(columns("preprocess", "features"), Some(expected));
    assert_eq!(columns("preprocess", "nothing"), None);
}

/// A run with the steps that are kept of the scene's.
fn part(root: &Utf8Path, kept: &[&str]) -> Recorded {
    let run = WELL.run(root);
    let layout = RunLayout::at(&run.path);
    let mut plan = read_plan(&layout).unwrap();
    plan.nodes.retain(|node| kept.contains(&node.id.step.as_str()));
    write_plan(&layout, &plan).unwrap();
    let events = read_events(&layout, run.run.token).unwrap();
    fs_err::remove_file(layout.events()).unwrap();
    let log = journal(&layout, run.run.token);
    for event in events {
        match event.kind.node() {
            Some(node) if !kept.contains(&node.step.as_str()) => {
                fs_err::remove_file(layout.manifest(&node)).unwrap();
                fs_err::remove_dir_all(layout.artifacts(&node)).unwrap();
            }
            _ => log.append(event.kind).unwrap(),
        }
    }
    run
}

/// Of what neither has nobody says that it is the same.
#[test]
fn runs_that_made_nothing_or_nothing_in_common_made_nothing_that_is_the_same() {
    let (_dir, root) = temp();
    let told = |old: &[&str], new: &[&str]| compared(&part(&root, old), &part(&root, new)).sentence();
    assert!(told(&[], &[]).ends_with("and neither made anything"), "{}", told(&[], &[]));
    assert_eq!(
        told(&["extract"], &["preprocess"]),
        "They made nothing that both have; only the first run has extract, only the second run has preprocess"
    );
    assert_eq!(
        told(&["extract"], &["extract", "preprocess"]),
        "What both made is the same; only the second run has preprocess"
    );
    let mut other = part(&root, &[]);
    let layout = RunLayout::at(&other.path);
    let mut plan = read_plan(&layout).unwrap();
    plan.params.insert(name("depth"), Value::Int(6));
    write_plan(&layout, &plan).unwrap();
    other.run.params = IndexMap::from([(name("depth"), 6.into())]);
    write_run(&layout, &other.run).unwrap();
    assert_eq!(
        compared(&part(&root, &[]), &other).sentence(),
        "Neither made anything; what they were given is not the same: parameters"
    );
}
