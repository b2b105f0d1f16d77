use std::collections::BTreeSet;
use std::rc::Rc;

use super::closures::{closures, parted};
use super::desk::Desk;
use super::version::Version;
use indexmap::IndexMap;

use crate::app::{FlowDiff, StepPair, StepSign};
use crate::cli::UserError;
use crate::domain::lineage::{self, Break, DataChange, DataDiff};
use crate::domain::track::{NotChecked, TreeChange, TreeId};
use crate::domain::{Name, Person, Step, Workflow};
use crate::plan;
use crate::review::{Closure, StepChange, StepDiff, step_diff};
use crate::spec::Minijinja;

/// A project as it is before and after something.
pub(super) struct Versions {
    pub before: Rc<Version>,
    pub after: Rc<Version>,
    lineage: Vec<DataDiff>,
}

impl Versions {
    pub fn of(desk: &Desk, before: &TreeId, after: &TreeId) -> Result<Self, UserError> {
        let (before, after) = (desk.version(before)?, desk.version(after)?);
        let lineage = lineage::diff(&before.lineage, &after.lineage);
        Ok(Self { before, after, lineage })
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
        let (before, after) = (self.before.specs.project.as_ref(), self.after.specs.project.as_ref());
        let changed = parted(changed, folder, before, after);
        let of_others = |step: &&str| !ran.iter().any(|name| step.split('.').next() == Some(*name));
        // Who is asked about is nobody: all that the change touches.
        let closures = closures(&self.after, "", folder, &changed).unwrap_or_default();
        let touched = closures.iter().filter(|closure| changed.iter().any(|change| closure.touches(change)));
        touched.map(Closure::step).filter(of_others).map(str::to_owned).collect()
    }

    pub fn lineage(&self) -> &[DataDiff] {
        &self.lineage
    }

    /// What is gone or of another type, with those who read it.
    pub fn breaks(&self) -> Vec<Break> {
        self.lineage.iter().flat_map(DataDiff::breaks).collect()
    }

    /// Of what nobody can tell whether it breaks, and why.
    pub fn untold(&self) -> Vec<NotChecked> {
        let changed = self.lineage.iter().filter(|data| data.state == DataChange::Changed);
        let columns = changed.filter_map(|data| {
            let what = format!("Which columns {} loses", data.dataset);
            Some(NotChecked { what, why: data.unknown.clone()? })
        });
        let broken: Vec<String> = self.breaks().iter().map(ToString::to_string).collect();
        let readers = self.after.lineage.not_followed().filter(|_| !broken.is_empty());
        let readers = readers.map(|(step, why)| {
            let what = format!("Whether {step} reads {}", broken.join(", "));
            NotChecked { what, why: why.to_owned() }
        });
        columns.chain(readers).collect()
    }

    /// The people before it and after it.
    pub fn people(&self) -> [IndexMap<Name, Person>; 2] {
        [&self.before, &self.after].map(|version| {
            version.specs.project.as_ref().map(|project| project.people.clone()).unwrap_or_default()
        })
    }
}

/// `ana turns from analyst of ana@example.com to engineer of ana@example.com`
pub(super) fn become_of(before: &IndexMap<Name, Person>, after: &IndexMap<Name, Person>) -> Vec<String> {
    let told = |(name, is): (&Name, &Person)| {
        let now = format!("{} of {}", is.role.as_str(), is.email);
        match before.get(name) {
            None => Some(format!("{name} comes to the people: {now}")),
            Some(was) if was != is => {
                Some(format!("{name} turns from {} of {} to {now}", was.role.as_str(), was.email))
            }
            Some(_) => None,
        }
    };
    let gone = before.keys().filter(|name| !after.contains_key(*name));
    let gone = gone.map(|name| format!("{name} is none of the people any more"));
    after.iter().filter_map(told).chain(gone).collect()
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
