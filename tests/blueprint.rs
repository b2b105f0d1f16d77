//! A blueprint as `new blueprint` writes it: its use cases on the real engine, and where each gets what it does not make.
#![allow(clippy::unwrap_used)]

mod support;

use serde_json::Value;
use support::{Project, path_of, read, status};

/// The steps that ran or were taken over, each with how it ended.
fn ended(events: &[Value]) -> Vec<(String, String)> {
    let steps = events.iter().filter(|event| event["event"] == "step_finished");
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    steps.map(|event| (text(&event["step"]), text(&event["status"]))).collect()
}

fn token(events: &[Value]) -> String {
    events[0]["token"].as_str().unwrap().to_owned()
}

fn run(project: &Project, more: &[&str]) -> Vec<Value> {
    let mut words = vec!["run", "churn", "--json"];
    words.extend(more);
    project.events(0, &words)
}

/// The run that feeds a plan, and why.
fn source(project: &Project, more: &[&str]) -> (String, String) {
    let mut words = vec!["plan", "churn", "--json"];
    words.extend(more);
    let plan: Value = serde_json::from_str(&project.expect(0, &words)).unwrap();
    let taken = plan["nodes"].as_array().unwrap().iter().find_map(|node| node["taken"].as_object());
    let taken = taken.unwrap_or_else(|| panic!("{plan:#}"));
    (taken["token"].as_str().unwrap().to_owned(), taken["why"].as_str().unwrap().to_owned())
}

fn made() -> Project {
    let project = Project::with_warehouse();
    project.expect(0, &["new", "blueprint", "churn"]);
    project.expect(0, &["check"]);
    project
}

#[test]
fn each_use_case_runs_its_components_and_takes_the_rest_from_the_newest_that_fits() {
    let project = made();
    let early = project.expect(2, &["run", "churn", "--use-case", "prediction"]);
    assert!(early.contains("`predict` reads what `train` makes"), "{early}");
    assert!(early.contains("greenroom run churn --use-case training"), "{early}");

    // Of a parameter that the training alone asks for.
    let spec = read(project.dir.join("blueprints/churn.yaml"));
    let trains = "run: python3 churn/train.py";
    let asks = spec.replace(trains, "run: echo $GREENROOM_PARAM_DEPTH; python3 churn/train.py");
    let asks = asks.replace("\nparams:\n", "\nparams:\n  depth: {type: int, default: 3}\n");
    assert!(asks.contains("PARAM_DEPTH") && asks.contains("depth: {"), "{asks}");
    project.file("blueprints/churn.yaml", asks);

    let training = run(&project, &["--param", "depth=6"]);
    for component in ["extract", "preprocess", "train", "predict", "evaluate"] {
        assert_eq!(status(&training, component), "succeeded", "{component}");
    }
    let prediction = run(&project, &["--use-case", "prediction", "--param", "points=50"]);
    let steps: Vec<String> = ended(&prediction).into_iter().map(|(step, _)| step).collect();
    assert_eq!(steps.len(), 4, "{steps:?}");
    assert!(!steps.contains(&"evaluate".to_owned()), "{steps:?}");
    let model = |events: &[Value]| read(path_of(events).join("train/model.json"));
    assert_eq!(model(&prediction), model(&training), "its model is the training's");

    // The predictions that are judged are the prediction's; how good its model is, its training says.
    let evaluation = run(&project, &["--use-case", "evaluation"]);
    let scores = |events: &[Value]| read(path_of(events).join("predict/predictions.csv"));
    assert_eq!(scores(&evaluation), scores(&prediction));

    let recorded: Value = serde_json::from_str(&project.expect(0, &["runs", "--json"])).unwrap();
    let told: Vec<_> =
        recorded.as_array().unwrap().iter().map(|run| run["use_case"].as_str().unwrap()).collect();
    assert_eq!(told, ["evaluation", "prediction", "training"]);
    assert_eq!(recorded[0]["inputs_from"][0], Value::from(token(&prediction)));
    // Only what was taken over depends on it.
    assert_eq!(recorded[0]["params"]["points"], 50, "the figures are those of the prediction's parameters");
    for of in recorded.as_array().unwrap() {
        assert_eq!(of["params"]["depth"], 6, "{of:#}");
    }

    // A model that is no good is newer, and feeds nobody.
    let bad = run(&project, &["--param", "noise=400"]);
    let (from, why) = source(&project, &["--use-case", "prediction"]);
    assert_eq!((from, why.contains("newest success that fits")), (token(&training), true), "{why}");
    let refused =
        project.expect(2, &["plan", "churn", "--use-case", "prediction", "--inputs-from", &token(&bad)]);
    assert!(refused.contains("and `accept` asks for error < 10"), "{refused}");
    let outside = project.expect(2, &["plan", "churn", "--use-case", "prediction", "--from", "train"]);
    assert!(outside.contains("`train` is no part of the use case prediction"), "{outside}");
    // What is inside comes from a run with the same parameters, as in a workflow.
    let again = run(&project, &["--use-case", "prediction", "--param", "points=50", "--from", "predict"]);
    let attempts = again.iter().filter(|event| event["event"] == "attempt_started").count();
    assert_eq!((attempts, scores(&again)), (1, scores(&prediction)));

    // A model that nobody has judged has not the figures of the one before it.
    let unjudged = run(&project, &["--only", "train", "--param", "depth=6"]);
    assert_eq!(model(&unjudged), model(&training), "it is as good, but who knows");
    assert_eq!(source(&project, &["--use-case", "prediction"]).0, token(&training));

    // Of another version none fits, unless the blueprint says so.
    let spec = read(project.dir.join("blueprints/churn.yaml"));
    let newer = spec.replace("version: 0.1.0", "version: 0.2.0");
    project.file("blueprints/churn.yaml", &newer);
    let refused = project.expect(2, &["plan", "churn", "--use-case", "prediction"]);
    assert!(refused.contains("no successful run of churn 0.2.0 has it"), "{refused}");
    project.file("blueprints/churn.yaml", format!("compatible_with: '>=0.1, <0.3'\n{newer}"));
    assert_eq!(source(&project, &["--use-case", "prediction"]).0, token(&training));
}

