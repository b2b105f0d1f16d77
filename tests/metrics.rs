//! Figures of runs on the real engine: while a step writes them, over time, and as what runs are found and kept by.
#![allow(clippy::unwrap_used)]

mod support;

use serde_json::Value;
use support::{Project, path_of, read, until};

const HEAD: &str = "version: 1.0.0
params:
  auc: {type: float, default: 0.8}
monitors:
  - {name: worse, kind: metric, output: judge.metrics, metric: auc, min: 0.7}";

const STEPS: &str = "train:
  run: |
    echo '{\"epoch\": 1, \"loss\": 0.5}' >> $GREENROOM_OUTPUT_DIR/progress.jsonl
    echo '{\"epoch\": 2, \"loss\": 0.25}' >> $GREENROOM_OUTPUT_DIR/progress.jsonl
    while [ -e /cache/hold/it ]; do sleep 0.1; done
  outputs: {progress: {path: progress.jsonl, type: metrics}}
  cache: [hold]
judge:
  needs: [train]
  run: |
    echo \"{\\\"auc\\\": $GREENROOM_PARAM_AUC}\" > $GREENROOM_OUTPUT_DIR/m.json
  outputs: {metrics: {path: m.json, type: metrics}}";

fn json(project: &Project, words: &[&str]) -> Value {
    let words: Vec<&str> = words.iter().copied().chain(["--json"]).collect();
    serde_json::from_str(&project.expect(0, &words)).unwrap()
}

