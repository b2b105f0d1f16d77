//! What a use case needs of earlier runs: it is kept, it is what was made, and nobody takes it from under a person's feet.
#![allow(clippy::unwrap_used)]

mod support;

use serde_json::Value;
use support::terminal::Terminal;
use support::{Project, path_of};

const TOY: &str = "greenroom: 1
kind: blueprint
name: toy
version: 1.0.0
accept: loss < 0.9
params: {depth: {type: int, default: 3}}
components:
  extract: {run: 'seq 10 > $GREENROOM_OUTPUT_DIR/rows', outputs: {rows: {path: rows}}}
  preprocess:
    run: 'cat $GREENROOM_INPUT_ROWS > $GREENROOM_OUTPUT_DIR/features'
    inputs: {rows: '${{ steps.extract.outputs.rows }}'}
    outputs: {features: {path: features}}
  train:
    run: 'echo $GREENROOM_PARAM_DEPTH > $GREENROOM_OUTPUT_DIR/model'
    inputs: {features: '${{ steps.preprocess.outputs.features }}'}
    outputs: {model: {path: model, type: model}}
  predict:
    run: 'cat $GREENROOM_INPUT_MODEL > $GREENROOM_OUTPUT_DIR/scores'
    inputs: {model: '${{ steps.train.outputs.model }}'}
    outputs: {scores: {path: scores}}
  evaluate:
    run: |
      printf '{\"loss\": 0.%s}' \"$(cat \"$GREENROOM_INPUT_SCORES\")\" > \"$GREENROOM_OUTPUT_DIR/m.json\"
    inputs: {scores: '${{ steps.predict.outputs.scores }}'}
    outputs: {metrics: {path: m.json, type: metrics}}
";

fn toy() -> Project {
    let project = Project::new();
    project.file("blueprints/toy.yaml", TOY);
    project
}

fn token(events: &[Value]) -> String {
    events[0]["token"].as_str().unwrap().to_owned()
}

fn trained(project: &Project, depth: &str) -> Vec<Value> {
    project.events(0, &["run", "toy", "--json", "--param", depth])
}

fn garbage(project: &Project) -> Value {
    serde_json::from_str(&project.expect(0, &["gc", "--keep", "0", "--dry-run", "--json"])).unwrap()
}

/// Why a run stays; None where it goes.
fn stays(garbage: &Value, token: &str) -> Option<String> {
    let kept = garbage["kept"].as_array().unwrap().iter().find(|kept| kept["token"] == token);
    kept.map(|kept| kept["why"].as_str().unwrap().to_owned())
}

#[test]
fn where_a_blueprint_cannot_be_planned_all_its_runs_stay() {
    let project = toy();
    let good = token(&trained(&project, "depth=3"));
    let older = token(&trained(&project, "depth=9"));
    trained(&project, "depth=9");
    let shown = garbage(&project);
    assert_eq!(stays(&shown, &good).as_deref(), Some("a use case would take over what it made"));
    assert_eq!(stays(&shown, &older), None);
    for (spec, why) in [
        (TOY.replace("components:", "components: ["), "blueprints/toy.yaml has errors"),
        (TOY.replace("type: int", "type: integer"), "blueprints/toy.yaml has errors"),
        (
            TOY.replace("accept: loss", "accept: los"),
            "blueprints/toy.yaml: none is accepted: the newest, run ",
        ),
        (TOY.replace("accept:", "inputs_from: champion\naccept:"), "no run of toy is called champion"),
    ] {
        project.file("blueprints/toy.yaml", spec);
        let shown = garbage(&project);
        for run in [&good, &older] {
            let told = stays(&shown, run).unwrap_or_else(|| panic!("{run} goes: {why}"));
            assert!(told.contains(why), "{told}");
        }
        let told = project.expect(0, &["gc", "--keep", "0", "--dry-run"]);
        assert!(told.contains("all runs of toy stay"), "{told}");
    }
    // Whose it is, nobody can tell.
    project.file("blueprints/toy.yaml", TOY.replace("name: toy", "nam: toy"));
    let refused = project.expect(3, &["gc", "--keep", "0", "--yes"]);
    assert!(
        refused.contains("what may go cannot be told") && refused.contains("blueprints/toy.yaml"),
        "{refused}"
    );
    project.file("blueprints/toy.yaml", TOY);
    assert_eq!(stays(&garbage(&project), &older), None);
}

#[test]
fn a_run_stays_as_long_as_somebody_is_inside() {
    let project = Project::with("a: {run: 'echo x > $GREENROOM_OUTPUT_DIR/x', outputs: {x: {path: x}}}");
    let run = || token(&project.events(0, &["run", "w", "--json"]));
    let (older, _newest) = (run(), run());
    assert_eq!(stays(&garbage(&project), &older), None);
    let mut terminal = Terminal::of(&project, &["shell", &older, "a"], 24, 90);
    terminal.type_in("echo in$((1 + 1))side\r");
    terminal.shows("in2side");
    let gone = project.expect(0, &["gc", "--keep", "0", "--yes", "--json"]);
    let gone: Value = serde_json::from_str(&gone).unwrap();
    assert_eq!(
        stays(&gone, &older).as_deref(),
        Some("somebody is inside of it, in a shell or a notebook"),
        "{gone:#}"
    );
    terminal.type_in("exit 0\r");
    assert!(terminal.ended().success(), "{}", terminal.shown());
    assert_eq!(stays(&garbage(&project), &older), None);
}

#[test]
fn a_success_whose_files_were_changed_feeds_nobody() {
    let project = toy();
    let good = trained(&project, "depth=3");
    let newer = trained(&project, "depth=4");
    let model = path_of(&newer).join("train/model");
    let named = token(&newer);
    let short = &named[32..];
    // It is gone, has another length, and the same.
    for text in [None, Some("55\n"), Some("5\n")] {
        let _ = std::fs::remove_file(&model);
        text.into_iter().for_each(|text| std::fs::write(&model, text).unwrap());
        let told = project.expect(0, &["plan", "toy", "--use-case", "prediction", "--json"]);
        let plan: Value = serde_json::from_str(&told).unwrap();
        let taken =
            plan["nodes"].as_array().unwrap().iter().find_map(|node| node["taken"].as_object()).unwrap();
        assert_eq!(taken["token"], token(&good).as_str(), "{told}");
        let why = format!("as train/model of run {short} is gone or was changed after it was made");
        assert!(taken["why"].as_str().unwrap().contains(&why), "{text:?}: {told}");
    }
    let again = project.expect(2, &["resume", &token(&good)]);
    assert!(again.contains("greenroom run toy --use-case training --param depth=3"), "{again}");
    project.events(0, &["run", "toy", "--use-case", "prediction", "--json"]);
    let before = project.expect(0, &["runs", "--json"]);
    for words in [&["--use-case", "prediction"][..], &["--from", "predict"]] {
        let all: Vec<&str> =
            ["run", "toy", "--inputs-from", &named].into_iter().chain(words.iter().copied()).collect();
        let refused = project.expect(2, &all);
        assert!(refused.contains("was changed after it was made"), "{refused}");
    }
    assert_eq!(project.expect(0, &["runs", "--json"]), before, "it is refused before the start");
}