#[test]
fn an_alias_says_which_run_feeds_the_others_and_keeps_its_history() {
    let project = made();
    let spec = read(project.dir.join("blueprints/churn.yaml"));
    project.file("blueprints/churn.yaml", format!("inputs_from: champion\n{spec}"));
    let first = token(&run(&project, &[]));
    let none = project.expect(2, &["plan", "churn", "--use-case", "prediction"]);
    assert!(none.contains("no run of churn is called champion"), "{none}");
    assert!(none.contains("greenroom alias churn@last champion"), "{none}");

    project.expect(0, &["alias", &first, "champion"]);
    let second = token(&run(&project, &["--param", "points=100"]));
    assert_eq!(source(&project, &["--use-case", "prediction"]).0, first, "the newest is not the champion");
    project.expect(0, &["alias", "churn@last", "champion"]);
    let (from, why) = source(&project, &["--use-case", "prediction"]);
    assert_eq!((from.as_str(), why.contains("its champion")), (second.as_str(), true), "{why}");
    assert_eq!(source(&project, &["--use-case", "prediction", "--inputs-from", &first]).0, first);

    // The same once more is no move.
    let again = project.expect(0, &["alias", "churn@last", "champion"]);
    assert!(again.contains("already: nothing changes"), "{again}");
    let history: Value = serde_json::from_str(&project.expect(0, &["alias", "--history", "--json"])).unwrap();
    let moves: Vec<_> =
        history.as_array().unwrap().iter().map(|moved| moved["token"].as_str().unwrap()).collect();
    assert_eq!(moves, [second.as_str(), first.as_str()]);
    let shown = project.expect(0, &["show", "champion"]);
    assert!(shown.contains(&second), "{shown}");

    // What others will need of it and it does not have is told when it is named.
    let judged = token(&run(&project, &["--use-case", "evaluation"]));
    let told = project.expect(0, &["alias", &judged, "judged"]);
    let lacks = "did not make train, nor take it over: the prediction of churn, which reads it, cannot take its inputs from judged";
    assert!(told.split_whitespace().collect::<Vec<_>>().join(" ").contains(lacks), "{told}");
    let refused =
        project.expect(2, &["plan", "churn", "--use-case", "prediction", "--inputs-from", "judged"]);
    assert!(refused.contains("did not make train"), "{refused}");
    assert!(!project.expect(0, &["alias", &first, "baseline"]).contains("did not make"));

    let refused = project.expect(2, &["alias", "champion", "last"]);
    assert!(refused.contains("no run can be called `last`"), "{refused}");
    let unknown = project.expect(2, &["show", "churn@champoin"]);
    assert!(unknown.contains("there are churn@baseline, churn@champion, "), "{unknown}");
    project.file(
        "blueprints/churn.yaml",
        spec.replace("accept: error < 10", "accept: error < 0.001\ninputs_from: champion"),
    );
    let refused = project.expect(2, &["plan", "churn", "--use-case", "prediction"]);
    assert!(refused.contains("(its champion) has error 0."), "{refused}");
    // By its whole name it is the same figure.
    for (accept, holds) in [("evaluate.metrics.error < 0.001", false), ("evaluate.metrics.error < 10", true)]
    {
        let champion = format!("accept: {accept}\ninputs_from: champion");
        project.file("blueprints/churn.yaml", spec.replace("accept: error < 10", &champion));
        let told = project.run(&["plan", "churn", "--use-case", "prediction"]);
        assert_eq!(told.status.success(), holds, "{accept}: {told:?}");
    }
}

