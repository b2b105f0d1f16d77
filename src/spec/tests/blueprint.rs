//! What a blueprint is, and what is told of one that is wrong.

use super::Files;
use crate::domain::{Kind, Name};

const GOOD: &str = "greenroom: 1
kind: blueprint
name: b
version: 1.2.0
inputs_from: champion
accept: auc >= 0.7 and log_loss < 0.5
compatible_with: '>=1.1, <2'
params: {depth: {type: int, default: 3}}
components:
  extract: {run: x, outputs: {rows: {path: rows.parquet}}}
  preprocess: {run: x, inputs: {rows: '${{ steps.extract.outputs.rows }}'}, outputs: {features: {path: f}}}
  train: {run: x, inputs: {f: '${{ steps.preprocess.outputs.features }}'}, outputs: {model: {path: m, type: model}}}
  predict: {run: x, inputs: {model: '${{ steps.train.outputs.model }}'}, outputs: {scores: {path: s}}}
  evaluate: {run: x, inputs: {s: '${{ steps.predict.outputs.scores }}'}, outputs: {m: {path: m.json, type: metrics}}}
use_cases:
  scoring: [predict, extract]
";

#[test]
fn a_blueprint_is_a_workflow_of_five_components_and_its_use_cases() {
    let files = Files::new().with("blueprints/b.yaml", GOOD);
    assert_eq!(files.problems(), "");
    let specs = files.load();
    let found = &specs.workflows["b"];
    assert_eq!((found.kind, found.file.as_str()), (Kind::Blueprint, "blueprints/b.yaml"));
    let blueprint = found.blueprint.as_ref().unwrap();
    let parts = |case: &str| blueprint.use_cases[case].iter().map(Name::as_str).collect::<Vec<_>>().join(" ");
    assert_eq!(
        blueprint.use_cases.keys().map(Name::as_str).collect::<Vec<_>>(),
        ["training", "prediction", "evaluation", "scoring"]
    );
    assert_eq!(parts("training"), "extract preprocess train predict evaluate");
    assert_eq!(
        (parts("prediction"), parts("scoring")),
        ("extract preprocess predict".into(), "predict extract".into())
    );
    assert!(blueprint.fits(found.version, "1.9.9".parse().unwrap()));
}

#[test]
fn a_version_that_yaml_takes_for_a_number_is_one_as_it_is_written() {
    for (written, fits, fits_not) in [("1", "1.9.0", "2.0.0"), ("1.10", "1.10.3", "1.9.0")] {
        let files = Files::new().with("blueprints/b.yaml", GOOD.replace("'>=1.1, <2'", written));
        assert_eq!(files.problems(), "", "{written}");
        let specs = files.load();
        let found = &specs.workflows["b"];
        let blueprint = found.blueprint.as_ref().unwrap();
        let does = |theirs: &str| blueprint.fits(found.version, theirs.parse().unwrap());
        assert!(does(fits) && !does(fits_not), "{written}");
    }
}

#[test]
fn a_blueprint_is_told_what_is_wrong_with_it_and_where() {
    for (right, wrong, place, code, part) in [
        ("  train: {", "  trian: {", "12:3", "unknown-component", "did you mean `train`?"),
        ("version: 1.2.0\n", "", "1:1", "missing-key", "a blueprint needs `version`"),
        ("components:", "steps:", "9:1", "unknown-key", "did you mean `components`?"),
        (
            "  extract: {run: x, outputs: {rows: {path: rows.parquet}}}\n",
            "",
            "9:1",
            "missing-component",
            "needs the component `extract`",
        ),
        ("[predict, extract]", "[predict, extrct]", "16:22", "unknown-component", "did you mean `extract`?"),
        (
            "[predict, extract]",
            "[train, evaluate]",
            "16:12",
            "missing-component",
            "judges a new model by what an older one has predicted",
        ),
        ("scoring: [predict, extract]", "scoring: []", "16:12", "missing-key", "runs nothing"),
        ("scoring:", "training:", "16:3", "duplicate-name", "known already"),
        ("auc >= 0.7 and", "auc >= and", "6:9", "bad-condition", "compare metrics with numbers"),
        (
            "accept: auc >= 0.7 and log_loss < 0.5",
            "accept: auc",
            "6:9",
            "bad-condition",
            "neither true nor false",
        ),
        ("accept: auc >= 0.7 and log_loss < 0.5", "accept:", "6:1", "bad-condition", "asks for nothing"),
        ("accept: auc >= 0.7 and log_loss < 0.5", "accept: ''", "6:9", "bad-condition", "no expression"),
        ("auc >= 0.7 and", "auc >= 'high' and", "6:9", "bad-condition", "not compared with `high`"),
        ("'>=1.1, <2'", "latest", "7:18", "bad-version", "write 1.2 for all"),
        ("inputs_from: champion", "inputs_from: The Best", "5:14", "bad-name", "The Best"),
        ("steps.extract.outputs.rows", "steps.extract.outputs.row", "11:44", "unknown-output", "rows"),
    ] {
        assert!(GOOD.contains(right), "{right}");
        let told = Files::new().with("blueprints/b.yaml", GOOD.replacen(right, wrong, 1)).problems();
        let expected = format!("blueprints/b.yaml:{place} {code}: ");
        assert!(
            told.starts_with(&expected) && told.contains(part),
            "{wrong}\n  expected {expected}{part}\n  told {told}"
        );
    }
}

#[test]
fn a_missing_component_is_told_once_for_each() {
    let told = Files::new()
        .with("blueprints/b.yaml", "greenroom: 1\nkind: blueprint\nname: b\nversion: 1.0.0\ncomponents: {}\n")
        .problems();
    assert_eq!(told.lines().filter(|line| line.contains("missing-component")).count(), 5, "{told}");
}
