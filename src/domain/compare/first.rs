use serde::Serialize;

use super::super::counters::only_counts;
use super::amounts::from_to;
use super::{Change, ComparedRun, Comparison, StepDifference};
use crate::domain::Status;
use crate::domain::figures::number;

/// Where two runs first parted: everything before it is the same.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Parted {
    pub step: String,
    /// Within the step's directory.
    pub artifact: Option<String>,
    pub column: Option<String>,
    /// `nulls 2 % → 11 %`.
    pub told: String,
    /// What of the step itself differs; empty: it made something else of the same.
    pub causes: Vec<String>,
}

impl Parted {
    /// The first of some steps, in an order in which each comes after what it needs, that left something else: whatever
    /// it was given by others is then the same. A step that one run alone has has parted from nothing.
    pub fn of(steps: &[StepDifference]) -> Option<Self> {
        let step = steps.iter().find(|step| step.is_in_both() && step.made_differs())?;
        let mut parted = Self {
            step: step.title.clone(),
            artifact: None,
            column: None,
            told: String::new(),
            causes: step.causes(),
        };
        let other: Vec<_> = step.artifacts.iter().filter(|artifact| !artifact.same).collect();
        match step.ended_otherwise() {
            Some(ended) => parted.told = ended,
            None => {
                // A table says how it differs, and other files only that they do.
                let table =
                    other.iter().find_map(|artifact| Some((artifact, artifact.table.as_ref()?.first()?)));
                if let Some((artifact, (column, told))) = table {
                    parted.artifact = Some(artifact.path.clone());
                    parted.column = column.map(str::to_owned);
                    parted.told = told;
                } else if let Some(artifact) = other.first() {
                    parted.artifact = Some(artifact.path.clone());
                    parted.told = artifact.told();
                }
            }
        }
        Some(parted)
    }

    /// `preprocess, features.parquet, dep_delay: nulls 2 % → 11 %`.
    pub fn place(&self) -> String {
        let parts = [Some(&self.step), self.artifact.as_ref(), self.column.as_ref()];
        let parts: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
        format!("{}: {}", parts.join(", "), self.told)
    }
}

impl Comparison {
    /// The metric of both runs that moved most, by its size; such as lead before others, and what only counts how far
    /// something went after all of them.
    pub fn moved_most(&self) -> Option<&Change<f64>> {
        let leads = |name: &String| self.leading.iter().position(|names| names.contains(name));
        let ended = |run: &ComparedRun| run.status == Status::Succeeded;
        let both_have_all = self.old.use_case == self.new.use_case
            && [&self.old, &self.new].into_iter().all(ended)
            && self.damaged.is_empty();
        let moved = |metric: &Change<f64>| match (metric.old, metric.new) {
            (Some(old), Some(new)) if old != new => {
                Some((new - old).abs() / old.abs().max(new.abs()).max(f64::MIN_POSITIVE))
            }
            // What matters, and came to no number; of as much weight, what did says more.
            (None, Some(_)) | (Some(_), None) if both_have_all && leads(&metric.name).is_some() => Some(0.0),
            _ => None,
        };
        let moved = self.metrics.iter().filter_map(|metric| Some((metric, moved(metric)?)));
        let rank = |metric: &Change<f64>| {
            let others = || self.leading.len() + usize::from(only_counts(&metric.name));
            leads(&metric.name).unwrap_or_else(others)
        };
        // Of equals the first is meant.
        let most =
            moved.rev().max_by(|(a, by), (b, other)| rank(b).cmp(&rank(a)).then_with(|| by.total_cmp(other)));
        most.map(|(metric, _)| metric)
    }

    /// All of it in one sentence: what came of it, and where they first parted. Before it, where that is so, that records
    /// are damaged.
    pub fn sentence(&self) -> String {
        let rest = self.compared();
        let damaged = self.damaged.first().map(|damage| {
            let more = match self.damaged.len() {
                1 => String::new(),
                all => format!(" (and {} more)", all - 1),
            };
            format!("Damaged: {damage}{more}. ")
        });
        let as_far =
            if self.damaged.is_empty() || self.differs() { "" } else { ", as far as they can be read" };
        format!("{}{rest}{as_far}", damaged.unwrap_or_default())
    }