const TOY: &str = "greenroom: 1
kind: blueprint
name: toy
version: 1.0.0
accept: loss < 0.9
params: {depth: {type: int, default: 3}, rate: {type: float, default: 0.1}, label: {type: string, default: 'a,b'}}
components:
  extract: {files: [], run: 'seq 10 > $GREENROOM_OUTPUT_DIR/rows', outputs: {rows: {path: rows}}}
  preprocess:
    files: [prepare.sh]
    run: sh prepare.sh
    inputs: {rows: '${{ steps.extract.outputs.rows }}'}
    outputs: {features: {path: features}}
  train:
    files: []
    run: 'echo $GREENROOM_PARAM_DEPTH > $GREENROOM_OUTPUT_DIR/model'
    inputs: {features: '${{ steps.preprocess.outputs.features }}'}
    outputs: {model: {path: model, type: model}}
  predict:
    files: []
    run: 'cat $GREENROOM_INPUT_MODEL > $GREENROOM_OUTPUT_DIR/scores'
    inputs: {model: '${{ steps.train.outputs.model }}'}
    outputs: {scores: {path: scores}}
  evaluate:
    files: []
    run: |
      test \"$(cat \"$GREENROOM_INPUT_SCORES\")\" -lt 9
      printf '{\"loss\": 0.%s, \"rows\": 10}' \"$(cat \"$GREENROOM_INPUT_SCORES\")\" > \"$GREENROOM_OUTPUT_DIR/m.json\"
    inputs: {scores: '${{ steps.predict.outputs.scores }}'}
    outputs: {metrics: {path: m.json, type: metrics}}
";

#[test]
fn a_model_that_nobody_has_evaluated_feeds_no_prediction() {
    let project = Project::with_warehouse();
    // The training has a figure of the same name, and a good one.
    let train = "'echo $GREENROOM_PARAM_DEPTH > $GREENROOM_OUTPUT_DIR/model";
    let spec = TOY
        .replace(train, &format!("{train}; echo {{\\\"loss\\\":0.01}} > $GREENROOM_OUTPUT_DIR/fit.json"))
        .replace("type: model}}", "type: model}, fit: {path: fit.json, type: metrics}}");
    project.file("blueprints/toy.yaml", spec);
    project.file("prepare.sh", "wc -l < \"$GREENROOM_INPUT_ROWS\" > \"$GREENROOM_OUTPUT_DIR/features\"\n");
    let training = run_of(&project.events(0, &["run", "toy", "--json"]));
    let alone = run_of(&project.events(0, &["fork", &training, "--only", "train", "--json"]));
    let plan = project.expect(0, &["plan", "toy", "--use-case", "prediction", "--json"]);
    assert!(plan.contains(&training) && !plan.contains(&alone), "{plan}");
    let words = ["plan", "toy", "--use-case", "prediction", "--inputs-from", &alone];
    let refused = project.expect(2, &words);
    assert!(refused.contains("has not been evaluated"), "{refused}");
    let figures: Value = serde_json::from_str(&project.expect(0, &["metrics", "toy", "--json"])).unwrap();
    let of = |at: usize| {
        (
            figures["runs"][at]["metrics"]["loss"].as_f64(),
            figures["runs"][at]["metrics"]["train.fit.loss"].as_f64(),
        )
    };
    assert_eq!([of(0), of(1)], [(None, Some(0.01)), (Some(0.3), Some(0.01))]);

    // Nor is one that failed before its evaluation as good as its training says, nor one that somebody writes better.
    let failed = run_of(&project.events(1, &["run", "toy", "--param", "depth=9", "--json"]));
    let found = |criterion: &str| project.expect(0, &["runs", "toy", "--where", criterion, "--json"]);
    assert_eq!(found("loss < 0.05").trim(), "[]");
    assert!(found("train.fit.loss < 0.05").contains(&failed));
    // By its whole name, also where its own would do; and each that is asked for has a column, be it a parameter.
    for whole in ["evaluate.metrics.rows = 10", "evaluate.metrics.loss < 0.35"] {
        assert!(found(whole).contains(&training) && !found(whole).contains(&failed), "{whole}");
    }
    let words = ["runs", "toy", "--where", "depth=9", "--where", "train.fit.loss < 1"];
    let listed = project.expect(0, &words);
    let titles: Vec<&str> = listed.lines().next().unwrap().split_whitespace().collect();
    assert!(titles.contains(&"depth") && titles.contains(&"train.fit.loss"), "{listed}");
    // What people say of runs is told to machines, too.
    project.expect(0, &["note", &training, "--pin", "a good one"]);
    project.expect(0, &["alias", &training, "champion"]);
    let told: Value = serde_json::from_str(&found("loss < 0.35")).unwrap();
    assert_eq!(
        (&told[0]["pinned"], &told[0]["aliases"]),
        (&Value::from(true), &serde_json::json!(["champion"]))
    );
    assert_eq!(told[0]["notes"][0]["text"], "a good one");
    let told: Value = serde_json::from_str(&found("depth = 9")).unwrap();
    assert_eq!((&told[0]["pinned"], &told[0]["notes"]), (&Value::from(false), &serde_json::json!([])));
    let metrics = project.expect(0, &["path", &training, "evaluate.metrics"]);
    std::fs::remove_file(metrics.trim()).unwrap();
    std::fs::write(metrics.trim(), "{\"loss\": 0.2, \"rows\": 10}").unwrap();
    let refused = project.expect(2, &["plan", "toy", "--use-case", "prediction", "--inputs-from", &training]);
    assert!(refused.contains("evaluate.metrics was changed after the step had made it"), "{refused}");
    let told = project.run(&["metrics", &training]);
    assert!(String::from_utf8_lossy(&told.stderr).contains("evaluate.metrics was changed"), "{told:?}");
}

