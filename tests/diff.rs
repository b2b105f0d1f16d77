//! Two runs of a blueprint with a planted fault, compared: where they first parted is told in one sentence.
#![allow(clippy::unwrap_used)]

mod support;

use serde_json::Value;
use support::{Project, path_of, read};

const BLUEPRINT: &str = "greenroom: 1
kind: blueprint
name: lateness
version: 1.0.0
params: {late: {type: int, default: 15}}
components:
  extract:
    uses: sql_export
    with: {query_file: sql/flights.sql, format: parquet}
  preprocess:
    files: [prepare.py]
    run: python3 prepare.py \"$GREENROOM_INPUT_FLIGHTS\" \"$GREENROOM_OUTPUT_DIR/features.parquet\"
    inputs: {flights: '${{ steps.extract.outputs.extract }}'}
    outputs: {features: {path: features.parquet, expect: {unique: [id]}}}
  train:
    files: [learn.py]
    run: python3 learn.py train
    inputs: {features: '${{ steps.preprocess.outputs.features }}'}
    outputs: {model: {path: model.json, type: model}}
  predict:
    files: [learn.py]
    run: python3 learn.py predict
    inputs: {features: '${{ steps.preprocess.outputs.features }}', model: '${{ steps.train.outputs.model }}'}
    outputs: {scores: {path: scores.csv}}
  evaluate:
    files: [learn.py]
    run: python3 learn.py evaluate
    inputs: {scores: '${{ steps.predict.outputs.scores }}', flights: '${{ steps.extract.outputs.extract }}'}
    outputs: {metrics: {path: metrics.json, type: metrics}}
";

const FLIGHTS: &str = "
SELECT id, MOD(id * 37, 101) - 20 AS dep_delay, MOD(id * 37, 101) - 35 + MOD(id * 53, 61) AS arr_delay,
    IF(MOD(id, 3) = 0, 'UA', 'AA') AS carrier
FROM UNNEST(GENERATE_ARRAY(1, 1000)) AS id
";

const PREPARE: &str = "
import sys
import duckdb

rows = duckdb.read_parquet(sys.argv[1])
features = duckdb.sql('SELECT id, carrier, CASE WHEN id % 50 > 0 THEN dep_delay END AS dep_delay FROM rows ORDER BY id')
features.write_parquet(sys.argv[2])
";

const LEARN: &str = "
import json
import os
import sys
import duckdb

