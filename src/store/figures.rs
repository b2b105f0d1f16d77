use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use camino::Utf8Path;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::error::{failed, invalid};
use super::kept::manifest;
use super::lines::{label_of, place_in, telling};
use super::metrics::{LARGEST, object};
use super::points::{called, keys_in};
use crate::disk::{Access, open_plain, read_record};
use crate::domain::counters::is_place_in_time;
use crate::domain::escape::unescape;
use crate::domain::{Digest, Name, NodeId, OutputFigures, OutputType, RunFigures, RunLayout, Status, Token};
use crate::engine::StoreError;

/// As much of a plan as tells where figures are: of a hundred thousand runs they are not read as a whole.
#[derive(Deserialize)]
struct Outline {
    /// Of a blueprint.
    use_case: Option<Name>,
    nodes: Vec<OutlinedNode>,
}

#[derive(Deserialize)]
struct OutlinedNode {
    id: NodeId,
    outputs: BTreeMap<Name, OutlinedOutput>,
}

#[derive(Deserialize)]
struct OutlinedOutput {
    path: String,
    #[serde(rename = "type")]
    kind: OutputType,
}

/// Which of a run's outputs are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outputs {
    /// Those it made itself, by steps that have succeeded. What it took over are figures of the run that made them: in a
    /// history each counts once.
    Own,
    /// The same, and what the last try of others has written so far.
    OwnUnderway,
    /// All that steps have which succeeded, also those that were taken over.
    Held,
    /// Those, and what the last try of others has written so far.
    Underway,
}

impl Outputs {
    /// What a run holds, for who looks at it: of one that may go on, also what it has written so far.
    pub fn of_run(status: Status) -> Self {
        match status {
            Status::Running | Status::Interrupted => Self::Underway,
            _ => Self::Held,
        }
    }

    fn underway(self) -> bool {
        matches!(self, Self::OwnUnderway | Self::Underway)
    }

    fn own(self) -> bool {
        matches!(self, Self::Own | Self::OwnUnderway)
    }
}

/// The component of a blueprint by whose figures a run is judged.
pub const JUDGE: &str = "evaluate";
/// The one that makes what is judged.
const MAKER: &str = "train";

/// A metrics file.
pub(super) struct MetricsFile {
    pub node: NodeId,
    pub output: Name,
    pub text: String,
}

/// A metrics file as it was when it was read: whether it is still the same is asked without reading it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct FigureFile {
    /// Below the run's directory, escaped.
    path: String,
    /// Length, and nanoseconds since 1970; None: it was not there.
    stamp: Option<(u64, i64)>,
}

impl FigureFile {
    fn of(dir: &Utf8Path, path: &str) -> Self {
        let facts =
            unescape(path).and_then(|path| std::fs::symlink_metadata(dir.as_std_path().join(path)).ok());
        let stamp = facts.map(|facts| {
            let modified = facts.mtime().saturating_mul(1_000_000_000).saturating_add(facts.mtime_nsec());
            (facts.len(), modified)
        });
        Self { path: path.to_owned(), stamp }
    }

    pub fn is_as_it_was(&self, dir: &Utf8Path) -> bool {
        *self == Self::of(dir, &self.path)
    }
}

/// What a plan says of figures.
#[derive(Default)]
pub(super) struct MetricsFiles {
    pub is_blueprint: bool,
    /// The run makes what an evaluation is to judge, and none has.
    pub unjudged: bool,
    /// In the plan's order.
    pub files: Vec<MetricsFile>,
    /// `step.output` of those that are not what the step left: what they say counts for nothing.
    pub altered: Vec<String>,
    /// Those that finished steps left, whatever is in them.
    seen: Vec<FigureFile>,
}

/// The figures of a run: the numbers in its outputs of type metrics, and of lists of points that follow each other the
/// last. A file that somebody changed since has none.
pub fn figures(layout: &RunLayout, token: Token, which: Outputs) -> Result<RunFigures, StoreError> {
    figures_of(layout, token, which, &|_| true)
}

/// The same of those steps alone whose figures count: what others say is as if they had not said it.
pub fn figures_of(
    layout: &RunLayout,
    token: Token,
    which: Outputs,
    counts: &dyn Fn(&NodeId) -> bool,
) -> Result<RunFigures, StoreError> {
    Ok(named(metrics_outputs(layout, token, which, counts)?))
}

