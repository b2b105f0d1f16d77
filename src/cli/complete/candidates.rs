//! One function for each kind of name that an argument may take. All there are; what was typed of it picks among them.

use std::collections::BTreeSet;

use clap_complete::CompletionCandidate;
use jiff::Timestamp;

use super::Call;
use crate::cli::args::NewKind;
use crate::cli::lineage::lineage;
use crate::cli::scaffold;
use crate::cli::stage::find;
use crate::cli::{Place, Workspace};
use crate::domain::figures::ago;
use crate::domain::lineage::{Data, Dataset};
use crate::domain::text::safe;
use crate::domain::track::TrackId;
use crate::domain::{Name, Plan, RunLayout, Workflow};
use crate::git::Repository;
use crate::store::{self, Recorded, Runs};

/// More than fit on a screen help nobody to choose.
const NEWEST: usize = 50;

/// `3f2a`, `@last`, `daily_delays@last`
pub fn runs() -> Vec<CompletionCandidate> {
    let call = Call::of_this_process();
    let Some(runs) = open(&call).and_then(|workspace| runs_of(&workspace, &call)) else { return Vec::new() };
    let listed = runs.list(None, NEWEST).runs;
    let now = Timestamp::now();
    let mut found: Vec<(String, String)> = listed.iter().map(|run| told(run, now)).collect();
    if !listed.is_empty() {
        found.push(("@last".to_owned(), "the newest run".to_owned()));
        found.push(("@failed".to_owned(), "the newest run that failed".to_owned()));
    }
    let mut names: Vec<&Name> = listed.iter().map(|recorded| &recorded.run.name).collect();
    names.sort();
    names.dedup();
    found.extend(names.iter().map(|name| (format!("{name}@last"), format!("the newest run of {name}"))));
    in_this_order(found)
}

pub fn workflows() -> Vec<CompletionCandidate> {
    let Some(workspace) = open(&Call::of_this_process()) else { return Vec::new() };
    let about = |workflow: &Workflow| workflow.description.clone();
    in_this_order(workspace.specs.workflows.iter().map(|(name, found)| (name.to_string(), about(found))))
}

/// As they were last fetched.
pub fn tracks() -> Vec<CompletionCandidate> {
    let found = open(&Call::of_this_process()).and_then(|workspace| {
        let repository = Repository::open(workspace.root()).ok()?;
        let remotes = repository.remotes().ok()?;
        let all = remotes.iter().filter_map(|remote| repository.remote_tracks(remote).ok()).flatten();
        Some(all.filter_map(|track| TrackId::new(&track.id).ok()).collect::<BTreeSet<_>>())
    });
    in_this_order(found.into_iter().flatten().map(|id| (id.to_string(), String::new())))
}

/// Steps of the workflow that the line names.
pub fn steps() -> Vec<CompletionCandidate> {
    of_workflow(|workflow| workflow.steps.keys().map(|step| (step.to_string(), String::new())).collect())
}

/// Use cases of the blueprint that the line names.
pub fn use_cases() -> Vec<CompletionCandidate> {
    of_workflow(|workflow| {
        let cases = workflow.blueprint.iter().flat_map(|blueprint| &blueprint.use_cases);
        let parts = |parts: &Vec<Name>| parts.iter().map(Name::as_str).collect::<Vec<_>>().join(", ");
        cases.map(|(name, components)| (name.to_string(), parts(components))).collect()
    })
}

/// Parameters of the workflow that the line names: `day=`
pub fn params() -> Vec<CompletionCandidate> {
    of_workflow(|workflow| {
        let told = workflow.params.iter();
        told.map(|(name, param)| (format!("{name}="), param.description.clone())).collect()
    })
}

/// Steps, and cells of a matrix, of the run that the line names.
pub fn nodes() -> Vec<CompletionCandidate> {
    of_run(|plan| plan.nodes.iter().map(|node| node.id.to_string()).collect())
}

/// The same without their cells.
pub fn steps_of_run() -> Vec<CompletionCandidate> {
    of_run(|plan| plan.nodes.iter().map(|node| node.id.step.to_string()).collect())
}

/// Parameters of the run that the line names: `day=`
pub fn params_of_run() -> Vec<CompletionCandidate> {
    of_run(|plan| plan.params.keys().map(|name| format!("{name}=")).collect())
}

/// `step.output` of the run that the line names.
pub fn outputs() -> Vec<CompletionCandidate> {
    of_run(|plan| {
        let of = plan.nodes.iter().flat_map(|node| node.outputs.keys().map(|output| (&node.id.step, output)));
        of.map(|(step, output)| format!("{step}.{output}")).collect()
    })
}