given, out = (lambda name: os.environ['GREENROOM_INPUT_' + name]), os.environ['GREENROOM_OUTPUT_DIR']
if sys.argv[1] == 'train':
    mean = duckdb.sql(f\"SELECT round(avg(dep_delay), 6) FROM '{given('FEATURES')}'\").fetchone()[0]
    json.dump({'mean': mean}, open(out + '/model.json', 'w'))
elif sys.argv[1] == 'predict':
    mean = json.load(open(given('MODEL')))['mean']
    scores = duckdb.sql(f\"SELECT id, coalesce(dep_delay, {mean}) AS score FROM '{given('FEATURES')}' ORDER BY id\")
    scores.write_csv(out + '/scores.csv')
else:
    late = os.environ['GREENROOM_PARAM_LATE']
    auc = duckdb.sql(f\"\"\"
        WITH judged AS (SELECT score, arr_delay > {late} AS late
            FROM '{given('SCORES')}' JOIN '{given('FLIGHTS')}' USING (id))
        SELECT avg(CASE WHEN a.score > b.score THEN 1 WHEN a.score = b.score THEN 0.5 ELSE 0 END)
        FROM judged a, judged b WHERE a.late AND NOT b.late
    \"\"\").fetchone()[0]
    json.dump({'auc': auc, 'rows': 1000}, open(out + '/metrics.json', 'w'))
";

fn made() -> Project {
    let project = Project::with_warehouse();
    project.file("blueprints/lateness.yaml", BLUEPRINT);
    project.file("sql/flights.sql", FLIGHTS);
    project.file("prepare.py", PREPARE);
    project.file("learn.py", LEARN);
    project.file("notes.txt", "nobody reads this\n");
    project.expect(0, &["check"]);
    project
}

fn json(project: &Project, code: i32, words: &[&str]) -> Value {
    let output = project.run(words);
    assert_eq!(output.status.code(), Some(code), "{words:?}: {}", support::text(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn differing<'a>(document: &'a Value, part: &str) -> Vec<&'a str> {
    let changes = document[part].as_array().unwrap().iter();
    changes
        .filter(|change| change["old"] != change["new"])
        .map(|change| change["name"].as_str().unwrap())
        .collect()
}

#[test]
fn the_sentence_names_the_column_in_which_a_planted_fault_shows_first() {
    let project = made();
    let run = |more: &[&str]| {
        let mut words = vec!["run", "lateness", "--json"];
        words.extend(more);
        project.events(0, &words)
    };
    let good = path_of(&run(&[]));
    run(&[]);
    let equal = project.expect(0, &["diff", "@-2", "@last"]);
    assert!(equal.starts_with("The runs are equal"), "{equal}");

    // Every eleventh row lacks its value.
    project.file("prepare.py", PREPARE.replace("id % 50 > 0", "id % 50 > 0 AND id % 100 > 9"));
    project.file("notes.txt", "still nobody reads this\n");
    let bad = path_of(&run(&[]));
    let told = project.expect(1, &["diff", "@-2", "@last"]);
    let first = told.lines().next().unwrap();
    assert_eq!(
        first,
        "auc 0.92 → 0.89: first parted at preprocess, features.parquet, dep_delay: nulls 2 % → 11 %"
    );
    assert!(told.contains("What differs for preprocess: prepare.py"), "{told}");
    assert!(told.contains("CASE WHEN id % 50 > 0 AND id % 100 > 9"), "the changed line is shown: {told}");
    assert!(told.contains("1,000 rows · 90 changed by id"), "{told}");
    assert!(!told.contains("still nobody") && told.contains("notes.txt"), "by its name alone: {told}");
    assert!(!told.contains("extract.parquet"), "what is the same is left out: {told}");
    assert!(project.expect(1, &["diff", "@-2", "@last", "--all"]).contains("extract.parquet"));

    let document = json(&project, 1, &["diff", "@-2", "@last", "--json"]);
    assert_eq!(document["sentence"], first);
    assert_eq!(document["first"]["column"], "dep_delay");
    assert_eq!(document["steps"][1]["artifacts"][0]["table"]["keyed"]["changed"], 90);
    assert_eq!(differing(&document, "metrics"), ["auc"]);

    // Copied runs compare by their directories alone, whoever has the project.
    let elsewhere = Project::bare();
    for (name, from) in [("good", &good), ("bad", &bad)] {
        let to = elsewhere.dir.join(name);
        let copied = std::process::Command::new("cp").arg("-r").args([from, &to]).status().unwrap();
        assert!(copied.success());
    }
    let copies = elsewhere.expect(1, &["diff", "./good", "./bad"]);
    assert_eq!(copies.lines().next(), Some(first));
    assert!(copies.contains("id % 100 > 9"), "{copies}");

    // It was mended since, and what another run made of it is gone on with.
    project.file("prepare.py", PREPARE);
    run(&["--from", "train"]);
    let told = project.expect(1, &["diff", &good.display().to_string(), "@last"]);
    assert!(told.contains("What differs for preprocess: prepare.py\n"), "{told}");
    assert!(told.contains("CASE WHEN id % 50 > 0 AND id % 100 > 9"), "as who made it saw it: {told}");

    // A parameter that moves nothing but what asks for it.
    run(&["--param", "late=30"]);
    let told = project.expect(1, &["diff", &good.display().to_string(), "@last"]);
    assert!(told.contains("first parted at evaluate, metrics.json"), "{told}");
    assert!(told.contains("What differs for evaluate: parameter late"), "{told}");
    let unused = project.expect(1, &["diff", "@-2", "@last", "--key", "nosuch"]);
    assert!(unused.contains("no table that differs has the key nosuch"), "{unused}");
    let other = json(&project, 1, &["diff", "@-2", "@last", "--key", "id", "--json"]);
    assert_eq!(differing(&other, "params"), ["late"]);

    // A use case, and a run that failed, compare as far as they go.
    run(&["--use-case", "prediction"]);
    let told = project.expect(1, &["diff", "@-5", "@last"]);
    assert!(told.starts_with("What both made is the same; only the first run has evaluate"), "{told}");
    project.file("prepare.py", "raise SystemExit(3)\n");
    project.events(1, &["run", "lateness", "--json"]);
    let told = project.expect(1, &["diff", "@-2", "@failed"]);
    assert!(told.contains("First parted at preprocess: succeeded → failed"), "{told}");
    let wrong = project.expect(2, &["diff", "@last", "nosuch@last"]);
    assert!(wrong.contains("names no run"), "{wrong}");

    // What is damaged is told of, and hides nothing else.
    let features = read(bad.join("_run/plan.json"));
    std::fs::write(bad.join("_run/plan.json"), &features[..features.len() / 2]).unwrap();
    let told = project.expect(1, &["diff", &good.display().to_string(), &bad.display().to_string()]);
    assert!(told.contains("its plan is not known") && told.contains("dep_delay"), "{told}");
}