/// The figures that a run made itself, and the files that they are of.
pub(super) fn own_figures(
    layout: &RunLayout,
    token: Token,
) -> Result<(RunFigures, Vec<FigureFile>), StoreError> {
    let mut found = metrics_outputs(layout, token, Outputs::Own, &|_| true)?;
    let seen = std::mem::take(&mut found.seen);
    Ok((named(found), seen))
}

fn named(found: MetricsFiles) -> RunFigures {
    let MetricsFiles { is_blueprint, unjudged, files, altered, .. } = found;
    let found = files.into_iter().map(|MetricsFile { node, output, text }| {
        let Said { values, none } = in_text(&text);
        OutputFigures { node, output, values, none }
    });
    let judge = is_blueprint.then_some(JUDGE);
    RunFigures { altered, ..RunFigures::named(&found.collect::<Vec<_>>(), judge, unjudged) }
}

pub(super) fn metrics_outputs(
    layout: &RunLayout,
    token: Token,
    which: Outputs,
    counts: &dyn Fn(&NodeId) -> bool,
) -> Result<MetricsFiles, StoreError> {
    let path = layout.plan_json();
    let text = match read_record(&path) {
        Ok(text) => text,
        // Nobody can say which of its files would be figures.
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Ok(MetricsFiles::default());
        }
        Err(error) => return Err(failed("cannot read a run's plan")(error)),
    };
    let outline: Outline = serde_json::from_slice(&text).map_err(|error| invalid(path, error.to_string()))?;
    let mut found = MetricsFiles { is_blueprint: outline.use_case.is_some(), ..MetricsFiles::default() };
    // Whether there is a step that judges by figures, whether it has, and whether there is something to be judged.
    let (mut judges, mut judged, mut made) = (None, false, false);
    for node in outline.nodes {
        let of_metrics = |(_, output): &(&Name, &OutlinedOutput)| output.kind == OutputType::Metrics;
        let mut metrics = node.outputs.iter().filter(of_metrics).peekable();
        let is_judge = node.id.step.as_str() == JUDGE;
        if is_judge {
            judges = Some(metrics.peek().is_some());
        }
        if metrics.peek().is_none() || !counts(&node.id) {
            continue;
        }
        let manifest = manifest(layout, token, &node.id).ok().flatten();
        let is_taken = manifest.as_ref().is_some_and(|manifest| manifest.taken_from.is_some());
        made |= node.id.step.as_str() == MAKER && !is_taken;
        if which.own() && is_taken {
            judged |= is_judge;
            continue;
        }
        let trial = || last_trial(layout, &node.id).filter(|_| which.underway());
        for (name, output) in metrics {
            let text = match &manifest {
                Some(manifest) => {
                    let produced = manifest.outputs.get(name);
                    // Looked at before it is read: what changes meanwhile is then seen as a change.
                    found.seen.extend(produced.map(|produced| FigureFile::of(layout.dir(), &produced.path)));
                    let path = produced.and_then(|produced| unescape(&produced.path));
                    let content = path.and_then(|path| read(layout.dir().as_std_path(), &path));
                    let is_other = |content: &Vec<u8>| {
                        produced.is_some_and(|produced| Digest::of(content) != produced.sha256)
                    };
                    if content.as_ref().is_some_and(is_other) {
                        found.altered.push(format!("{}.{name}", node.id));
                        continue;
                    }
                    content
                }
                None => trial().and_then(|dir| read(layout.record().as_std_path(), &dir.join(&output.path))),
            };
            // What has bytes that are none of a text is no metrics file.
            let Some(text) = text.and_then(|content| String::from_utf8(content).ok()) else { continue };
            judged |= is_judge;
            found.files.push(MetricsFile { node: node.id.clone(), output: name.clone(), text });
        }
    }
    found.unjudged = found.is_blueprint && !judged && judges.unwrap_or(made);
    Ok(found)
}

/// Where the last try of a step writes, below the run's record.
fn last_trial(layout: &RunLayout, node: &NodeId) -> Option<PathBuf> {
    let tries = fs_err::read_dir(layout.record().join("work")).ok()?.flatten().filter_map(|entry| {
        let name = entry.file_name().into_string().ok()?;
        let attempt: u32 = name.strip_prefix(&format!("{node}."))?.parse().ok()?;
        Some((attempt, name))
    });
    tries.max().map(|(_, name)| Path::new("work").join(name))
}

