use indexmap::IndexMap;
use jiff::Zoned;
use jiff::tz::TimeZone;

use super::{Curve, Measured, Threshold, part_told};

/// Lines to be drawn over one axis.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plot {
    pub title: String,
    pub lines: Vec<PlotLine>,
    /// Heights that are marked.
    pub marks: Vec<f64>,
    /// The point that is looked at.
    pub chosen: Option<(f64, f64)>,
    /// What stands below its left and its right end.
    pub ends: (String, String),
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct PlotLine {
    pub label: String,
    pub points: Vec<(f64, f64)>,
}

impl Plot {
    /// One figure of runs (newest first), a line for each algorithm, version and step that ran alone, with what monitors ask of it. Runs stand
    /// side by side in the order they started: as many of one afternoon as of a year can be told apart.
    pub fn over_time(figure: &str, runs: &[Measured], thresholds: &[Threshold], zone: &TimeZone) -> Self {
        let many = runs.iter().any(|run| run.name != runs[0].name);
        let mut lines: IndexMap<String, Vec<(f64, f64)>> = IndexMap::new();
        let having: Vec<(&Measured, f64)> =
            runs.iter().rev().filter_map(|run| Some((run, *run.metrics.get(figure)?))).collect();
        for (at, (run, value)) in having.iter().enumerate() {
            let label = if many { format!("{} {}", run.name, run.version) } else { run.version.to_string() };
            // What one step came to alone is no step on the way of whole runs.
            let label = match part_told(run.only.as_ref()) {
                Some(part) => format!("{label} {part}"),
                None => label,
            };
            lines.entry(label).or_default().push((at as f64, *value));
        }
        let started =
            |run: Option<&(&Measured, f64)>| run.map(|(run, _)| run.started_at.to_zoned(zone.clone()));
        let (first, last) = (started(having.first()), started(having.last()));
        // Of one day the time tells more.
        let same_day = first.as_ref().map(Zoned::date) == last.as_ref().map(Zoned::date);
        let format = if same_day { "%m-%d %H:%M" } else { "%Y-%m-%d" };
        let told = |at: Option<Zoned>| at.map(|at| at.strftime(format).to_string()).unwrap_or_default();
        // What is asked of a workflow that is not drawn says nothing.
        let of_it = thresholds
            .iter()
            .filter(|threshold| having.iter().any(|(run, _)| threshold.asks_of(figure, run)));
        Self {
            title: figure.to_owned(),
            lines: lines.into_iter().map(|(label, points)| PlotLine { label, points }).collect(),
            marks: of_it.flat_map(|threshold| [threshold.min, threshold.max]).flatten().collect(),
            chosen: None,
            ends: (told(first), told(last)),
        }
    }

    /// Curves of one run that belong together: of one output, counted by the same.
    pub fn of_curves(title: &str, curves: &[&Curve]) -> Self {
        let lines =
            curves.iter().map(|curve| PlotLine { label: curve.name.clone(), points: curve.points.clone() });
        let counts = curves.iter().flat_map(|curve| curve.points.iter().map(|(count, _)| *count));
        let (least, most) = bounds(counts).unwrap_or_default();
        let over = curves.first().map(|curve| curve.over.clone()).unwrap_or_default();
        let end = format!("{over} {}", super::figures::number(most));
        Self {
            title: title.to_owned(),
            lines: lines.collect(),
            marks: Vec::new(),
            chosen: None,
            ends: (super::figures::number(least), end.trim().to_owned()),
        }
    }

    /// From the least count to the most.
    pub fn width(&self) -> Option<(f64, f64)> {
        bounds(self.lines.iter().flat_map(|line| line.points.iter().map(|(count, _)| *count)))
    }

    /// From the least value or mark to the most.
    pub fn height(&self) -> Option<(f64, f64)> {
        let values = self.lines.iter().flat_map(|line| line.points.iter().map(|(_, value)| *value));
        bounds(values.chain(self.marks.iter().copied()))
    }
}

fn bounds(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    values.fold(None, |bounds, value| match bounds {
        None => Some((value, value)),
        Some((least, most)) => Some((value.min(least), value.max(most))),
    })
}

#[cfg(test)]
mod tests {
    use super::super::scene::{self, name};
    use super::*;
    use crate::domain::{Run, RunFigures, Status};

    #[test]
    fn a_step_that_ran_alone_has_a_line_of_its_own() {
        let run = |only: Option<&str>, auc: f64| {
            let run = Run { only: only.map(name), ..scene::run(Status::Succeeded) };
            let values = [("auc".to_owned(), auc)].into();
            Measured::new(run, RunFigures { values, ..RunFigures::default() })
        };
        let runs = [run(None, 0.7), run(Some("evaluate"), 0.9), run(None, 0.6)];
        let lines: Vec<(String, Vec<(f64, f64)>)> = Plot::over_time("auc", &runs, &[], &TimeZone::UTC)
            .lines
            .into_iter()
            .map(|line| (line.label, line.points))
            .collect();
        let whole = ("1.0.0".to_owned(), vec![(0.0, 0.6), (2.0, 0.7)]);
        assert_eq!(lines, [whole, ("1.0.0 only evaluate".to_owned(), vec![(1.0, 0.9)])]);
    }
}