/// What guards a use case guards a part of one, too.
/// The parameter is of the model, which another run made: a copy of the prediction would tell nobody anything.
#[test]
fn a_fork_that_would_make_nothing_anew_is_refused() {
    let project = Project::new();
    project.file("prepare.sh", "wc -l < \"$GREENROOM_INPUT_ROWS\" > \"$GREENROOM_OUTPUT_DIR/features\"\n");
    project.file("blueprints/toy.yaml", TOY);
    let model = run_of(&project.events(0, &["run", "toy", "--json"]));
    let predicted = run_of(&project.events(0, &["run", "toy", "--use-case", "prediction", "--json"]));
    let refused = project.expect(2, &["fork", &predicted, "--param", "depth=4"]);
    assert!(refused.contains("nothing would be made anew") && refused.contains("(depth)"), "{refused}");
    let short = &model[model.len() - 4..];
    assert!(refused.contains(&format!("greenroom fork {short} --param depth=4")), "{refused}");
    let same = project.expect(2, &["fork", &model]);
    assert!(same.contains("nothing would differ") && !same.contains("resume"), "{same}");
}

#[test]
fn a_model_that_is_named_for_a_part_of_a_run_has_to_be_accepted() {
    let project = Project::with_warehouse();
    project.file("blueprints/toy.yaml", TOY.replace("accept: loss < 0.9", "accept: loss < 0.5"));
    project.file("prepare.sh", "wc -l < \"$GREENROOM_INPUT_ROWS\" > \"$GREENROOM_OUTPUT_DIR/features\"\n");
    let bad = run_of(&project.events(0, &["run", "toy", "--json", "--param", "depth=6"]));
    let plan = |code: i32, words: &[&str]| project.expect(code, &[&["plan", "toy"], words].concat());
    for part in ["--only", "--from"] {
        let refused = plan(2, &[part, "predict", "--inputs-from", &bad]);
        assert!(refused.contains("which has loss 0.6, and `accept` asks for loss < 0.5"), "{refused}");
        plan(0, &[part, "train", "--inputs-from", &bad]);
    }
    plan(0, &["--only", "evaluate", "--inputs-from", &bad]);

    let good = run_of(&project.events(0, &["run", "toy", "--json"]));
    let worse = run_of(&project.events(0, &["run", "toy", "--json", "--param", "depth=7"]));
    let shown = project.expect(0, &["show", &worse]);
    assert!(shown.contains("loss 0.7, and `accept` asks for loss < 0.5"), "{shown}");
    // Whoever has just made a model learns that it is not the one that is used.
    let taken: Value = serde_json::from_str(&plan(0, &["--use-case", "prediction", "--json"])).unwrap();
    let taken = taken["nodes"].as_array().unwrap().iter().find(|node| node["id"] == "train").unwrap();
    assert_eq!(taken["taken"]["token"], good, "{taken:#}");
    let why = taken["taken"]["why"].as_str().unwrap();
    let passed = format!(
        "as the newer run {} has loss 0.7, and `accept` asks for loss < 0.5",
        &worse[worse.len() - 4..]
    );
    assert!(why.contains(&passed), "{why}");

    // One that nobody has judged is gone on with where that is made.
    let unjudged = run_of(&project.events(0, &["run", "toy", "--only", "train", "--json"]));
    let refused = plan(2, &["--only", "predict", "--inputs-from", &unjudged]);
    assert!(refused.contains("has not been evaluated"), "{refused}");
    plan(0, &["--from", "evaluate", "--json"]);

    // Its model is the one that nobody has judged, and what it has evaluated are the predictions of the other.
    let mixed = run_of(&project.events(0, &["run", "toy", "--from", "evaluate", "--json"]));
    let taken: Value = serde_json::from_str(&project.expect(0, &["show", &mixed, "--json"])).unwrap();
    assert_eq!(taken["inputs_from"].as_array().unwrap().len(), 2, "{taken:#}");
    let refused = plan(2, &["--use-case", "prediction", "--inputs-from", &mixed]);
    assert!(refused.contains("has not been evaluated"), "{refused}");

    // A new version begins without a model.
    let next = TOY.replace("accept: loss < 0.9", "accept: loss < 0.5").replace("1.0.0", "1.1.0");
    project.file("blueprints/toy.yaml", &next);
    let refused = plan(2, &["--use-case", "prediction"]);
    let short = &good[good.len() - 4..];
    assert!(refused.contains(&format!("such as run {short}")), "{refused}");
    project.file("blueprints/toy.yaml", next.replace("accept:", "compatible_with: 1.0.0\naccept:"));
    assert!(plan(0, &["--use-case", "prediction", "--json"]).contains(&good));
}

