use super::Workspace;
use super::stage::KnownFigures;
use crate::domain::nearest::did_you_mean;
use crate::domain::{Diagnostic, Measured, Severity, Status, Threshold, Workflow, figure_names};
use crate::spec::{self, Condition};
use crate::store::JUDGE;

/// Figures that specs ask for and no run of the same version has had: slips mostly, of which nobody would hear before a
/// model is refused, or never. Before the first run that could have them nothing is known, and nothing is told.
pub fn unheard_figures(workspace: &Workspace, env: &str) -> Vec<Diagnostic> {
    let asks = |workflow: &&Workflow| {
        let is_asked = workflow.blueprint.as_ref().is_some_and(|blueprint| blueprint.accept.is_some());
        is_asked || workflow.monitors.iter().any(|monitor| monitor.metric.is_some())
    };
    let workflows = workspace.specs.workflows.values().filter(asks);
    workflows.flat_map(|workflow| of_workflow(workspace, workflow, env)).collect()
}

fn of_workflow(workspace: &Workspace, workflow: &Workflow, env: &str) -> Vec<Diagnostic> {
    let mut runs = KnownFigures::of(workspace, env, &workflow.name).runs;
    runs.retain(|run| run.version == workflow.version && run.status == Status::Succeeded);
    let mut found = Vec::new();
    let mut tell = |name: &str, could: Vec<Measured>, path: &[&str]| {
        if could.is_empty() {
            return;
        }
        let place = workspace.specs.source(&workflow.file).and_then(|text| spec::place(text, path));
        found.extend(place.map(|span| Diagnostic {
            file: workflow.file.clone(),
            span,
            severity: Severity::Warning,
            code: "unheard-figure".to_owned(),
            message: format!("no run of {} {} has had the figure `{name}`", workflow.name, workflow.version),
            // Of a whole name, the last part is what was mistyped mostly.
            help: did_you_mean(name.rsplit('.').next().unwrap_or(name), "figures", figure_names(&could)),
        }));
    };
    let of_output = |output: &str| {
        let has = |run: &&Measured| run.outputs.values().any(|of| of == output);
        runs.iter().filter(has).cloned().collect::<Vec<_>>()
    };
    // What was not evaluated is not judged.
    let judged = |run: &&Measured| run.outputs.values().any(|of| of.split('.').next() == Some(JUDGE));
    let accept = workflow.blueprint.as_ref().and_then(|blueprint| blueprint.accept.as_deref());
    let condition = accept.and_then(|accept| Condition::new(accept).ok());
    for name in condition.iter().flat_map(Condition::names) {
        let could: Vec<Measured> = runs.iter().filter(judged).cloned().collect();
        if could.iter().all(|run| run.known().all(name).is_empty()) {
            tell(name, could, &["accept"]);
        }
    }
    for (at, monitor) in workflow.monitors.iter().enumerate() {
        let Some(threshold) = Threshold::of(&workflow.name, monitor) else { continue };
        let could = match &threshold.output {
            Some(output) => of_output(output),
            None => runs.clone(),
        };
        if !could.iter().any(|run| threshold.worst_of(run).is_some()) {
            tell(&threshold.metric, could, &["monitors", &at.to_string(), "metric"]);
        }
    }
    found
}