pub fn operators() -> Vec<CompletionCandidate> {
    let Some(workspace) = open(&Call::of_this_process()) else { return Vec::new() };
    let told = workspace.specs.operators.iter();
    in_this_order(told.map(|(name, operator)| (name.to_string(), operator.description.clone())))
}

/// Tables and artifacts that steps make or read.
pub fn datasets() -> Vec<CompletionCandidate> {
    let call = Call::of_this_process();
    let Some(workspace) = open(&call) else { return Vec::new() };
    let all = lineage(&workspace.place, &workspace.specs, call.env());
    let told = |data: &Data| {
        let made_by = data.made_by.first().map(|step| format!("made by {step}"));
        (data.dataset.to_string(), made_by.unwrap_or_default())
    };
    // A query may name anything; what would not show as it is cannot be typed either.
    let is_plain = |(name, _): &(String, String)| safe(name) == *name;
    let named = all.data.iter().filter(|data| !matches!(data.dataset, Dataset::Files { .. }));
    in_this_order(named.map(told).filter(is_plain))
}

pub fn environments() -> Vec<CompletionCandidate> {
    named(|workspace| workspace.project.environments.keys().collect())
}

pub fn images() -> Vec<CompletionCandidate> {
    named(|workspace| workspace.project.images.keys().collect())
}

pub fn services() -> Vec<CompletionCandidate> {
    named(|workspace| workspace.project.services.keys().collect())
}

/// Patterns of the kind that the line names.
pub fn patterns() -> Vec<CompletionCandidate> {
    let call = Call::of_this_process();
    let Ok(place) = Place::find(call.project()) else { return Vec::new() };
    let operator = call.words().any(|word| word == "operator");
    let kind = if operator { NewKind::Operator } else { NewKind::Workflow };
    let found = scaffold::patterns(&place.root, kind).unwrap_or_default();
    in_this_order(found.into_iter().map(|pattern| (pattern.name, pattern.about)))
}

fn open(call: &Call) -> Option<Workspace> {
    Workspace::open(call.project()).ok()
}

/// None also before the first run: to complete a word makes no folders.
fn runs_of(workspace: &Workspace, call: &Call) -> Option<Runs> {
    let (_, environment) = workspace.environment(call.env()).ok()?;
    let there = workspace.root().join(&environment.root).is_dir();
    there.then(|| crate::cli::stage::runs_of(workspace, call.env()).ok()).flatten()
}

fn of_workflow(found: impl Fn(&Workflow) -> Vec<(String, String)>) -> Vec<CompletionCandidate> {
    let call = Call::of_this_process();
    let Some(workspace) = open(&call) else { return Vec::new() };
    let named = call.words().find_map(|word| workspace.specs.workflows.get(word));
    in_this_order(named.map(found).unwrap_or_default())
}

fn of_run(found: impl Fn(&Plan) -> Vec<String>) -> Vec<CompletionCandidate> {
    let call = Call::of_this_process();
    let plan = || {
        let runs = runs_of(&open(&call)?, &call)?;
        // The first is the command.
        let recorded = call.words().skip(1).find_map(|word| find(&runs, word).ok())?;
        store::read_plan(&RunLayout::at(&recorded.path)).ok()
    };
    let mut names = plan().map(|plan| found(&plan)).unwrap_or_default();
    names.dedup();
    in_this_order(names.into_iter().map(|name| (name, String::new())))
}

fn named(found: impl Fn(&Workspace) -> Vec<&Name>) -> Vec<CompletionCandidate> {
    let Some(workspace) = open(&Call::of_this_process()) else { return Vec::new() };
    in_this_order(found(&workspace).into_iter().map(|name| (name.to_string(), String::new())))
}

fn told(recorded: &Recorded, now: Timestamp) -> (String, String) {
    let run = &recorded.run;
    let help = format!("{} {} {}", run.name, run.status.as_str(), ago(run.started_at, now));
    (run.token.short(), help)
}

/// As they come, with what a shell that shows it says beside each.
fn in_this_order(found: impl IntoIterator<Item = (String, String)>) -> Vec<CompletionCandidate> {
    let candidate = |(index, (name, help)): (usize, (String, String))| {
        let help = help.lines().next().filter(|help| !help.is_empty()).map(|help| safe(help).into_owned());
        CompletionCandidate::new(name).help(help.map(Into::into)).display_order(Some(index))
    };
    found.into_iter().enumerate().map(candidate).collect()
}
