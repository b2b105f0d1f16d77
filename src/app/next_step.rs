use super::{Alike, PastRun, ProjectLook, Touched, WorkflowLook};
use crate::domain::{Name, Role, Status};

/// What is to be done next with a workflow, and who would do it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextStep {
    pub what: String,
    pub urgency: Urgency,
    pub whose: Vec<Name>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Urgency {
    /// Something is wrong.
    Wrong,
    /// Somebody has begun and not ended.
    Open,
    /// Goes on by itself.
    Running,
    /// Nothing is in the way.
    Ready,
}

/// `runs`: those of the workflow that ran here, newest first.
pub fn next_step<'a>(
    project: &ProjectLook,
    flow: &WorkflowLook,
    alike: &Alike,
    runs: impl Iterator<Item = &'a PastRun>,
) -> NextStep {
    let step = |what: String, urgency, engineers| NextStep {
        what,
        urgency,
        whose: if engineers { owners(project, flow, true) } else { owners(project, flow, false) },
    };
    if let Some(problem) = project.errors(&flow.file).next() {
        return step(format!("mend {}:{}", problem.file, problem.span.line), Urgency::Wrong, false);
    }
    let runs: Vec<&PastRun> = runs.collect();
    // One that was resumed may be older than the newest.
    let going = runs.iter().find(|past| past.status() == Status::Running);
    let Some(last) = going.or(runs.first()) else {
        return step("run it for the first time".to_owned(), Urgency::Ready, false);
    };
    let short = last.run.token.short();
    match last.status() {
        Status::Running => step(format!("watch run {short}"), Urgency::Running, false),
        Status::Interrupted => step(format!("go on with run {short}"), Urgency::Open, false),
        Status::Failed => step(format!("mend what failed in run {short}"), Urgency::Wrong, false),
        Status::Cancelled => step("run it again: it was cancelled".to_owned(), Urgency::Open, false),
        Status::Skipped | Status::Succeeded => {
            if Touched::of(flow, last).is_some_and(|touched| !alike.has(&touched)) {
                return step("run it again: it has changed".to_owned(), Urgency::Open, false);
            }
            if last.run.dirty {
                return step("commit it, and run it once more".to_owned(), Urgency::Open, false);
            }
            step("ready for review".to_owned(), Urgency::Ready, true)
        }
    }
}

/// The engineers among the owners, or the others; all of them where there are none such.
fn owners(project: &ProjectLook, flow: &WorkflowLook, engineers: bool) -> Vec<Name> {
    let Some(spec) = &flow.spec else { return Vec::new() };
    let is_engineer =
        |name: &Name| project.people.get(name).is_some_and(|person| person.role == Role::Engineer);
    let those: Vec<Name> =
        spec.owners.iter().filter(|name| is_engineer(name) == engineers).cloned().collect();
    if those.is_empty() { spec.owners.clone() } else { those }
}