    fn compared(&self) -> String {
        let metric = self.moved_most().map(|Change { name, old, new }| match (*old, *new) {
            (Some(old), Some(new)) => format!("{name} {}: ", from_to(old, new)),
            (old, new) => {
                let [old, new] = [old, new].map(|side| side.map_or_else(|| "none".to_owned(), number));
                format!("{name} {old} → {new}: ")
            }
        });
        if let Some(parted) = &self.first {
            let first = if metric.is_some() { "first" } else { "First" };
            return format!("{}{first} parted at {}", metric.unwrap_or_default(), parted.place());
        }
        if self.planned && self.made_differs() {
            let lone = |new: bool| {
                let steps = self.steps.iter().filter(|step| !step.is_in_both() && step.new.is_some() == new);
                steps.map(|step| step.title.as_str()).collect::<Vec<_>>().join(", ")
            };
            let told = [("first", lone(false)), ("second", lone(true))];
            let told = told.iter().filter(|(_, steps)| !steps.is_empty());
            let told = told.map(|(which, steps)| format!("only the {which} run has {steps}"));
            let lead = match self.made_in_common() {
                true => "What both made is the same",
                false => "They made nothing that both have",
            };
            return format!("{lead}; {}", told.collect::<Vec<_>>().join(", "));
        }
        if self.made_differs() {
            let what = "which step parted first is not known, as neither plan can be read";
            return match metric {
                Some(metric) => metric + what,
                None => format!("What their steps left differs; {what}"),
            };
        }
        if let Some(metric) = metric {
            return format!("{metric}what their steps left is the same as far as it can be read");
        }
        match (self.made_in_common(), self.given().as_slice()) {
            (true, []) => "The runs are equal: the same parameters, code and images made the same".to_owned(),
            (false, []) => "The runs are equal: the same parameters, code and images, and neither made \
                            anything"
                .to_owned(),
            (true, given) => {
                format!("What they made is the same; what they were given is not: {}", given.join(", "))
            }
            (false, given) => {
                format!("Neither made anything; what they were given is not the same: {}", given.join(", "))
            }
        }
    }

    /// Of what the first step that parted was told or given, what differs: the second sentence.
    pub fn why(&self) -> Option<String> {
        let parted = self.first.as_ref()?;
        let in_both = self.steps.iter().find(|step| step.title == parted.step && step.is_in_both());
        let ended_early = in_both.and_then(|step| self.ended_early(step));
        match parted.causes.as_slice() {
            // What is not known is not the same.
            [] if in_both.is_none() || !self.planned => None,
            [] if ended_early.is_some() => ended_early,
            [] if self.params.iter().any(|param| !param.is_same()) => {
                let names = self.params.iter().filter(|param| !param.is_same());
                let names: Vec<&str> = names.map(|param| param.name.as_str()).collect();
                Some(format!(
                    "{} is not seen to read anything that differs: it names none of the parameters that do ({}), and \
                     may read them all the same",
                    parted.step,
                    names.join(", ")
                ))
            }
            [] => Some(format!(
                "{} was given the same in both runs: it does not make the same each time",
                parted.step
            )),
            causes => Some(format!("What differs for {}: {}", parted.step, causes.join(", "))),
        }
    }

    /// Where a step differs because its run did not come through it.
    fn ended_early(&self, step: &StepDifference) -> Option<String> {
        let sides = [("first", &self.old, &step.old), ("second", &self.new, &step.new)];
        sides.into_iter().find_map(|(which, run, outcome)| {
            let how = match run.status {
                Status::Cancelled => "was cancelled",
                Status::Interrupted => "was interrupted",
                Status::Failed => "failed",
                Status::Running => "is still running and did not come so far yet",
                Status::Succeeded | Status::Skipped => return None,
            };
            let place = match outcome.as_ref()?.status {
                Some(Status::Failed) => " there: which tables it had read by then is not known",
                Some(Status::Succeeded | Status::Skipped) => return None,
                _ if run.status == Status::Running => "",
                Some(_) => " there",
                None => " before that",
            };
            Some(format!("The {which} run {how}{place}"))
        })
    }

    /// Some artifact is there in both: of what neither has nobody says that it is the same.
    fn made_in_common(&self) -> bool {
        let mut artifacts = self.steps.iter().flat_map(|step| &step.artifacts);
        artifacts.any(|artifact| artifact.old.is_some() && artifact.new.is_some())
    }

    fn made_differs(&self) -> bool {
        self.first.is_some() || self.steps.iter().any(StepDifference::made_differs)
    }

    /// The parts that differ of what the runs were given.
    fn given(&self) -> Vec<&'static str> {
        let spec = |step: &StepDifference| step.spec.iter().any(|change| !change.is_same());
        let reads = |step: &StepDifference| step.reads.iter().any(|change| !change.is_same());
        let parts = [
            ("parameters", self.params.iter().any(|change| !change.is_same())),
            ("code", self.other_tree || !self.code.is_empty()),
            ("images", self.images.iter().any(|change| !change.is_same())),
            ("spec", self.steps.iter().any(spec)),
            ("inputs", self.steps.iter().any(reads)),
        ];
        parts.into_iter().filter(|(_, differs)| *differs).map(|(name, _)| name).collect()
    }

    /// Anything differs but the times that it took.
    pub fn differs(&self) -> bool {
        self.made_differs()
            || !self.given().is_empty()
            || self.metrics.iter().any(|metric| !metric.is_same())
            || self.old.status != self.new.status
    }
}