fn run_of(events: &[Value]) -> String {
    events[0]["token"].as_str().unwrap().to_owned()
}

/// The runs of a sweep, as they stand at its end.
fn swept(events: &[Value]) -> Vec<(String, usize, Option<f64>)> {
    let last = events.last().unwrap();
    assert_eq!(last["event"], "sweep_finished");
    let told = |run: &Value| {
        let params = run["params"].as_object().unwrap();
        let params: Vec<_> =
            params.iter().map(|(name, value)| format!("{name}={}", value.as_str().unwrap())).collect();
        (
            params.join(" "),
            usize::try_from(run["taken"].as_u64().unwrap()).unwrap(),
            run["metrics"]["loss"].as_f64(),
        )
    };
    last["runs"].as_array().unwrap().iter().map(told).collect()
}

#[test]
fn a_sweep_makes_once_what_no_parameter_changes_and_puts_the_best_first() {
    let project = Project::with_warehouse();
    project.file("blueprints/toy.yaml", TOY);
    project.file("prepare.sh", "wc -l < \"$GREENROOM_INPUT_ROWS\" > \"$GREENROOM_OUTPUT_DIR/features\"\n");
    let runs = project.events(1, &["run", "toy", "--json", "--param", "depth=6,3,9"]);
    let expected = [("depth=3", 2, Some(0.3)), ("depth=6", 0, Some(0.6)), ("depth=9", 2, None)];
    assert_eq!(
        swept(&runs),
        expected.map(|(params, taken, loss)| (params.to_owned(), taken, loss)),
        "9 fails"
    );
    // What it made before that is as good as any.
    let runs = project.events(1, &["run", "toy", "--json", "--param", "depth=9,3"]);
    let expected = [("depth=3", 2, Some(0.3)), ("depth=9", 0, None)];
    assert_eq!(swept(&runs), expected.map(|(params, taken, loss)| (params.to_owned(), taken, loss)));

    // Two of them: what only one of them changes is taken from a run that differs in the other alone.
    project.file("prepare.sh", "echo \"$GREENROOM_PARAM_RATE\" > \"$GREENROOM_OUTPUT_DIR/features\"\n");
    let runs =
        project.events(0, &["run", "toy", "--json", "--param", "depth=3,4", "--param", "rate=0.1,0.2"]);
    let taken: Vec<usize> = swept(&runs).iter().map(|(_, taken, _)| *taken).collect();
    assert_eq!(taken, [0, 1, 2, 2], "rate: all but extract; depth: train and what follows");

    // Who looks through the variables may depend on any.
    project.file("prepare.sh", "env | grep GREENROOM_PARAM > \"$GREENROOM_OUTPUT_DIR/features\"\n");
    let runs = project.events(0, &["run", "toy", "--json", "--param", "depth=3,4", "--by=-rows"]);
    assert_eq!(swept(&runs).iter().map(|(_, taken, _)| *taken).collect::<Vec<_>>(), [0, 1]);

    // A text with a comma is one value.
    let single = project.events(0, &["run", "toy", "--json", "--param", "label=x,y"]);
    let told = project.run(&["run", "toy", "--param", "label=x,y"]);
    let told = String::from_utf8_lossy(&told.stderr).into_owned();
    assert!(told.contains("a run for each: --param label=x --param label=y"), "{told}");
    assert_eq!(single.last().unwrap()["event"], "run_finished");
    let shown = project.expect(0, &["run", "toy", "--param", "label=x", "--param", "label=y,z"]);
    assert!(shown.contains("run 2 of 2: label=y,z"), "{shown}");
    for (words, why) in [
        (&["run", "toy", "--param", "depth=3,x"][..], "`x` is not a whole number"),
        (&["run", "toy", "--param", "depth=3,4", "--detach"], "cannot be left to themselves"),
        (&["run", "toy", "--param", "depth=3,4", "--from", "train"], "a sweep begins at the beginning"),
    ] {
        let refused = project.expect(2, words);
        assert!(refused.contains(why), "{refused}");
    }
    // What a blueprint asks of figures that nobody makes, `check` knows once there are runs.
    project.file("blueprints/toy.yaml", TOY.replace("accept: loss", "accept: evaluate.metrics.los"));
    let told = project.expect(0, &["check"]);
    assert!(told.contains("has had the figure `evaluate.metrics.los`"), "{told}");
    assert!(told.contains("did you mean `loss`?"), "{told}");
    for accept in ["accept: evaluate.metrics.loss", "accept: loss"] {
        project.file("blueprints/toy.yaml", TOY.replace("accept: loss", accept));
        assert!(!project.expect(0, &["check"]).contains("has had the figure"), "{accept}");
    }
    // A figure that no run has is told before the first of them, or after it, and a slip keeps all from running.
    let count = || project.expect(0, &["runs", "toy", "--json"]).matches("\"token\"").count();
    let before = count();
    let slip = project.expect(2, &["run", "toy", "--param", "depth=3,4", "--by=-rws"]);
    assert!(slip.contains("did you mean --by -rows?") && count() == before, "{slip}");
    // Once all have run it is no error any more.
    let unknown = project.run(&["run", "toy", "--param", "depth=3,4", "--by", "auc"]);
    assert_eq!(unknown.status.code(), Some(0), "{unknown:?}");
    let [out, err] = [unknown.stdout, unknown.stderr].map(|said| String::from_utf8(said).unwrap());
    let unknown = err + &out;
    assert!(unknown.contains("no run of toy has had the figure `auc`: there are loss, rows"), "{unknown}");
    assert!(unknown.contains("no run has the figure `auc` to sort by: there are loss, rows"), "{unknown}");
    assert!(
        unknown.contains("0.4000") && unknown.contains("0.3000"),
        "what was made is shown all the same: {unknown}"
    );
    // Each run tells the figure that is asked for, and the table which is not as it is asked.
    project.file("blueprints/toy.yaml", TOY.replace("loss < 0.9", "loss < 0.35"));
    let told = project.expect(0, &["run", "toy", "--param", "depth=3,4"]);
    assert!(told.contains("  with   loss 0.3\n") && told.contains("  with   loss 0.4\n"), "{told}");
    assert!(told.contains(" !0.4000 ") && told.contains(" 0.3000 "), "{told}");
    project.file("blueprints/toy.yaml", TOY);
    // What no part of the use case reads would make the same run again.
    let idle = ["run", "toy", "--use-case", "evaluation", "--param", "rate=0.3,0.4"];
    let refused = project.expect(2, &idle);
    assert!(refused.contains("nothing that the use case evaluation runs reads it"), "{refused}");
    let told = project.expect(0, &["run", "toy", "--use-case", "evaluation", "--param", "rate=0.3"]);
    assert!(told.contains("the parameter `rate` has no part"), "{told}");
    let told = project.expect(0, &["plan", "toy", "--inputs-from", "toy@last"]);
    assert!(told.contains("--inputs-from toy@last has no part: toy training takes nothing over"), "{told}");
}

