use std::collections::BTreeSet;

use serde::Serialize;

use super::figures::{beside, exact};
use super::{Measured, Monitor, Name, Token};

/// What a monitor of kind `metric` asks of a figure.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Threshold {
    /// Whose runs are held to it.
    pub workflow: Name,
    pub monitor: Name,
    /// `step.output` whose figure is meant; None: the one that has the name by itself.
    pub output: Option<String>,
    pub metric: String,
    /// The least that is good.
    pub min: Option<f64>,
    /// The most that is good.
    pub max: Option<f64>,
}

/// Runs one after the other that broke a threshold.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Breach {
    pub threshold: Threshold,
    /// The first of them, and what it had: of several figures that are asked for the worst.
    pub token: Token,
    pub value: f64,
    /// The figures by which the last of them broke it.
    pub figures: BTreeSet<String>,
    /// The last of them.
    pub last: Token,
    pub runs: usize,
    /// The run that broke it before all others, then or another time.
    pub first: Token,
    /// The newest run that has this figure still breaks it.
    pub lasts: bool,
}

impl Breach {
    /// `broken since 3f2a`; `since`: the first of these runs, as it is shown.
    pub fn told(&self, since: &str) -> String {
        let told = match (self.lasts, self.runs) {
            (true, _) => format!("broken since {since}"),
            (false, 1) => format!("last broken by {since}"),
            (false, _) => format!("last broken from {since} to {}", self.last.short()),
        };
        match self.first == self.token {
            true => told,
            false => format!("{told}, first by {}", self.first.short()),
        }
    }
}

impl Threshold {
    pub fn of(workflow: &Name, monitor: &Monitor) -> Option<Self> {
        let bounds = monitor.min.or(monitor.max).is_some();
        let metric = monitor.metric.clone().filter(|_| bounds)?;
        let output = monitor.output.as_ref().map(|(step, output)| format!("{step}.{output}"));
        let (workflow, monitor_name) = (workflow.clone(), monitor.name.clone());
        Some(Self { workflow, monitor: monitor_name, output, metric, min: monitor.min, max: monitor.max })
    }

    /// Runs of other workflows are not held to it.
    pub fn is_broken_by(&self, run: &Measured) -> bool {
        self.worst_of(run).is_some_and(|(_, value)| self.is_beyond(value))
    }

