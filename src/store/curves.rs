use indexmap::IndexMap;
use serde_json::{Map, Value};

use super::figures::{Outputs, metrics_outputs};
use super::lines::{label_of, place_in, telling};
use super::metrics::object;
use super::points::{called, keys_in, place_beside};
use crate::domain::{Curve, RunLayout, Token};
use crate::engine::StoreError;

/// Curves of one file.
const MOST: usize = 200;

/// The lists of points and the JSON Lines among a run's metrics.
pub fn curves(layout: &RunLayout, token: Token, which: Outputs) -> Result<Vec<Curve>, StoreError> {
    let mut curves = Vec::new();
    for file in metrics_outputs(layout, token, which, &|_| true)?.files {
        let output = format!("{}.{}", file.node, file.output);
        curves.extend(in_text(&file.text).into_iter().map(|(name, (over, points))| Curve {
            output: output.clone(),
            name,
            over,
            points,
        }));
    }
    Ok(curves)
}

type Points = IndexMap<String, (String, Vec<(f64, f64)>)>;

fn in_text(text: &str) -> Points {
    let mut all = Points::new();
    if let Ok(metrics) = object(text)
        && !metrics.is_empty()
        && metrics.values().any(Value::is_array)
    {
        for (name, value) in &metrics {
            let Value::Array(points) = value else { continue };
            let keys = keys_in(points);
            let mut add = |name: String, over: &str, x: Option<f64>, y: f64, at: usize| {
                let (counted, points) = all.entry(name).or_default();
                over.clone_into(counted);
                points.push((x.unwrap_or(at as f64 + 1.0), y));
            };
            for (at, value) in points.iter().enumerate() {
                if let Some((x, y)) = pair(value) {
                    add(name.clone(), "", x, y, at);
                }
                let Value::Object(point) = value else { continue };
                for key in &keys {
                    let Some(y) = point.get(*key).and_then(Value::as_f64) else { continue };
                    let over = place_beside(point, key);
                    let x = over.and_then(|name| point[name].as_f64());
                    add(called(name, key, &keys), over.unwrap_or_default(), x, y, at);
                }
            }
        }
        return all;
    }
    let lines = || text.lines().filter_map(|line| object(line).ok());
    let apart = telling(lines());
    for (at, line) in lines().enumerate() {
        add_line(&mut all, at, &line, &apart);
    }
    // One line alone is a set of figures and no curve.
    all.retain(|_, (_, points)| points.len() > 1);
    all
}

fn add_line(all: &mut Points, at: usize, line: &Map<String, Value>, telling: &[String]) {
    let over = place_in(line);
    let x = over.and_then(|name| line[name].as_f64()).unwrap_or(at as f64 + 1.0);
    let apart = label_of(line, telling);
    for (name, value) in line {
        if let Some(value) = value.as_f64().filter(|_| Some(name.as_str()) != over) {
            let label = format!("{name}{apart}");
            if all.len() >= MOST && !all.contains_key(&label) {
                continue;
            }
            let (counted, points) = all.entry(label).or_default();
            *counted = over.unwrap_or_default().to_owned();
            points.push((x, value));
        }
    }
}