/// All of a sweep is of the files as they were when it began.
#[test]
fn an_edit_during_a_sweep_changes_nothing_of_it() {
    let project = Project::new();
    project.workflow_of(
        "sw",
        "params:\n  d: {type: int, default: 0}",
        "one:
  run: 'cp v $GREENROOM_OUTPUT_DIR/v'
  outputs: {v: {path: v}}
  files: [v]
two:
  inputs: {v: '${{ steps.one.outputs.v }}'}
  run: |
    test \"$GREENROOM_PARAM_D\" != 3
    printf '{\"v\": %s}' \"$(cat \"$GREENROOM_INPUT_V\")\" > \"$GREENROOM_OUTPUT_DIR/m.json\"
  outputs: {m: {path: m.json, type: metrics}}
  files: [v]
three:
  needs: [two]
  run: 'true'
  files: [v]",
    );
    project.file("v", "1");
    let mut sweep = project.command(&["run", "sw", "--json", "--param", "d=1,2,3"]);
    let mut sweep = sweep.stdout(std::process::Stdio::piped()).spawn().unwrap();
    let mut lines = std::io::BufRead::lines(std::io::BufReader::new(sweep.stdout.take().unwrap()));
    // The first run has begun.
    let first = lines.next().unwrap().unwrap();
    project.file("v", "2");
    let rest: Vec<String> = lines.map(Result::unwrap).collect();
    assert_eq!(sweep.wait().unwrap().code(), Some(1), "{first}");
    let last: Value = serde_json::from_str(rest.last().unwrap()).unwrap();
    let runs: Vec<_> = last["runs"].as_array().unwrap().iter().collect();
    let told: Vec<_> = runs
        .iter()
        .map(|run| (run["ran"].as_u64(), run["taken"].as_u64(), run["metrics"]["v"].as_f64()))
        .collect();
    // Of the one that failed in `two`, `three` did not run.
    let expected = [(Some(3), Some(0), Some(1.0)), (Some(2), Some(1), Some(1.0)), (Some(1), Some(1), None)];
    assert_eq!(told, expected, "{last:#}");
}