    /// Of the figures that are asked for the one that is farthest beyond, or nearest to, what is good, and its value. None:
    /// the run is not of its workflow, or has no such figure.
    pub fn worst_of<'a>(&self, run: &'a Measured) -> Option<(&'a str, f64)> {
        let beyond = |value: f64| {
            let (below, above) = (self.min.map(|min| min - value), self.max.map(|max| value - max));
            below.into_iter().chain(above).fold(f64::NEG_INFINITY, f64::max)
        };
        let all = self.figures_of(run).into_iter().filter_map(|name| Some((name, *run.metrics.get(name)?)));
        all.max_by(|(_, one), (_, other)| beyond(*one).total_cmp(&beyond(*other)))
    }

    /// How the figure is called for people that breaks it, and its value.
    pub fn broken_by(&self, run: &Measured) -> Option<(String, f64)> {
        let (name, value) = self.worst_of(run).filter(|(_, value)| self.is_beyond(*value))?;
        match self.figures_of(run).len() {
            1 => Some((self.metric.clone(), value)),
            _ => Some((run.known().told(name), value)),
        }
    }

    /// The names by which the run's figures that are asked for are known: of each cell of a step, and of each text that
    /// tells lines apart, one.
    fn figures_of<'a>(&self, run: &'a Measured) -> Vec<&'a str> {
        match &self.output {
            _ if run.name != self.workflow => Vec::new(),
            Some(output) => run.known().all_of(output, &self.metric),
            None => run.known().all(&self.metric),
        }
    }

    /// The name by which the newest of these runs knows what it asks of, the worst; runs: newest first.
    pub fn figure<'a>(&self, runs: &'a [Measured]) -> Option<&'a str> {
        runs.iter().find_map(|run| self.worst_of(run)).map(|(name, _)| name)
    }

    /// What it asks is asked of some run's figure of this name.
    pub fn is_of(&self, figure: &str, runs: &[Measured]) -> bool {
        runs.iter().any(|run| self.asks_of(figure, run))
    }

    /// Of a run's figure of this name.
    pub fn asks_of(&self, figure: &str, run: &Measured) -> bool {
        run.name == self.workflow && run.known().means(figure, self.output.as_deref(), &self.metric)
    }

    /// A value that is not good.
    pub fn is_beyond(&self, value: f64) -> bool {
        self.min.is_some_and(|min| value < min) || self.max.is_some_and(|max| value > max)
    }

    /// Who asks; `of_many`: among runs of several workflows.
    pub fn asker(&self, of_many: bool) -> String {
        match of_many {
            true => format!("{} of {}", self.monitor, self.workflow),
            false => self.monitor.to_string(),
        }
    }

    /// `at least 0.7`, `0.1 to 0.5`
    pub fn told(&self) -> String {
        match (self.min, self.max) {
            (Some(min), Some(max)) => format!("{} to {}", exact(min), exact(max)),
            (Some(min), None) => format!("at least {}", exact(min)),
            (None, Some(max)) => format!("at most {}", exact(max)),
            (None, None) => String::new(),
        }
    }

    /// A figure that these ask for: whether it breaks them can be seen.
    pub fn beside<'a>(these: impl IntoIterator<Item = &'a Self>, value: f64) -> String {
        beside(value, these.into_iter().flat_map(|threshold| threshold.min.into_iter().chain(threshold.max)))
    }

    /// The last time it was broken. `runs`: newest first, all that there are of its workflow, others may be among them.
    pub fn last_breach(&self, runs: &[Measured]) -> Option<Breach> {
        let having = runs.iter().filter_map(|run| Some((run, self.worst_of(run)?.1)));
        let having: Vec<(&Measured, f64)> = having.collect();
        let broken = |(_, value): &&(&Measured, f64)| self.is_beyond(*value);
        let newest = having.iter().position(|one| broken(&one))?;
        let these = having[newest..].iter().take_while(broken);
        let runs = these.clone().count();
        let ((run, value), (first, _), (last, _)) =
            (*these.last()?, having.iter().rfind(broken)?, having[newest]);
        let is_beyond = |name: &&str| last.metrics.get(*name).is_some_and(|value| self.is_beyond(*value));
        let figures = self.figures_of(last).into_iter().filter(is_beyond).map(str::to_owned).collect();
        Some(Breach {
            threshold: self.clone(),
            token: run.token,
            value,
            figures,
            last: last.token,
            runs,
            first: first.token,
            lasts: newest == 0,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Status, Version};

    fn history(values: &[Option<f64>]) -> Vec<Measured> {
        let run = |value: &Option<f64>| Measured {
            token: Token::generate(),
            name: Name::new("model").unwrap(),
            version: Version::INITIAL,
            use_case: None,
            only: None,
            status: Status::Succeeded,
            started_at: jiff::Timestamp::UNIX_EPOCH,
            branch: None,
            params: Default::default(),
            metrics: value.iter().map(|value| ("auc".to_owned(), *value)).collect(),
            outputs: value.iter().map(|_| ("auc".to_owned(), "evaluate.metrics".to_owned())).collect(),
            cells: Default::default(),
            made: Default::default(),
            foreign: false,
            damaged: false,
        };
        values.iter().map(run).collect()
    }

    #[test]
    fn the_run_that_first_broke_it_is_told() {
        let threshold = Threshold {
            workflow: Name::new("model").unwrap(),
            monitor: Name::new("worse").unwrap(),
            output: None,
            metric: "auc".to_owned(),
            min: Some(0.7),
            max: None,
        };
        let breach = |values: &[Option<f64>]| {
            let runs = history(values);
            let breach = threshold.last_breach(&runs)?;
            let at = runs.iter().position(|run| run.token == breach.token).unwrap();
            Some((at, breach.value, breach.runs, breach.lasts))
        };
        // Newest first.
        assert_eq!(breach(&[Some(0.6), None, Some(0.65), Some(0.7), Some(0.1)]), Some((2, 0.65, 2, true)));
        assert_eq!(breach(&[Some(0.8), Some(0.6), Some(0.9)]), Some((1, 0.6, 1, false)));
        let told = |values: &[Option<f64>]| {
            let runs = history(values);
            let breach = threshold.last_breach(&runs).unwrap();
            let name = |token| runs.iter().position(|run| run.token == token).unwrap();
            assert_eq!(breach.told("X").contains("first by"), breach.first != breach.token);
            (breach.told("X").split(" X").next().unwrap().to_owned(), name(breach.first), name(breach.last))
        };
        assert_eq!(told(&[Some(0.6), Some(0.65), Some(0.7), Some(0.1)]), ("broken since".to_owned(), 3, 0));
        assert_eq!(told(&[Some(0.8), Some(0.6), Some(0.9)]), ("last broken by".to_owned(), 1, 1));
        assert_eq!(told(&[Some(0.8), Some(0.6), Some(0.5)]), ("last broken from".to_owned(), 2, 1));
        assert_eq!(breach(&[Some(0.8), None]), None);
        assert_eq!(breach(&[]), None);

        let close = Threshold { min: Some(0.9995), ..threshold.clone() };
        assert_eq!(close.told(), "at least 0.9995");
        let beside = |value| Threshold::beside([&threshold, &close], value);
        assert_eq!(
            [0.999_41, 0.999_49, 0.699_999_999_99, 0.8].map(beside),
            ["0.999", "0.999", "0.69999999999", "0.8"]
        );

        // Another output's figure of the same name is another figure, whichever of them is known by the name alone.
        let of = |output: &str, run: &Measured| {
            let threshold =
                Threshold { output: Some(output.to_owned()), min: Some(0.9), ..threshold.clone() };
            (
                threshold.worst_of(run).map(|(_, value)| value),
                threshold.is_broken_by(run),
                threshold.is_of("auc", std::slice::from_ref(run)),
            )
        };
        let mut run = history(&[Some(0.8)]).remove(0);
        run.metrics.insert("train.fit.auc".to_owned(), 0.99);
        run.outputs.insert("train.fit.auc".to_owned(), "train.fit".to_owned());
        assert_eq!(of("train.fit", &run), (Some(0.99), false, false));
        assert_eq!(of("evaluate.metrics", &run), (Some(0.8), true, true));
        assert_eq!(of("train.fit", &history(&[Some(0.8)])[0]), (None, false, false));

        // So is one whose name ends like it.
        let mut dotted = history(&[None]).remove(0);
        for name in ["val.auc", "evaluate.metrics.test.auc"] {
            dotted.metrics.insert(name.to_owned(), 0.1);
            dotted.outputs.insert(name.to_owned(), "evaluate.metrics".to_owned());
        }
        assert_eq!(of("evaluate.metrics", &dotted), (None, false, false));
        // The whole name is meant.
        let mut named = dotted.clone();
        named.metrics.insert("evaluate.metrics.auc".to_owned(), 0.8);
        named.outputs.insert("evaluate.metrics.auc".to_owned(), "evaluate.metrics".to_owned());
        assert_eq!(of("evaluate.metrics", &named).0, Some(0.8));

        // Another workflow's figure of the same name is another figure.
        let other = Threshold { workflow: Name::new("topics").unwrap(), ..threshold };
        let runs = history(&[Some(0.1)]);
        assert!(other.last_breach(&runs).is_none() && !other.is_broken_by(&runs[0]));
    }

    #[test]
    fn every_cell_is_held_to_it_and_the_worst_is_named() {
        let fit = |values: &[f64]| {
            let mut run = history(&[None]).remove(0);
            for (at, value) in (1..).zip(values) {
                // The last has the name alone.
                let name = if at == values.len() { "loss".to_owned() } else { format!("fit.{at}.m.loss") };
                run.metrics.insert(name.clone(), *value);
                run.outputs.insert(name.clone(), "fit.m".to_owned());
                run.cells.insert(name, at.to_string());
            }
            run
        };
        for output in [None, Some("fit.m".to_owned())] {
            let threshold = Threshold {
                workflow: Name::new("model").unwrap(),
                monitor: Name::new("worse").unwrap(),
                output,
                metric: "loss".to_owned(),
                min: None,
                max: Some(0.25),
            };
            let told = |values: &[f64]| threshold.broken_by(&fit(values));
            assert_eq!(told(&[0.6, 0.3, 0.0]), Some(("fit.1.m.loss".to_owned(), 0.6)));
            assert_eq!(told(&[0.1, 0.2, 0.3]), Some(("fit.3.m.loss".to_owned(), 0.3)));
            assert_eq!(told(&[0.1, 0.2, 0.0]), None);
            // Of one cell the name says all.
            assert_eq!(told(&[0.6]), Some(("loss".to_owned(), 0.6)));
            let runs = [fit(&[0.6, 0.3, 0.0]), fit(&[0.1, 0.7, 0.9]), fit(&[0.1, 0.1, 0.1])];
            let breach = threshold.last_breach(&runs).unwrap();
            assert_eq!(
                (breach.token, breach.value, breach.runs, breach.lasts),
                (runs[1].token, 0.9, 2, true)
            );
            assert_eq!(breach.figures.iter().collect::<Vec<_>>(), ["fit.1.m.loss", "fit.2.m.loss"]);
            assert_eq!(threshold.figure(&runs), Some("fit.1.m.loss"));
            assert!(["fit.1.m.loss", "fit.2.m.loss", "loss"].iter().all(|name| threshold.is_of(name, &runs)));
            assert!(!threshold.is_of("auc", &runs) && !threshold.is_of("fit.3.m.loss", &runs));
        }
    }
}