/// None: it cannot be read. Of one that is too large to be a metrics file a byte more than such has.
fn read(dir: &Path, path: &Path) -> Option<Vec<u8>> {
    let mut content = Vec::new();
    open_plain(dir, path, Access::Read).ok()?.take(LARGEST + 1).read_to_end(&mut content).ok()?;
    Some(content)
}

/// Its figures, and the names under which it has none.
#[derive(Default)]
struct Said {
    values: BTreeMap<String, f64>,
    none: BTreeSet<String>,
}

fn in_text(text: &str) -> Said {
    let mut found = Said::default();
    match object(text) {
        Ok(metrics) => take_in(&mut found, metrics),
        // JSON Lines: what a later line says counts, of those that a text tells apart each for itself.
        Err(_) => {
            let lines = || text.lines().filter_map(|line| object(line).ok());
            let telling = telling(lines());
            // What the others are drawn over is no figure; where there are no others, it is all there is.
            let mut places = Map::new();
            for mut line in lines() {
                let place = place_in(&line).and_then(|name| line.remove_entry(name));
                places.extend(place);
                take_in(&mut found, labelled(line, &telling));
            }
            if found.values.is_empty() && found.none.is_empty() {
                take_in(&mut found, places);
            }
        }
    }
    found
}

fn labelled(line: Map<String, Value>, telling: &[String]) -> Map<String, Value> {
    let label = label_of(&line, telling);
    if label.is_empty() {
        return line;
    }
    line.into_iter().map(|(name, value)| (name + &label, value)).collect()
}

/// One that came to no number has no figure: not the one that it had before.
fn take_in(Said { values, none }: &mut Said, metrics: Map<String, Value>) {
    for (name, value) in metrics {
        if value.is_null() {
            values.remove(&name);
            none.insert(name);
        } else {
            for (name, number) in numbers(name, &value) {
                none.remove(&name);
                values.insert(name, number);
            }
        }
    }
}

/// A figure, or of a list of points one for each key under which they have values.
fn numbers(name: String, value: &Value) -> Vec<(String, f64)> {
    match value {
        Value::Array(points) => last(&name, points),
        plain => plain.as_f64().map(|number| (name, number)).into_iter().collect(),
    }
}

