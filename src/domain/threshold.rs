use serde::Serialize;

use super::figures::number;
use super::{Measured, Monitor, Name, Token};

/// What a monitor of kind `metric` asks of a figure.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Threshold {
    /// Whose runs are held to it.
    pub workflow: Name,
    pub monitor: Name,
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
    pub runs: usize,
    /// The newest run that has this figure still breaks it.
    pub lasts: bool,
}

impl Threshold {
    pub fn of(workflow: &Name, monitor: &Monitor) -> Option<Self> {
        let bounds = monitor.min.or(monitor.max).is_some();
        let metric = monitor.metric.clone().filter(|_| bounds)?;
        let (workflow, monitor_name) = (workflow.clone(), monitor.name.clone());
        Some(Self { workflow, monitor: monitor_name, metric, min: monitor.min, max: monitor.max })
    }

    /// Runs of other workflows are not held to it.
    pub fn is_broken_by(&self, run: &Measured) -> bool {
        self.value_of(run).is_some_and(|value| self.is_beyond(value))
    }

    /// None: the run is not of its workflow, or has no such figure.
    pub fn value_of(&self, run: &Measured) -> Option<f64> {
        run.metrics.get(&self.metric).copied().filter(|_| run.name == self.workflow)
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
            (Some(min), Some(max)) => format!("{} to {}", number(min), number(max)),
            (Some(min), None) => format!("at least {}", number(min)),
            (None, Some(max)) => format!("at most {}", number(max)),
            (None, None) => String::new(),
        }
    }

    /// The last time it was broken. `runs`: newest first, all that there are of its workflow, others may be among them.
    pub fn last_breach(&self, runs: &[Measured]) -> Option<Breach> {
        let mut having = runs.iter().filter_map(|run| Some((run.token, self.value_of(run)?)));
        let mut held = false;
        let mut first = having.find(|(_, value)| {
            let broken = self.is_beyond(*value);
            held |= !broken;
            broken
        })?;
        let mut runs = 1;
        for earlier in having.take_while(|(_, value)| self.is_beyond(*value)) {
            first = earlier;
            runs += 1;
        }
        let (token, value) = first;
        Some(Breach { threshold: self.clone(), token, value, runs, lasts: !held })
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
            status: Status::Succeeded,
            started_at: jiff::Timestamp::UNIX_EPOCH,
            branch: None,
            params: Default::default(),
            metrics: value.iter().map(|value| ("auc".to_owned(), *value)).collect(),
        };
        values.iter().map(run).collect()
    }

    #[test]
    fn the_run_that_first_broke_it_is_told() {
        let threshold = Threshold {
            workflow: Name::new("model").unwrap(),
            monitor: Name::new("worse").unwrap(),
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
        assert_eq!(breach(&[Some(0.8), None]), None);
        assert_eq!(breach(&[]), None);

        // Another workflow's figure of the same name is another figure.
        let other = Threshold { workflow: Name::new("topics").unwrap(), ..threshold };
        let runs = history(&[Some(0.1)]);
        assert!(other.last_breach(&runs).is_none() && !other.is_broken_by(&runs[0]));
    }
}
