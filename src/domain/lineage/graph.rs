use std::collections::BTreeMap;

use camino::Utf8Path;
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::draft::{Draft, draft};
use super::solve::solve;
use super::step::StepLineage;
use super::{Columns, Dataset, StepId};
use crate::domain::{Name, Operator, Templates, Workflow};

/// What lineage is read from.
pub struct Ground<'g> {
    pub workflows: &'g IndexMap<Name, Workflow>,
    pub operators: &'g IndexMap<Name, Operator>,
    pub templates: &'g dyn Templates,
    /// A file of the project, by its path from the root.
    pub text: &'g dyn Fn(&Utf8Path) -> Option<String>,
    /// The columns of a table as the warehouse has it: asked for those that no step declares.
    pub warehouse: &'g dyn Fn(&str) -> Option<Columns>,
}

/// Something that steps make or read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Data {
    #[serde(flatten)]
    pub dataset: Dataset,
    pub columns: Columns,
    pub made_by: Vec<StepId>,
    pub read_by: Vec<StepId>,
}

/// Who makes and who reads what, in a whole project or a part of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lineage {
    /// In the order of the specs.
    pub steps: Vec<StepLineage>,
    /// Tables first, then artifacts, each in order of name.
    pub data: Vec<Data>,
}

impl Lineage {
    /// Of all workflows and blueprints.
    pub fn of(ground: &Ground<'_>) -> Self {
        let steps = ground
            .workflows
            .values()
            .flat_map(|workflow| workflow.steps.values().map(move |step| draft(ground, workflow, step)));
        let mut drafts: Vec<Draft> = steps.collect();
        let columns = solve(&mut drafts, ground.warehouse);
        let steps: Vec<StepLineage> = drafts.into_iter().map(|draft| draft.lineage).collect();
        let data = data(&steps, |dataset| match (columns.get(dataset), dataset) {
            (Some(columns), _) => columns.clone(),
            (None, Dataset::Table { name }) => (ground.warehouse)(name)
                .unwrap_or_else(|| Columns::unknown("no step and no warehouse says which it has")),
            (None, _) => Columns::unknown("nobody says which it has"),
        });
        Self { steps, data }
    }

    pub fn step(&self, id: &StepId) -> Option<&StepLineage> {
        self.steps.iter().find(|step| step.id == *id)
    }

    pub fn data(&self, dataset: &Dataset) -> Option<&Data> {
        self.data.iter().find(|data| data.dataset == *dataset)
    }

    /// What a person means by a name: `lake.flights`, `daily_delays.report.report`.
    pub fn named(&self, name: &str) -> Option<&Data> {
        self.data.iter().find(|data| data.dataset.to_string() == name)
    }

    /// The part that a dataset comes from, and that comes from it.
    pub fn around(&self, dataset: &Dataset) -> Self {
        let up = self.reached(dataset, |step| (&step.makes, &step.reads));
        let down = self.reached(dataset, |step| (&step.reads, &step.makes));
        let of = |step: &&StepLineage| up.contains(&&step.id) || down.contains(&&step.id);
        let steps: Vec<StepLineage> = self.steps.iter().filter(of).cloned().collect();
        // What else those steps read and make leads elsewhere.
        let is_between = |data: &&Data| {
            let by = |steps: &[StepId], side: &[&StepId]| steps.iter().any(|step| side.contains(&step));
            data.dataset == *dataset || by(&data.read_by, &up) || by(&data.made_by, &down)
        };
        let data = self.data.iter().filter(is_between).cloned().collect();
        Self { steps, data }
    }

    /// The steps that lead from a dataset on, by what each takes and gives.
    fn reached<'l>(
        &'l self,
        dataset: &'l Dataset,
        sides: impl Fn(&'l StepLineage) -> (&'l Side, &'l Side),
    ) -> Vec<&'l StepId> {
        let (mut open, mut reached) = (vec![dataset], Vec::new());
        while let Some(dataset) = open.pop() {
            for step in &self.steps {
                let (takes, gives) = sides(step);
                if takes.contains(dataset) && !reached.contains(&&step.id) {
                    reached.push(&step.id);
                    open.extend(gives);
                }
            }
        }
        reached
    }
}

type Side = std::collections::BTreeSet<Dataset>;

fn data(steps: &[StepLineage], columns: impl Fn(&Dataset) -> Columns) -> Vec<Data> {
    let mut found: BTreeMap<&Dataset, (Vec<StepId>, Vec<StepId>)> = BTreeMap::new();
    for step in steps {
        step.makes.iter().for_each(|made| found.entry(made).or_default().0.push(step.id.clone()));
        step.reads.iter().for_each(|read| found.entry(read).or_default().1.push(step.id.clone()));
    }
    let data = found.into_iter().map(|(dataset, (made_by, read_by))| Data {
        dataset: dataset.clone(),
        columns: columns(dataset),
        made_by,
        read_by,
    });
    data.collect()
}
