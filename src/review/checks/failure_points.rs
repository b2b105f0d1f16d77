use std::time::Duration;

use super::Subject;
use crate::domain::lineage::Dataset;
use crate::domain::track::{Check, CheckStatus};
use crate::domain::{Action, Name, OutputType, Step, Workflow, show_duration};

/// A sensor that waits longer says nothing to anybody for that long.
const LONG: Duration = Duration::from_secs(24 * 3600);

/// Where it breaks, or nobody sees that it broke.
pub(super) fn check(subject: &Subject<'_>, mut check: Check) -> Check {
    for (workflow, step) in subject.steps() {
        let name = format!("{}.{}", workflow.name, step.name);
        let mut warn = |what: String, key: &str, help: &str| {
            let place = subject.place_of(workflow, &step.name, &[key]);
            check.find(CheckStatus::Warned, what, place, help.to_owned());
        };
        match &step.poll {
            Some(poll) if poll.limit > LONG => {
                let what = format!("the sensor {name} waits for {}", show_duration(poll.limit));
                warn(what, "poll", "let it give up within a day: poll: {every: 5m, for: 6h}");
            }
            Some(_) => {}
            None if is_sensor(step) => {
                let what = format!("the sensor {name} looks once only");
                warn(what, "uses", "say how long it waits: poll: {every: 5m, for: 6h}");
            }
            None => {}
        }
        if step.timeout.is_none() && step.poll.is_none() {
            warn(format!("{name} may run for ever"), "timeout", "timeout: 30m, or defaults: {timeout: 30m}");
        }
        if step.retry.limit == 0 && step.poll.is_none() {
            let what = format!("{name} is not tried again when it fails");
            warn(what, "retry", "retry: {limit: 2, delay: 10s}, or the same under defaults");
        }
        for output in step.outputs.keys().filter(|output| !is_watched(subject, workflow, step, output)) {
            let what = format!("nobody watches {name}.{output}: no step reads it, nothing is expected of it");
            warn(what, "outputs", "expect something of it, or add a monitor: {kind: freshness, output: …}");
        }
    }
    for workflow in &subject.asked {
        let (measured, _) = subject.history.measured(&workflow.name);
        for step in workflow.steps.values() {
            let runs: Vec<_> = measured.iter().filter(|one| one.step == step.name).collect();
            let again = runs.iter().filter(|one| one.attempt > 1).count();
            if again > 0 {
                let (name, all) = (&workflow.name, runs.len());
                let what = format!("{name}.{} needed several attempts in {again} of {all} runs", step.name);
                let place = subject.place_of(workflow, &step.name, &[]);
                let help = format!("greenroom logs {name}@last {} --attempt 1", step.name);
                check.find(CheckStatus::Warned, what, place, help);
            }
        }
    }
    check
}

fn is_sensor(step: &Step) -> bool {
    matches!(&step.action, Action::Uses { operator, .. } if operator.as_str() == "data_available")
}

fn is_watched(subject: &Subject<'_>, workflow: &Workflow, step: &Step, output: &Name) -> bool {
    let Some(spec) = step.outputs.get(output) else { return true };
    let monitored = workflow.monitors.iter().any(|monitor| {
        monitor.output.as_ref().is_some_and(|(of, watched)| *of == step.name && watched == output)
    });
    let artifact = Dataset::Artifact {
        workflow: workflow.name.clone(),
        step: step.name.clone(),
        output: output.clone(),
    };
    let made = match spec.kind {
        OutputType::Table => {
            let of = subject
                .lineage
                .steps
                .iter()
                .find(|one| one.id.workflow == workflow.name && one.id.step == step.name);
            of.into_iter().flat_map(|step| step.makes.iter().cloned()).collect()
        }
        _ => vec![artifact],
    };
    let read = made.iter().filter_map(|dataset| subject.lineage.data(dataset));
    !spec.expect.is_empty() || monitored || read.into_iter().any(|data| !data.read_by.is_empty())
}
