use super::{Alike, PastRun, ProjectLook, Touched, WorkflowLook};
use crate::domain::track::{NextAction, Track};
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

impl NextStep {
    /// What is next on the workflow's way to production, where nothing has to be done for it here first.
    pub fn or_of_track(self, track: Option<&Track>) -> Self {
        let Some(next) = track.map(|track| &track.next) else { return self };
        // What is packaged is what has run here, as it is committed here.
        let from_here = matches!(next.action, NextAction::Open | NextAction::Seal | NextAction::SealAgain);
        let first = match self.urgency {
            Urgency::Wrong | Urgency::Running => true,
            Urgency::Open => from_here,
            Urgency::Ready => false,
        };
        if first || next.action == NextAction::Nothing {
            return self;
        }
        Self { what: next.action.title().to_owned(), urgency: Urgency::Open, whose: next.people.clone() }
    }
}

/// `last`: the run that the workflow is judged by (`RunsLook::judged_of`).
pub fn next_step(
    project: &ProjectLook,
    flow: &WorkflowLook,
    alike: &Alike,
    last: Option<&PastRun>,
) -> NextStep {
    let step = |what: String, urgency, engineers| NextStep {
        what,
        urgency,
        whose: if engineers { owners(project, flow, true) } else { owners(project, flow, false) },
    };
    if let Some(problem) = project.errors(&flow.file).next() {
        return step(format!("mend {}:{}", problem.file, problem.span.line), Urgency::Wrong, false);
    }
    let Some(last) = last else {
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
            if let Some(step_alone) = &last.run.only {
                return step(format!("run all of it, not only {step_alone}"), Urgency::Open, false);
            }
            match (last.run.dirty, project.dirty) {
                (true, true) => step("commit it, and run it once more".to_owned(), Urgency::Open, false),
                // What is packaged is a run of the commit, even if that changed nothing.
                (true, false) => step("run it as it is committed".to_owned(), Urgency::Open, false),
                (false, _) => step("ready for review".to_owned(), Urgency::Ready, true),
            }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::review_scene::{ID, track};

    #[test]
    fn what_has_to_be_done_here_comes_before_what_is_packaged_of_it() {
        let step = |urgency| NextStep { what: "here".to_owned(), urgency, whose: Vec::new() };
        let review = track(ID, 3, NextAction::Review, &["eli"]);
        let seal = track(ID, 2, NextAction::Seal, &["ana"]);
        let what = |urgency, track| step(urgency).or_of_track(Some(track)).what;
        assert_eq!(what(Urgency::Ready, &review), "review the package");
        assert_eq!(what(Urgency::Open, &review), "review the package");
        assert_eq!(
            (what(Urgency::Open, &seal), what(Urgency::Wrong, &review)),
            ("here".into(), "here".into())
        );
        assert_eq!(what(Urgency::Ready, &seal), "package the branch");
        let over = track(ID, 8, NextAction::Nothing, &[]);
        assert_eq!(what(Urgency::Ready, &over), "here");
        assert_eq!(step(Urgency::Ready).or_of_track(None), step(Urgency::Ready));
    }
}
