use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::domain::{Name, Workflow};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepChange {
    Added,
    Removed,
    Changed,
}

/// What became of a step, or of what a workflow says beside its steps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepDiff {
    pub workflow: Name,
    /// None: of the workflow as a whole.
    pub step: Option<Name>,
    pub change: StepChange,
    /// The keys of the spec that differ, of one that was changed.
    pub keys: Vec<String>,
}

/// Where a query stands in its file makes no difference to what it does; what a file holds is told elsewhere.
const PLACES: [&str; 3] = ["query_line", "file", "steps"];

/// What differs between two states of a workflow: of the whole first, then step by step in the order of the newer one.
pub fn step_diff(before: Option<&Workflow>, after: Option<&Workflow>) -> Vec<StepDiff> {
    let Some(either) = after.or(before) else { return Vec::new() };
    let name = &either.name;
    let told = |step: Option<&Name>, change, keys| StepDiff {
        workflow: name.clone(),
        step: step.cloned(),
        change,
        keys,
    };
    let mut found = Vec::new();
    match (before, after) {
        (None, Some(_)) => found.push(told(None, StepChange::Added, Vec::new())),
        (Some(_), None) => found.push(told(None, StepChange::Removed, Vec::new())),
        (Some(before), Some(after)) => {
            let keys = differing(&object(before), &object(after));
            found.extend((!keys.is_empty()).then(|| told(None, StepChange::Changed, keys)));
        }
        (None, None) => {}
    }
    let old = |step: &Name| before.and_then(|workflow| workflow.steps.get(step));
    let new = |step: &Name| after.and_then(|workflow| workflow.steps.get(step));
    for (step, now) in after.into_iter().flat_map(|workflow| &workflow.steps) {
        let Some(was) = old(step) else {
            found.push(told(Some(step), StepChange::Added, Vec::new()));
            continue;
        };
        let keys = differing(&object(was), &object(now));
        found.extend((!keys.is_empty()).then(|| told(Some(step), StepChange::Changed, keys)));
    }
    let gone =
        before.into_iter().flat_map(|workflow| workflow.steps.keys()).filter(|step| new(step).is_none());
    found.extend(gone.map(|step| told(Some(step), StepChange::Removed, Vec::new())));
    found
}

/// Nothing of ours fails to be written as JSON.
fn object(of: &impl Serialize) -> Map<String, Value> {
    match serde_json::to_value(of) {
        Ok(Value::Object(object)) => object,
        _ => Map::new(),
    }
}

fn differing(before: &Map<String, Value>, after: &Map<String, Value>) -> Vec<String> {
    let mut keys: Vec<&String> =
        after.keys().chain(before.keys().filter(|key| !after.contains_key(*key))).collect();
    keys.retain(|key| !PLACES.contains(&key.as_str()) && before.get(*key) != after.get(*key));
    keys.into_iter().cloned().collect()
}