fn tokens(runs: &Value) -> Vec<String> {
    runs.as_array().unwrap().iter().map(|run| run["token"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn figures_are_read_while_they_are_written_and_kept_over_time() {
    let project = Project::new();
    project.workflow_of("model", HEAD, STEPS);
    project.expect(0, &["check"]);
    // The step goes on as long as this is there.
    let hold = project.dir.join(".greenroom/cache/hold/it");
    project.file(".greenroom/cache/hold/it", "");
    let mut running = project.command(&["run", "model"]);
    let mut child =
        running.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).spawn().unwrap();
    let curve = until("two points while it runs", || {
        let told = project.run(&["metrics", "model@last", "--json"]);
        let told: Value = serde_json::from_slice(&told.stdout).ok()?;
        let points = told["curves"][0]["points"].as_array()?.len();
        (points == 2 && told["run"]["status"] == "running").then_some(told)
    });
    assert_eq!(curve["curves"][0]["output"], "train.progress");
    assert_eq!(curve["curves"][0]["over"], "epoch");
    assert_eq!(curve["run"]["metrics"]["loss"], 0.25);
    assert_eq!(tokens(&json(&project, &["runs", "--where", "loss<0.3", "--status", "running"])).len(), 1);
    std::fs::remove_file(hold).unwrap();
    assert!(child.wait().unwrap().success());

    for (auc, is_bad) in [("0.6", true), ("0.65", true), ("0.9", false)] {
        let unmet = format!("auc {auc}, and the monitor `worse` asks for at least 0.7");
        let ran = project.expect(0, &["run", "model", "--param", &format!("auc={auc}")]);
        assert_eq!(ran.contains(&unmet), is_bad, "{ran}");
        let shown = project.expect(0, &["show", "model@last"]);
        assert_eq!(shown.contains(&unmet), is_bad, "{shown}");
    }
    let told = json(&project, &["metrics", "model"]);
    let aucs: Vec<f64> =
        told["runs"].as_array().unwrap().iter().map(|run| run["metrics"]["auc"].as_f64().unwrap()).collect();
    assert_eq!(aucs, [0.9, 0.65, 0.6, 0.8]);
    let breach = &told["breaches"][0];
    assert_eq!(
        (&breach["value"], &breach["runs"], &breach["lasts"]),
        (&0.6.into(), &2.into(), &false.into())
    );
    assert_eq!(breach["token"], told["runs"][2]["token"]);
    // Whichever runs are asked for.
    for narrow in [&["--where", "auc > 0.7"][..], &["--limit", "1"]] {
        let words: Vec<&str> = ["metrics", "model"].iter().chain(narrow).copied().collect();
        assert_eq!(json(&project, &words)["breaches"], told["breaches"], "{narrow:?}");
    }
    let shown = project.expect(0, &["metrics", "model"]);
    assert!(shown.contains("at least 0.7 (worse): last broken from"), "{shown}");

    // As the index has it, without one, and with one that is new.
    let good = |words: &[&str]| {
        let all: Vec<&str> =
            ["runs", "model", "--where", "auc >= 0.8"].iter().chain(words).copied().collect();
        tokens(&json(&project, &all))
    };
    assert_eq!(good(&[]).len(), 2);
    assert_eq!(good(&["--reindex"]), good(&[]));
    let none = project.expect(0, &["runs", "model", "--where", "auc > 0.95"]);
    assert!(none.contains("No run is like this"), "{none}");
    for of in ["runs", "metrics"] {
        let slip = project.expect(2, &[of, "model", "--where", "acu > 0.5"]);
        assert!(slip.contains("no run has the figure or parameter `acu`"), "{slip}");
        assert!(slip.contains("did you mean `auc`?"), "{slip}");
    }
    // A monitor of what nobody makes would never ring.
    assert!(!project.expect(0, &["check"]).contains("has had the figure"));
    project.workflow_of("model", &HEAD.replace("metric: auc", "metric: acu"), STEPS);
    let warned = project.expect(0, &["check"]);
    assert!(warned.contains("no run of model 1.0.0 has had the figure `acu`"), "{warned}");
    assert!(warned.contains("workflows/model.yaml:8:") && warned.contains("did you mean `auc`?"), "{warned}");
    // A new version may make it.
    let newer = HEAD.replace("metric: auc", "metric: acu").replace("1.0.0", "1.1.0");
    project.workflow_of("model", &newer, STEPS);
    assert!(!project.expect(0, &["check"]).contains("has had the figure"));
    project.workflow_of("model", HEAD, STEPS);
    let all = tokens(&told["runs"]);
    let (one, other) = (&all[0], &all[1]);
    let two = project.expect(2, &["metrics", one, other]);
    assert!(two.contains("each has to be a workflow or blueprint"), "{two}");
    assert!(two.contains(&format!("greenroom diff {one} {other}")), "{two}");
    let whole = project.expect(0, &["metrics", "model", "--figure", "judge.metrics.auc"]);
    assert!(whole.contains("\nauc"), "{whole}");
    let unknown = project.expect(2, &["metrics", "model", "--figure", "acu"]);
    assert!(unknown.contains("did you mean `auc`?"), "{unknown}");
    let unknown = project.expect(2, &["metrics", "model@last", "--figure", "acu"]);
    assert!(unknown.contains("did you mean `auc`?"), "{unknown}");
}

#[test]
fn noted_and_pinned_runs_are_found_and_outlive_the_others() {
    let project = Project::new();
    project.workflow(
        "w",
        "a: {run: echo x > $GREENROOM_OUTPUT_DIR/x, outputs: {x: {path: x}}}\nb: {needs: [a], run: 'true'}",
    );
    let run = |words: &[&str]| {
        let all: Vec<&str> = ["run", "w", "--json"].iter().chain(words).copied().collect();
        project.events(0, &all)[0]["token"].as_str().unwrap().to_owned()
    };
    let first = run(&[]);
    let second = run(&[]);
    // Made of the second.
    let third = run(&["--from", "b", "--inputs-from", &second]);
    let fourth = run(&[]);
    project.expect(0, &["note", &first, "--pin", "before", "the", "change"]);
    assert_eq!(tokens(&json(&project, &["runs", "--note", "The Change"])), std::slice::from_ref(&first));
    assert_eq!(tokens(&json(&project, &["runs", "--pinned"])), std::slice::from_ref(&first));
    let shown = project.expect(0, &["show", &first]);
    assert!(shown.contains("\n  pinned   gc keeps it\n  note     before the change\n"), "{shown}");

    // Nobody who cannot be asked is taken at his word.
    let refused = project.expect(2, &["gc", "--keep", "0", "--older-than", "0s"]);
    assert!(refused.contains("nobody can be asked"), "{refused}");
    assert!(refused.contains("gc --keep 0 --older-than 0d --yes"), "{refused}");
    let shown = json(&project, &["gc", "--keep", "0", "--dry-run"]);
    assert_eq!(tokens(&shown["runs"]), [third.clone(), second.clone()]);
    // What a run that stays was made of stays.
    project.expect(0, &["note", &third, "--pin"]);
    let shown = json(&project, &["gc", "--keep", "0", "--dry-run"]);
    assert_eq!(tokens(&shown["runs"]), [] as [String; 0]);
    project.expect(0, &["note", &third, "--unpin"]);
    // Why each stays is said, and of whom.
    let told = project.expect(0, &["gc", "--keep", "1", "--dry-run"]);
    assert!(told.contains(&format!("1 pinned: {}", &first[32..])), "{told}");
    assert!(told.contains(&format!("1 among the newest: {}", &fourth[32..])), "{told}");
    let gone = json(&project, &["gc", "--keep", "0", "--yes"]);
    assert_eq!((tokens(&gone["runs"]), &gone["removed"]), (vec![third, second], &true.into()));
    assert_eq!(tokens(&json(&project, &["runs"])), [fourth, first.clone()]);

    // The files that were frozen for a run go with it, and what is left runs as before.
    assert_eq!(gone["snapshots"]["count"], 0, "all were of the same files");
    project.file("edited", "1");
    let edited = run(&[]);
    project.file("edited", "2");
    let last = run(&[]);
    let shown = json(&project, &["gc", "--keep", "0", "--dry-run"]);
    assert_eq!((tokens(&shown["runs"]).contains(&edited), &shown["snapshots"]["count"]), (true, &1.into()));
    let gone = json(&project, &["gc", "--keep", "0", "--yes"]);
    assert_eq!(gone["snapshots"]["count"], 1, "{gone:#}");
    assert_eq!(json(&project, &["gc", "--keep", "0", "--dry-run"])["snapshots"]["bytes"], 0);
    assert_eq!(tokens(&json(&project, &["runs"])), [last, first]);
    project.file("edited", "1");
    run(&[]);
}

#[test]
fn a_point_that_is_no_number_loses_no_training() {
    let project = Project::new();
    let lines = ["0.5", "NaN", "0.25"]
        .map(|loss| format!("    echo '{{\"loss\": {loss}}}' >> $GREENROOM_OUTPUT_DIR/fit.jsonl"));
    let steps = format!(
        "train:\n  run: |\n{}\n  outputs: {{fit: {{path: fit.jsonl, type: metrics}}}}",
        lines.join("\n")
    );
    project.workflow_of("model", "version: 1.0.0", &steps);
    let events = project.events(0, &["run", "model", "--json"]);
    let warned = events.iter().find(|event| event["event"] == "warned").unwrap();
    assert_eq!(warned["step"], "train");
    let told = "output `fit` at fit.jsonl: `NaN` in line 2 is no number: it counts as absent";
    assert_eq!(warned["message"], told);
    let shown = json(&project, &["metrics", "model@last"]);
    assert_eq!(shown["run"]["metrics"]["loss"], 0.25);
    assert_eq!(shown["curves"][0]["points"].as_array().unwrap().len(), 2);
}

#[test]
fn one_line_of_a_curve_and_a_number_beyond_all_numbers_end_no_step() {
    let project = Project::new();
    let steps = "train:
  run: |
    echo '{\"epoch\": 1, \"loss\": 0.25, \"note\": \"warm-up\"}' > $GREENROOM_OUTPUT_DIR/progress.jsonl
    echo '{\"auc\": 0.75, \"odds\": 1e999}' > $GREENROOM_OUTPUT_DIR/m.json
  outputs: {progress: {path: progress.jsonl, type: metrics}, metrics: {path: m.json, type: metrics}}";
    project.workflow("short", steps);
    let said = project.expect(0, &["run", "short"]);
    assert!(said.contains("`1e999` in line 1 is no number: it counts as absent"), "{said}");
    let told = json(&project, &["metrics", "short@last"]);
    let figures = &told["run"]["metrics"];
    assert_eq!((figures["loss"].as_f64(), figures["auc"].as_f64()), (Some(0.25), Some(0.75)), "{told}");
    assert!(figures.get("odds").is_none(), "{told}");
}

#[test]
fn a_run_without_its_figure_or_with_a_damaged_record_is_told() {
    let project = Project::new();
    let head = "version: 1.0.0\nparams:\n  auc: {type: string, default: '0.8'}\n  \
                day: {type: string, default: '2013-01-01'}";
    let steps = "judge:
  run: |
    echo \"{\\\"auc\\\": $GREENROOM_PARAM_AUC}\" > $GREENROOM_OUTPUT_DIR/m.json
  outputs: {metrics: {path: m.json, type: metrics}}";
    project.workflow_of("model", head, steps);
    let path = support::path_of(&project.events(0, &["run", "model", "--json"]));
    for (auc, day) in [("NaN", "2013-01-02"), ("null", "2013-01-10")] {
        project
            .expect(0, &["run", "model", "--param", &format!("auc={auc}"), "--param", &format!("day={day}")]);
    }
    let told = project.expect(0, &["metrics", "model"]);
    assert!(told.contains("1 run, and 2 runs without figures, the newest "), "{told}");
    assert!(told.contains("2 newer runs are without it"), "{told}");
    assert_eq!(json(&project, &["metrics", "model"])["without_figures"].as_array().unwrap().len(), 2);
    let since = |day: &str| tokens(&json(&project, &["runs", "--where", &format!("day >= {day}")])).len();
    assert_eq!((since("2013-01-01"), since("2013-01-02"), since("2013-01-09")), (3, 2, 1));

    // As every command that looks, without a project.
    let aside = tempfile::tempdir().unwrap();
    let told = project.command(&["metrics", path.to_str().unwrap()]).current_dir(&aside).output().unwrap();
    assert!(support::text(&told.stdout).contains("auc"), "{}", support::text(&told.stderr));

    let damaged = || project.expect(0, &["runs"]).matches("damaged").count();
    assert_eq!(damaged(), 0);
    // Of the same size: only who sums it sees that.
    let file = path.join("judge/m.json");
    let put = |content: &[u8]| {
        std::fs::remove_file(&file).unwrap();
        std::fs::write(&file, content).unwrap();
    };
    let shown = || json(&project, &["show", path.to_str().unwrap()])["damaged"].clone();
    let kept = std::fs::read(&file).unwrap();
    put(&vec![b' '; kept.len()]);
    assert_eq!((shown(), damaged()), (true.into(), 0));
    put(&kept[1..]);
    assert_eq!((shown(), damaged()), (true.into(), 1));
    put(&kept);
    assert_eq!((shown(), damaged()), (false.into(), 0));
    let manifest = path.join("_run/steps/judge.json");
    std::fs::remove_file(manifest).unwrap();
    assert_eq!(damaged(), 1);
    let last = json(&project, &["runs", "--limit", "1"])[0]["path"].as_str().unwrap().to_owned();
    std::fs::write(std::path::Path::new(&last).join("_run/plan.json"), "").unwrap();
    assert_eq!(damaged(), 2);
}

#[test]
fn a_figure_that_was_changed_since_the_index_read_it_finds_no_run() {
    let project = Project::new();
    project.workflow_of("model", HEAD, STEPS);
    let events = project.events(0, &["run", "model", "--json"]);
    let found = || project.expect(0, &["runs", "--where", "loss < 0.3"]);
    assert!(found().contains("succeeded"), "{}", found());
    let metrics = path_of(&events).join("train/progress.jsonl");
    let (kept, was) = (project.dir.join("kept.jsonl"), read(&metrics));
    std::fs::rename(&metrics, &kept).unwrap();
    std::fs::write(&metrics, was.replace("0.25", "0.125")).unwrap();
    let told = found();
    assert!(told.contains("No run is like this") && told.contains("changed"), "{told}");
}