/// With `--from`, what a run has from another is made with that one's parameters.
#[test]
fn a_model_that_was_borrowed_is_none_of_these_parameters() {
    let project = made();
    let champion = run(&project, &["--param", "points=50"]);
    project.expect(0, &["alias", &token(&champion), "champion"]);
    let spec = read(project.dir.join("blueprints/churn.yaml"));
    project
        .file("blueprints/churn.yaml", spec.replace("\ncomponents:", "\ninputs_from: champion\ncomponents:"));
    let own = run(&project, &[]);
    let borrowed = run(&project, &["--use-case", "prediction"]);
    let model = |words: &[&str]| {
        let plan: Value = serde_json::from_str(&project.expect(0, words)).unwrap();
        let nodes = plan["nodes"].as_array().unwrap();
        let train = nodes.iter().find(|node| node["id"] == "train").unwrap();
        train["taken"]["token"].as_str().unwrap().to_owned()
    };
    let recorded: Value =
        serde_json::from_str(&project.expect(0, &["show", &token(&borrowed), "--json"])).unwrap();
    assert_eq!(recorded["inputs_from"][0], Value::from(token(&champion)));
    assert_eq!(model(&["plan", "churn", "--from", "predict", "--json"]), token(&own));
    assert_eq!(
        model(&["plan", "churn", "--use-case", "prediction", "--from", "predict", "--json"]),
        token(&champion)
    );
    let other = ["plan", "churn", "--param", "points=50", "--from", "predict", "--json"];
    assert_eq!(model(&other), token(&champion));
    // What was made by itself since does not belong to the rest.
    run(&project, &["--only", "extract"]);
    let said = project.expect(0, &["plan", "churn", "--from", "train"]);
    assert!(said.contains("what is taken over is of several runs (extract of "), "{said}");
    // What would be made otherwise by now is taken over all the same, and told.
    assert!(!said.contains("have changed since"), "{said}");
    let extract = read(project.dir.join("churn/extract.py"));
    project.file("churn/extract.py", extract + "\n# Another.\n");
    let said = project.expect(0, &["plan", "churn", "--from", "train"]);
    assert!(said.contains("extract is taken over though its files, spec or image have changed"), "{said}");
    // It stands where it is relied on.
    assert!(project.expect(0, &["show", &token(&champion)]).contains("champion"));
    assert!(project.expect(0, &["runs"]).lines().any(|line| line.contains("champion")));
    let gone = project.expect(0, &["alias", "--remove", "champion"]);
    assert!(gone.contains("churn@champion is nobody's now"), "{gone}");
    assert!(project.expect(0, &["alias", "--history"]).contains("taken away"));
    project.expect(2, &["show", "champion"]);
    // Its history is found by its name all the same, and says whose run is no more.
    for named in ["champion", "churn@champion"] {
        let history: Value =
            serde_json::from_str(&project.expect(0, &["alias", named, "--history", "--json"])).unwrap();
        let told: Vec<_> =
            history.as_array().unwrap().iter().map(|moved| (&moved["removed"], &moved["gone"])).collect();
        assert_eq!(told, [(&Value::Bool(true), &Value::Null), (&Value::Null, &Value::Null)]);
    }
    std::fs::remove_dir_all(path_of(&champion)).unwrap();
    let history = project.expect(0, &["alias", "champion", "--history"]);
    let lines: Vec<&str> = history.lines().skip(1).collect();
    assert!(
        lines[0].contains("taken away, its run is gone") && lines[1].contains("its run is gone"),
        "{history}"
    );
    project.expect(2, &["alias", "champoin", "--history"]);
}

