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
    /// The first of them, and what it had.
    pub token: Token,
    pub value: f64,
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
        self.value_of(run).is_some_and(|value| self.is_beyond(value))
    }

    /// None: the run is not of its workflow, or has no such figure.
    pub fn value_of(&self, run: &Measured) -> Option<f64> {
        run.metrics.get(self.figure_of(run)?).copied()
    }

    /// The name by which the run's figure is known.
    fn figure_of<'a>(&'a self, run: &'a Measured) -> Option<&'a str> {
        if run.name != self.workflow {
            return None;
        }
        let Some(output) = &self.output else { return Some(&self.metric) };
        let is_of = |name: &str| run.outputs.get(name).is_some_and(|of| of == output);
        if is_of(&self.metric) {
            return Some(&self.metric);
        }
        // Of the cells of a step, the last. A figure may have dots in its own name: `val.auc` is another than `auc`.
        let (step, output_name) = output.split_once('.')?;
        let below = format!(".{output_name}.{}", self.metric);
        let known = run.outputs.iter().filter(|(name, of)| {
            let cell = name.strip_prefix(step).and_then(|rest| rest.strip_suffix(below.as_str()));
            *of == output && cell.is_some_and(|cell| cell.is_empty() || cell.starts_with('.'))
        });
        known.map(|(name, _)| name.as_str()).next_back()
    }

    /// The name by which the newest of these runs knows what it asks of; runs: newest first.
    pub fn figure<'a>(&'a self, runs: &'a [Measured]) -> Option<&'a str> {
        runs.iter().find_map(|run| self.figure_of(run).filter(|name| run.metrics.contains_key(*name)))
    }

    /// What it asks is asked of some run's figure of this name.
    pub fn is_of(&self, figure: &str, runs: &[Measured]) -> bool {
        runs.iter().any(|run| self.figure_of(run) == Some(figure))
    }

    /// Of a run's figure of this name.
    pub fn asks_of(&self, figure: &str, run: &Measured) -> bool {
        self.figure_of(run) == Some(figure)
    }

    fn is_beyond(&self, value: f64) -> bool {
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
        let having = runs.iter().filter_map(|run| Some((run.token, self.value_of(run)?)));
        let having: Vec<(Token, f64)> = having.collect();
        let broken = |(_, value): &&(Token, f64)| self.is_beyond(*value);
        let newest = having.iter().position(|one| broken(&one))?;
        let these = having[newest..].iter().take_while(broken);
        let runs = these.clone().count();
        let ((token, value), first) = (*these.last()?, having.iter().rfind(broken)?.0);
        let last = having[newest].0;
        Some(Breach { threshold: self.clone(), token, value, last, runs, first, lasts: newest == 0 })
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
                threshold.value_of(run),
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
        // The whole name is meant, also of a cell of the step.
        for whole in ["evaluate.metrics.auc", "evaluate.x-1.metrics.auc"] {
            let mut named = dotted.clone();
            named.metrics.insert(whole.to_owned(), 0.8);
            named.outputs.insert(whole.to_owned(), "evaluate.metrics".to_owned());
            assert_eq!(of("evaluate.metrics", &named).0, Some(0.8), "{whole}");
        }

        // Another workflow's figure of the same name is another figure.
        let other = Threshold { workflow: Name::new("topics").unwrap(), ..threshold };
        let runs = history(&[Some(0.1)]);
        assert!(other.last_breach(&runs).is_none() && !other.is_broken_by(&runs[0]));
    }
}