/// A number; or a place and a number.
fn pair(value: &Value) -> Option<(Option<f64>, f64)> {
    match value {
        Value::Array(pair) => match pair.as_slice() {
            [x, y] => Some((x.as_f64(), y.as_f64()?)),
            [y] => Some((None, y.as_f64()?)),
            _ => None,
        },
        plain => Some((None, plain.as_f64()?)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Read = (String, String, Vec<(f64, f64)>);

    fn read(text: &str) -> Vec<Read> {
        in_text(text).into_iter().map(|(name, (over, points))| (name, over, points)).collect()
    }

    fn curve(name: &str, over: &str, points: &[(f64, f64)]) -> Read {
        (name.to_owned(), over.to_owned(), points.to_vec())
    }

    #[test]
    fn a_point_that_is_no_number_leaves_a_gap() {
        let lines =
            "{\"epoch\": 1, \"loss\": 0.5}\n{\"epoch\": 2, \"loss\": NaN}\n{\"epoch\": 3, \"loss\": 0.25}\n";
        assert_eq!(read(lines), [curve("loss", "epoch", &[(1.0, 0.5), (3.0, 0.25)])]);
        assert_eq!(read("{\"loss\": [3, -Infinity, 1]}"), [curve("loss", "", &[(1.0, 3.0), (3.0, 1.0)])]);
        assert_eq!(read("{\"auc\": NaN, \"f1\": 0.5}"), []);
    }

    #[test]
    fn lines_and_lists_of_points_are_curves() {
        let lines = "{\"epoch\": 1, \"loss\": 0.5, \"fold\": \"a\"}\n{\"epoch\": 2, \"loss\": 0.4, \"fold\": \"a\"}\n\
                     {\"epoch\": 1, \"loss\": 0.6, \"fold\": \"b\"}\n{\"epoch\": 2, \"loss\": 0.3, \"fold\": \"b\"}\n{\"ep";
        assert_eq!(
            read(lines),
            [
                curve("loss fold=a", "epoch", &[(1.0, 0.5), (2.0, 0.4)]),
                curve("loss fold=b", "epoch", &[(1.0, 0.6), (2.0, 0.3)])
            ]
        );
        let lists =
            r#"{"auc": 0.7, "loss": [3, 2], "fit": [{"step": 10, "value": 0.5}], "roc": [[0, 0], [1, 1]]}"#;
        assert_eq!(
            read(lists),
            [
                curve("loss", "", &[(1.0, 3.0), (2.0, 2.0)]),
                curve("fit", "step", &[(10.0, 0.5)]),
                curve("roc", "", &[(0.0, 0.0), (1.0, 1.0)])
            ]
        );
        let plain = r#"{"loss": [{"step": 0, "fit": 1, "val": 2}, {"step": 5, "val": 3}], "auc": [{"step": 4, "auc": 0.5}]}"#;
        assert_eq!(
            read(plain),
            [
                curve("loss.fit", "step", &[(0.0, 1.0)]),
                curve("loss.val", "step", &[(0.0, 2.0), (5.0, 3.0)]),
                curve("auc", "step", &[(4.0, 0.5)])
            ]
        );
        let planes = r#"{"calibration": [{"predicted": 0.04, "observed": 0.16}, {"predicted": 0.5, "observed": 0.4}],
            "late": [{"bin": 1, "rate": 0.2}, {"bin": 2, "rate": 0.3}]}"#;
        assert_eq!(
            read(planes),
            [
                curve("calibration", "predicted", &[(0.04, 0.16), (0.5, 0.4)]),
                curve("late", "bin", &[(1.0, 0.2), (2.0, 0.3)])
            ]
        );
        assert_eq!(read("{\"auc\": 0.7}"), []);
        assert_eq!(read("{\"auc\": 0.7}\n{\"auc\": 0.8}\n"), [curve("auc", "", &[(1.0, 0.7), (2.0, 0.8)])]);
        assert_eq!(read("garbage"), []);
        // Lines of several at one place are no history, nor are those of which each is another's.
        let apart = "{\"epoch\": 2, \"fold\": \"a\", \"loss\": 0.8}\n{\"epoch\": 2, \"fold\": \"b\", \"loss\": 0.3}\n";
        assert_eq!(read(apart), []);
        assert_eq!(read("{\"fold\": \"a\", \"loss\": 0.9}\n{\"fold\": \"b\", \"loss\": 0.4}\n"), []);
        // A time tells no curve from another.
        let timed = "{\"ts\": \"2026-01-01\", \"epoch\": 1, \"loss\": 2}\n{\"ts\": \"2026-01-02\", \"epoch\": 2, \"loss\": 1}\n";
        assert_eq!(read(timed), [curve("loss", "epoch", &[(1.0, 2.0), (2.0, 1.0)])]);
        // Nor where two lines were written in the same second, nor many.
        for times in [["19:10:05", "19:10:06", "19:10:06", "19:10:07"], ["a", "b", "b", "c"], ["19:10:05"; 4]]
        {
            let line = |(at, time): (usize, &str)| {
                format!("{{\"epoch\": {at}, \"time\": \"{time}\", \"loss\": 1}}\n")
            };
            let lines: String = times.into_iter().enumerate().map(line).collect();
            assert_eq!(
                read(&lines),
                [curve("loss", "epoch", &[0.0, 1.0, 2.0, 3.0].map(|at| (at, 1.0)))],
                "{times:?}"
            );
        }
    }
}
