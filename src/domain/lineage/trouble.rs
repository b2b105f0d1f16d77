use std::collections::{BTreeSet, HashMap, VecDeque};
use std::fmt;

use serde::Serialize;

use super::{Dataset, Lineage, StepId, StepLineage};

/// What is not as it should be between the steps of a project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "trouble", rename_all = "kebab-case")]
pub enum Trouble {
    /// A table that is read, and that no step of the project makes.
    NobodyMakes {
        table: String,
        read_by: Vec<StepId>,
    },
    TwoMakers {
        table: String,
        made_by: Vec<StepId>,
    },
    /// A query that BigQuery will not run.
    Refused {
        step: StepId,
        why: String,
    },
    /// Each makes what the next one reads, and the last what the first reads.
    Circle {
        steps: Vec<StepId>,
    },
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |steps: &[StepId]| steps.iter().map(StepId::to_string).collect::<Vec<_>>();
        match self {
            Self::NobodyMakes { table, read_by } => {
                write!(f, "no step makes {table}, which {} reads", list(read_by).join(", "))
            }
            Self::TwoMakers { table, made_by } => {
                write!(f, "{table} is made by several: {}", list(made_by).join(", "))
            }
            Self::Refused { step, why } => write!(f, "BigQuery will not run the query of {step}: {why}"),
            Self::Circle { steps } => match steps.as_slice() {
                [one] => write!(f, "{one} reads what it makes itself"),
                steps => write!(f, "a circle: {} → {}", list(steps).join(" → "), list(&steps[..1]).join("")),
            },
        }
    }
}

impl Lineage {
    /// All of them: tables nobody makes first, then those with several makers, then queries, then circles.
    pub fn troubles(&self) -> Vec<Trouble> {
        let tables = self.data.iter().filter_map(|data| match &data.dataset {
            Dataset::Table { name } => Some((name, data)),
            _ => None,
        });
        let tables: Vec<_> = tables.collect();
        let unmade = tables.iter().filter(|(_, data)| !self.is_made(&data.dataset));
        let mut found: Vec<Trouble> = unmade
            .map(|(name, data)| Trouble::NobodyMakes {
                table: (*name).clone(),
                read_by: data.read_by.clone(),
            })
            .collect();
        let several = tables.iter().filter(|(_, data)| data.made_by.len() > 1);
        found.extend(several.map(|(name, data)| Trouble::TwoMakers {
            table: (*name).clone(),
            made_by: data.made_by.clone(),
        }));
        for step in &self.steps {
            let why = step.refused.iter().cloned();
            found.extend(why.map(|why| Trouble::Refused { step: step.id.clone(), why }));
        }
        found.extend(self.circles().into_iter().map(|steps| Trouble::Circle {
            steps: steps.into_iter().map(|step| self.steps[step].id.clone()).collect(),
        }));
        found
    }

    /// Whether a step makes something, or a table that a pattern stands for.
    pub fn is_made(&self, dataset: &Dataset) -> bool {
        let mut made = self.data.iter().filter(|data| !data.made_by.is_empty());
        made.any(|data| data.dataset == *dataset || dataset.matches(&data.dataset))
    }

    /// For each step, those that read what it makes.
    pub(super) fn next(&self) -> Vec<Vec<usize>> {
        let mut readers: HashMap<&Dataset, Vec<usize>> = HashMap::new();
        for (at, step) in self.steps.iter().enumerate() {
            step.reads.iter().for_each(|read| readers.entry(read).or_default().push(at));
        }
        let of = |step: &StepLineage| {
            let next = step.makes.iter().filter_map(|made| readers.get(made)).flatten().copied();
            next.collect::<BTreeSet<_>>().into_iter().collect()
        };
        self.steps.iter().map(of).collect()
    }

    /// One circle for each group of steps that go round, the shortest through its first.
    fn circles(&self) -> Vec<Vec<usize>> {
        let next = self.next();
        let mut told: BTreeSet<usize> = BTreeSet::new();
        let mut circles = Vec::new();
        for start in 0..self.steps.len() {
            if told.contains(&start) {
                continue;
            }
            if let Some(circle) = shortest(&next, start) {
                told.extend(&circle);
                circles.push(circle);
            }
        }
        circles
    }
}

/// The shortest way from a step back to itself.
fn shortest(next: &[Vec<usize>], start: usize) -> Option<Vec<usize>> {
    let mut before: Vec<Option<usize>> = vec![None; next.len()];
    let mut open = VecDeque::from([start]);
    while let Some(step) = open.pop_front() {
        for other in &next[step] {
            if *other == start {
                let mut way = vec![step];
                while let Some(earlier) = before[way[way.len() - 1]] {
                    way.push(earlier);
                }
                way.reverse();
                return Some(way);
            }
            if before[*other].is_none() {
                before[*other] = Some(step);
                open.push_back(*other);
            }
        }
    }
    None
}
