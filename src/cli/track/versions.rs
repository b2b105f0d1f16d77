use std::collections::BTreeSet;

use super::closures::closures;
use super::desk::Desk;
use super::wrong::of_git;
use crate::app::{FlowDiff, StepPair, StepSign};
use crate::cli::UserError;
use crate::cli::lineage::{catalog, lineage_with};
use crate::domain::lineage::{self, ColumnChange, DataDiff, Lineage};
use crate::domain::track::{ColumnBreak, CommitId, TreeChange};
use crate::domain::{Name, Step, Workflow};
use crate::git::Outline;
use crate::review::{Closure, StepChange, StepDiff, step_diff};
use crate::spec::{self, Minijinja, Specs};
use crate::{operators, plan};

/// A project as two commits have it.
pub(super) struct Versions {
    before: Version,
    after: Version,
}

struct Version {
    specs: Specs,
    lineage: Lineage,
}

impl Versions {
    /// Tables that no step makes have the columns of the lake of this machine.
    pub fn of(desk: &Desk, before: &CommitId, after: &CommitId) -> Result<Self, UserError> {
        let workspace = &desk.workspace;
        let lake = catalog(&workspace.place, &workspace.specs, "dev");
        let version = |commit: &CommitId| {
            let outline = Outline::of(&desk.repository, commit).map_err(|error| of_git(&error))?;
            let specs = spec::load(outline.path(), operators::builtin());
            let lineage = lineage_with(&lake, &specs);
            Ok::<_, UserError>(Version { specs, lineage })
        };
        Ok(Self { before: version(before)?, after: version(after)? })
    }

    /// What became of the steps of every workflow.
    pub fn steps(&self) -> Vec<StepDiff> {
        let (before, after) = (&self.before.specs.workflows, &self.after.specs.workflows);
        let gone = before.keys().filter(|name| !after.contains_key(*name));
        after.keys().chain(gone).flat_map(|name| step_diff(before.get(name), after.get(name))).collect()
    }

    /// The steps of those workflows of which something differs, before and after.
    pub fn flows(&self) -> Vec<FlowDiff> {
        let (before, after) = (&self.before.specs.workflows, &self.after.specs.workflows);
        let gone = before.keys().filter(|name| !after.contains_key(*name));
        let flows = after.keys().chain(gone).filter_map(|name| {
            let (before, after) = (before.get(name), after.get(name));
            let diffs = step_diff(before, after);
            (!diffs.is_empty()).then(|| flow(name, before, after, &diffs))
        });
        flows.collect()
    }

    /// Steps of other workflows than those that have run, on which a changed file has a bearing: `daily_delays.consolidate`.
    pub fn unseen(&self, folder: &str, changed: &[TreeChange], ran: &[&str]) -> Vec<String> {
        let specs = &self.after.specs;
        let of_others = |step: &&str| !ran.iter().any(|name| step.split('.').next() == Some(*name));
        // Who is asked about is nobody: all that the change touches.
        let closures = closures(specs, "", folder, changed).unwrap_or_default();
        let touched = closures.iter().filter(|closure| changed.iter().any(|change| closure.touches(change)));
        touched.map(Closure::step).filter(of_others).map(str::to_owned).collect()
    }

    pub fn lineage(&self) -> Vec<DataDiff> {
        lineage::diff(&self.before.lineage, &self.after.lineage)
    }

    /// Columns that are gone, or are of another type, with those who read them.
    pub fn breaks(&self) -> Vec<ColumnBreak> {
        let mut found = Vec::new();
        for data in self.lineage() {
            for column in &data.columns {
                let retyped = match &column.change {
                    ColumnChange::Dropped => None,
                    ColumnChange::Retyped { from, to } => Some((from.to_string(), to.to_string())),
                    ColumnChange::Added { .. } | ColumnChange::Remade => continue,
                };
                found.push(ColumnBreak {
                    data: data.dataset.to_string(),
                    column: column.column.clone(),
                    retyped,
                    readers: column.readers.iter().map(|reader| reader.step.to_string()).collect(),
                });
            }
        }
        found
    }
}

/// In the order of the newer one, and what is gone behind it.
fn flow(name: &Name, before: Option<&Workflow>, after: Option<&Workflow>, diffs: &[StepDiff]) -> FlowDiff {
    let of = |step: Option<&Name>| diffs.iter().find(|diff| diff.step.as_ref() == step);
    let step = |workflow: Option<&Workflow>, name: &Name| Some(told(workflow?.steps.get(name)?));
    let steps = after.into_iter().chain(before).flat_map(|workflow| workflow.steps.keys());
    let mut seen = BTreeSet::new();
    let pairs = steps.filter(|name| seen.insert((*name).clone())).map(|name| {
        let diff = of(Some(name));
        StepPair {
            before: step(before, name),
            after: step(after, name),
            sign: match diff.map(|diff| diff.change) {
                None => StepSign::Same,
                Some(StepChange::Added) => StepSign::Added,
                Some(StepChange::Removed) => StepSign::Removed,
                Some(StepChange::Changed) => StepSign::Changed,
            },
            keys: diff.map(|diff| diff.keys.clone()).unwrap_or_default(),
        }
    });
    let steps = pairs.collect();
    FlowDiff {
        workflow: name.to_string(),
        keys: of(None).map(|diff| diff.keys.clone()).unwrap_or_default(),
        steps,
    }
}

/// `late ← load`
fn told(step: &Step) -> String {
    let needs: Vec<String> = plan::needs(step, &Minijinja).keys().map(ToString::to_string).collect();
    if needs.is_empty() { step.name.to_string() } else { format!("{} ← {}", step.name, needs.join(", ")) }
}