#[test]
fn what_a_colleague_has_predicted_is_named_and_evaluated_here() {
    let (here, there) = (made(), made());
    run(&here, &[]);
    let prediction = token(&run(&here, &["--use-case", "prediction", "--param", "points=50"]));
    let archive = here.dir.join("churn.run.tar.zst");
    let file = archive.to_str().unwrap();
    here.expect(0, &["export-run", &prediction, "--output", file, "--with-inputs"]);
    there.expect(0, &["import-run", file]);

    let said = there.expect(2, &["run", "churn", "--use-case", "evaluation"]);
    assert!(said.contains("feeds nothing by itself") && said.contains("--inputs-from "), "{said}");
    let judged = run(&there, &["--use-case", "evaluation", "--inputs-from", &prediction]);
    assert_eq!(status(&judged, "evaluate"), "succeeded");
}

/// What came of a day's data stays that day's, however it came into a run of another.
#[test]
fn what_was_made_of_another_days_data_is_of_that_day() {
    let project = Project::new();
    project.file("none", "");
    project.workflow_of(
        "w",
        "params: {day: {type: int, default: 1}, rows: {type: int, default: 1}}",
        "extract: {run: 'echo of day $GREENROOM_PARAM_DAY > $GREENROOM_OUTPUT_X', outputs: {x: {path: x}}, files: [none]}
report: {inputs: {x: '${{ steps.extract.outputs.x }}'}, run: 'cat $GREENROOM_INPUT_X > $GREENROOM_OUTPUT_Y', outputs: {y: {path: y}}, files: [none]}
publish: {inputs: {y: '${{ steps.report.outputs.y }}'}, run: 'cat $GREENROOM_INPUT_Y; : $GREENROOM_PARAM_DAY $GREENROOM_PARAM_ROWS', files: [none]}",
    );
    let told = |words: &[&str]| project.events(0, &[&["run", "w", "--json"], words].concat());
    let published = |words: &[&str]| {
        let run = token(&told(words));
        project.expect(0, &["logs", &run, "publish"])
    };
    told(&[]);
    let second = token(&told(&["--param", "day=2"]));
    let mixed = project.expect(0, &["run", "w", "--from", "report", "--inputs-from", &second]);
    assert!(mixed.contains("was made by run") && mixed.contains("with day=2"), "{mixed}");
    assert_eq!(published(&["--from", "publish"]), "of day 1\n");
    assert_eq!(published(&["--from", "publish", "--param", "day=2"]), "of day 2\n");
    // What is given and reaches only what is taken over is told, and is not what the run is recorded with.
    let alone =
        project.expect(0, &["run", "w", "--only", "report", "--inputs-from", &second, "--param", "day=5"]);
    assert!(alone.contains("the parameter `day` has no part"), "{alone}");
    assert!(project.expect(0, &["show", "@last"]).contains("day=2"));
    // What only others of its steps read had no part in what is taken over.
    let third = token(&told(&["--param", "day=3", "--param", "rows=9"]));
    let mixed = project.expect(0, &["plan", "w", "--from", "report", "--inputs-from", &third]);
    assert!(mixed.contains("with day=3: what comes of that"), "{mixed}");
    let same =
        project.expect(0, &["plan", "w", "--from", "report", "--inputs-from", &third, "--param", "day=3"]);
    assert!(!same.contains("was made by run"), "{same}");
}
