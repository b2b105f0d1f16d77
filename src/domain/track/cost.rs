use serde::{Deserialize, Serialize};

use super::RunReport;

/// Before and after; None: it was not there, or was not measured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amounts {
    pub before: Option<u64>,
    pub after: Option<u64>,
}

impl Amounts {
    /// How many times as much it is now, where both are known and there was something.
    pub fn factor(&self) -> Option<f64> {
        match (self.before?, self.after?) {
            (0, _) => None,
            (before, after) => Some(after as f64 / before as f64),
        }
    }
}

/// What a step costs now against what it cost on the target. The processor's time is not measured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepCost {
    pub step: String,
    pub wall_milliseconds: Amounts,
    pub peak_memory_bytes: Amounts,
}

/// Of each step that ran in either, in the order of the newer run. A step that was taken over cost nothing that tells
/// anything, and so is left out.
pub fn cost(before: Option<&RunReport>, after: &RunReport) -> Vec<StepCost> {
    let old = |name: &str| {
        let mut steps = before.into_iter().flat_map(|run| &run.steps);
        steps.find(|step| step.step == name && !step.taken)
    };
    let new = |name: &str| after.steps.iter().find(|step| step.step == name);
    let mut costs: Vec<StepCost> = after
        .steps
        .iter()
        .filter(|step| !step.taken)
        .map(|step| StepCost {
            step: step.step.clone(),
            wall_milliseconds: Amounts {
                before: old(&step.step).map(|step| step.milliseconds),
                after: Some(step.milliseconds),
            },
            peak_memory_bytes: Amounts {
                before: old(&step.step).and_then(|step| step.peak_memory_bytes),
                after: step.peak_memory_bytes,
            },
        })
        .collect();
    let gone =
        before.into_iter().flat_map(|run| &run.steps).filter(|step| !step.taken && new(&step.step).is_none());
    costs.extend(gone.map(|step| StepCost {
        step: step.step.clone(),
        wall_milliseconds: Amounts { before: Some(step.milliseconds), after: None },
        peak_memory_bytes: Amounts { before: step.peak_memory_bytes, after: None },
    }));
    costs
}
