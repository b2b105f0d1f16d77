use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::error::{failed, invalid};
use super::escape::unescape;
use super::kept::manifest;
use super::metrics::LARGEST;
use crate::disk::{Access, open_plain, read_record};
use crate::domain::{Name, NodeId, OutputType, RunLayout, Token};
use crate::engine::StoreError;

/// As much of a plan as tells where figures are: of a hundred thousand runs they are not read as a whole.
#[derive(Deserialize)]
struct Outline {
    nodes: Vec<OutlinedNode>,
}

#[derive(Deserialize)]
struct OutlinedNode {
    id: NodeId,
    outputs: BTreeMap<Name, OutlinedOutput>,
}

#[derive(Deserialize)]
struct OutlinedOutput {
    #[serde(rename = "type")]
    kind: OutputType,
}

/// The figures by which a run is judged: the numbers in its outputs of type metrics, by name. Of a list of points it is
/// the last; where two steps use a name, that of the later one.
pub fn figures(layout: &RunLayout, token: Token) -> Result<BTreeMap<String, f64>, StoreError> {
    let path = layout.plan_json();
    let text = read_record(&path).map_err(failed("cannot read a run's plan"))?;
    let outline: Outline = serde_json::from_slice(&text).map_err(|error| invalid(path, error.to_string()))?;
    let mut figures = BTreeMap::new();
    for node in outline.nodes {
        let mut metrics =
            node.outputs.iter().filter(|(_, output)| output.kind == OutputType::Metrics).peekable();
        if metrics.peek().is_none() {
            continue;
        }
        let Ok(Some(manifest)) = manifest(layout, token, &node.id) else { continue };
        let produced = metrics.filter_map(|(name, _)| manifest.outputs.get(name));
        for path in produced.filter_map(|produced| unescape(&produced.path)) {
            figures.extend(in_file(layout.dir().as_std_path(), &path));
        }
    }
    Ok(figures)
}

/// A file below a run's directory. One that cannot be read, or is no metrics file any more, has none.
fn in_file(dir: &Path, path: &Path) -> BTreeMap<String, f64> {
    let mut text = String::new();
    let file = open_plain(dir, path, Access::Read);
    file.and_then(|file| file.take(LARGEST).read_to_string(&mut text)).ok();
    match serde_json::from_str::<Map<String, Value>>(&text) {
        Ok(metrics) => numbers(metrics),
        // JSON Lines: what a later line says counts.
        Err(_) => text
            .lines()
            .filter_map(|line| serde_json::from_str::<Map<String, Value>>(line).ok())
            .flat_map(numbers)
            .collect(),
    }
}

fn numbers(metrics: Map<String, Value>) -> BTreeMap<String, f64> {
    metrics.into_iter().filter_map(|(name, value)| Some((name, number(&value)?))).collect()
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Array(points) => number(points.last()?),
        // A point of a curve says its place and its value.
        Value::Object(point) => point.get("value").and_then(Value::as_f64),
        plain => plain.as_f64(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(String, f64)> {
        let dir = tempfile::tempdir().unwrap();
        fs_err::write(dir.path().join("m.json"), text).unwrap();
        in_file(dir.path(), Path::new("m.json")).into_iter().collect()
    }

    #[test]
    fn of_points_the_last_counts() {
        let text = r#"{"auc": 0.9, "loss": [1, [2, 0.5]], "fit": [{"step": 1, "value": 0.25}], "none": []}"#;
        let expected = [("auc", 0.9), ("fit", 0.25), ("loss", 0.5)];
        assert_eq!(read(text), expected.map(|(name, value)| (name.to_owned(), value)));
        let lines = "{\"epoch\": 1, \"loss\": 0.5}\n\n{\"epoch\": 2, \"loss\": 0.25, \"fold\": \"a\"}\n";
        assert_eq!(read(lines), [("epoch".to_owned(), 2.0), ("loss".to_owned(), 0.25)]);
        assert_eq!(read("no json"), []);
    }
}