/// Of points that follow each other: numbers; such as say by what they are counted, or nothing but a value; pairs whose
/// places rise in whole steps. Of others, such as those of a calibration, the last means nothing.
fn last(name: &str, points: &[Value]) -> Vec<(String, f64)> {
    let counts = |name: &String| is_place_in_time(name);
    let mut before = f64::NEG_INFINITY;
    let mut rises = |place: f64| {
        let rises = place.fract() == 0.0 && place > before;
        before = place;
        rises
    };
    let follow = points.iter().all(|point| match point {
        Value::Object(point) => point.len() == 1 || point.keys().any(counts),
        Value::Array(pair) if pair.len() > 1 => pair[0].as_f64().is_some_and(&mut rises),
        _ => true,
    });
    let one = |value: &Value| value.as_f64().map(|number| (name.to_owned(), number));
    match points.last().filter(|_| follow) {
        Some(Value::Object(point)) => {
            let keys = keys_in(points);
            let figure = |key: &&str| Some((called(name, key, &keys), point.get(*key)?.as_f64()?));
            keys.iter().filter_map(figure).collect()
        }
        Some(Value::Array(pair)) => pair.last().and_then(one).into_iter().collect(),
        Some(plain) => one(plain).into_iter().collect(),
        None => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(String, f64)> {
        in_text(text).values.into_iter().collect()
    }

    #[test]
    fn of_points_the_last_counts() {
        let text = r#"{"auc": 0.9, "loss": [1, [2, 0.5]], "fit": [{"step": 1, "value": 0.25}], "none": []}"#;
        let expected = [("auc", 0.9), ("fit", 0.25), ("loss", 0.5)];
        assert_eq!(read(text), expected.map(|(name, value)| (name.to_owned(), value)));
        let lines = "{\"epoch\": 1, \"loss\": 0.5}\n\n{\"epoch\": 2, \"loss\": 0.25, \"fold\": \"a\"}\n";
        assert_eq!(read(lines), [("loss".to_owned(), 0.25)]);
        assert_eq!(read("no json"), []);
        // Without the key `value`, what stands beside the count is it.
        let plain = r#"{"loss": [{"step": 0, "loss": 1.0}, {"step": 1, "loss": 0.9}]}"#;
        assert_eq!(read(plain), [("loss".to_owned(), 0.9)]);
        let several = r#"{"loss": [{"step": 0, "fit": 1, "val": 2}, {"step": 1, "fit": 0.5, "val": 0.75}]}"#;
        assert_eq!(read(several), [("loss.fit".to_owned(), 0.5), ("loss.val".to_owned(), 0.75)]);
    }

    #[test]
    fn lines_that_a_text_tells_apart_have_a_figure_each() {
        let told = |figures: &[(&str, f64)]| -> Vec<(String, f64)> {
            figures.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect()
        };
        let ends = "{\"epoch\": 2, \"fold\": \"a\", \"loss\": 0.8}\n{\"epoch\": 2, \"fold\": \"b\", \"loss\": 0.3}\n";
        let apart = told(&[("loss fold=a", 0.8), ("loss fold=b", 0.3)]);
        assert_eq!(read(ends), apart);
        let begun = "{\"epoch\": 1, \"fold\": \"a\", \"loss\": 0.9}\n{\"epoch\": 1, \"fold\": \"b\", \"loss\": 0.7}\n";
        assert_eq!(read(&format!("{begun}{ends}")), apart);
        let bare = "{\"fold\": \"a\", \"loss\": 0.9}\n{\"fold\": \"b\", \"loss\": 0.4}\n";
        assert_eq!(read(bare), told(&[("loss fold=a", 0.9), ("loss fold=b", 0.4)]));
        // What came to no number in one fold is that of no other.
        let none = ends.replace("0.8", "NaN");
        assert_eq!(read(&none), told(&[("loss fold=b", 0.3)]));
        assert_eq!(in_text(&none).none.into_iter().collect::<Vec<_>>(), ["loss fold=a"]);
    }

    #[test]
    fn what_lines_are_drawn_over_is_no_figure() {
        let figure = |name: &str, value| vec![(name.to_owned(), value)];
        for place in ["step", "epoch", "x", "n"] {
            let lines = format!("{{\"{place}\": 1, \"loss\": 0.5}}\n{{\"{place}\": 6, \"loss\": 0.25}}\n");
            assert_eq!(read(&lines), figure("loss", 0.25), "{place}");
        }
        // Of several the first is, and what is drawn over nothing is a figure.
        let both = "{\"step\": 10, \"epoch\": 1}\n{\"step\": 20, \"epoch\": 2}\n";
        assert_eq!(read(both), figure("epoch", 2.0));
        assert_eq!(read("{\"epoch\": 1}\n{\"epoch\": 2}\n"), figure("epoch", 2.0));
        assert_eq!(read("{\"epoch\": 7}"), figure("epoch", 7.0));
    }

    #[test]
    fn what_came_to_no_number_has_no_figure_and_hides_no_other() {
        let lines =
            "{\"epoch\": 1, \"loss\": 0.5, \"auc\": 0.6}\n{\"epoch\": 2, \"loss\": NaN, \"auc\": 0.7}\n";
        assert_eq!(read(lines), [("auc".to_owned(), 0.7)]);
        assert_eq!(read(&format!("{lines}{{\"loss\": 0.25}}\n")).last(), Some(&("loss".to_owned(), 0.25)));
        let listed = "{\"loss\": [0.5, NaN], \"auc\": [NaN, 0.7], \"f1\": -Infinity,\n\"n\": 3}";
        assert_eq!(read(listed), [("auc".to_owned(), 0.7), ("n".to_owned(), 3.0)]);
    }

    #[test]
    fn of_points_that_are_no_history_none_is_a_figure() {
        for text in [
            r#"{"calibration": [{"predicted": 0.1, "value": 0.2}, {"predicted": 0.9, "value": 0.97}]}"#,
            r#"{"calibration": [{"predicted": 0.04, "observed": 0.16}, {"predicted": 0.5, "observed": 0.4}]}"#,
            r#"{"calibration": [{"bin": 1, "rate": 0.2}, {"bin": 2, "rate": 0.4}]}"#,
            r#"{"roc": [[0, 0], [0.2, 0.7], [1, 1]]}"#,
            r#"{"bins": [{"x": 1, "value": 2, "n": 3}]}"#,
        ] {
            assert_eq!(read(text), [], "{text}");
        }
        let timed = r#"{"auc": [{"time": 17.5, "value": 0.5}, {"time": 18.5, "value": 0.75}], "f1": [{"value": 0.5}]}"#;
        assert_eq!(read(timed), [("auc".to_owned(), 0.75), ("f1".to_owned(), 0.5)]);
    }
}
