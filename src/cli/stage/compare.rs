use std::sync::atomic::AtomicBool;

use super::asks::Asks;
use super::code::BothCodes;
use crate::cli::{Place, Workspace};
use crate::domain::Name;
use crate::domain::compare::Comparison;
use crate::store::{self, Recorded};

/// Compares two runs, the code that they were made of included. `key`: columns by which rows are told apart. `place`: the
/// project whose snapshots may have that code; without one it comes from the runs' own copies.
pub fn compare(
    place: Option<&Place>,
    old: &Recorded,
    new: &Recorded,
    key: &[String],
    given_up: &AtomicBool,
) -> Comparison {
    let codes = BothCodes::read(place, old, new);
    let mut comparison = store::compare_runs(old, new, key, codes.changes.clone(), given_up);
    codes.fill(&mut comparison);
    let asked = place.map(|place| asked_for(place, &comparison.new.name)).unwrap_or_default();
    comparison.leading.splice(..0, asked);
    comparison
}

/// The figures that a workflow's spec judges its runs by.
fn asked_for(place: &Place, name: &Name) -> Vec<Vec<String>> {
    let Ok(workspace) = Workspace::open(Some(&place.root)) else { return Vec::new() };
    workspace.specs.workflows.get(name).map(|workflow| Asks::of(workflow).leading()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::compare::{Change, ComparedRun};
    use crate::domain::{Status, scene};

    #[test]
    fn what_the_spec_judges_by_is_told_before_what_moved_further() {
        let dir = tempfile::tempdir().unwrap();
        let root = camino::Utf8Path::from_path(dir.path()).unwrap();
        let project = "greenroom: 1\nkind: project\nname: flights\n\
                       images: {default: {base: 'debian:bookworm-slim', apt: [python3]}}\n";
        fs_err::write(root.join("greenroom.yaml"), project).unwrap();
        fs_err::create_dir(root.join("blueprints")).unwrap();
        let blueprint = "greenroom: 1
kind: blueprint
name: model
version: 1.0.0
accept: evaluate.m.auc >= 0.7 and log_loss < 1
components:
  extract: {run: x, outputs: {rows: {path: rows.parquet}}}
  preprocess: {run: x, inputs: {rows: '${{ steps.extract.outputs.rows }}'}, outputs: {features: {path: f}}}
  train: {run: x, inputs: {f: '${{ steps.preprocess.outputs.features }}'}, outputs: {model: {path: m, type: model}}}
  predict: {run: x, inputs: {model: '${{ steps.train.outputs.model }}'}, outputs: {scores: {path: s}}}
  evaluate: {run: x, inputs: {s: '${{ steps.predict.outputs.scores }}'}, outputs: {m: {path: m.json, type: metrics}}}
monitors:
  - {name: few, kind: metric, metric: rows, min: 10}
";
        fs_err::write(root.join("blueprints/model.yaml"), blueprint).unwrap();
        let asked = asked_for(&Place { root: root.to_owned() }, &Name::new("model").unwrap());
        assert_eq!(asked, [vec!["evaluate.m.auc", "auc"], vec!["log_loss"], vec!["rows"]]);

        let figure = |(name, old, new): (&str, f64, f64)| Change {
            name: name.to_owned(),
            old: Some(old),
            new: Some(new),
        };
        let moved = [("auc", 0.74, 0.69), ("leaves", 9.0, 1.0), ("log_loss", 0.4, 0.9), ("rows", 40.0, 27.0)];
        let run = ComparedRun::of(&scene::run(Status::Succeeded));
        let mut found = Comparison {
            old: run.clone(),
            new: run,
            first: None,
            planned: true,
            other_tree: false,
            leading: asked,
            params: Vec::new(),
            images: Vec::new(),
            metrics: moved.map(figure).into(),
            code: Vec::new(),
            steps: Vec::new(),
            damaged: Vec::new(),
            doubts: Vec::new(),
        };
        let mut told = Vec::new();
        while let Some(name) = found.moved_most().map(|metric| metric.name.clone()) {
            found.metrics.retain(|metric| metric.name != name);
            told.push(name);
        }
        assert_eq!(told, ["auc", "log_loss", "rows", "leaves"]);
    }
}
