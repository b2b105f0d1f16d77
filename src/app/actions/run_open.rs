//! The same as on the workflow's screen, where one types: by keys that are no letters.

use super::run::{CONTINUE, RUN};
use super::save::file;
use super::{Action, Group};
use crate::app::{Model, OpenFile, ProjectLook, Screen, WorkflowLook};
use crate::domain::Status;

pub const RUN_OPEN: Action = Action {
    id: "run_open",
    keys: &["f9"],
    title: "run",
    about: "Run the workflow whose spec is open, or a query of it; of another file, the one that was looked at",
    group: Group::Runs,
    on: &[Screen::Editor],
    applies: RUN.applies,
    act: RUN.act,
};

pub const CONTINUE_OPEN: Action = Action {
    id: "continue_open",
    // f8 goes to the next problem.
    keys: &["shift-f9"],
    title: "go on",
    about: "Go on from the step that failed in its run that was looked at, as a new run",
    group: Group::Runs,
    on: &[Screen::Editor],
    applies: CONTINUE.applies,
    act: CONTINUE.act,
};

/// The workflow whose spec is open in the editor, or a query of it. Of scripts nobody knows whose they are: whoever came to
/// one from a workflow means that.
pub(super) fn of_open_file<'a>(
    model: &'a Model,
    project: &'a ProjectLook,
) -> Result<&'a WorkflowLook, String> {
    let file = file(model)?;
    let path = &file.path;
    if let Some(flow) = project.workflows.iter().find(|flow| flow.file == *path) {
        return Ok(flow);
    }
    let uses = model.editor.known.queries.get(path).into_iter().flatten();
    let mut flows = uses.filter_map(|query| project.workflows.iter().find(|flow| flow.file == query.spec));
    let Some(flow) = flows.next() else {
        if file.is_new() {
            return Err(format!("{path} is not saved yet: save it first (ctrl-s)"));
        }
        let shown = model.workflow.name.as_deref().and_then(|name| project.workflow(name));
        // The step that it belongs to would run as it was.
        return match shown {
            Some(_) if file.unsaved => Err(unsaved(file)),
            Some(flow) => Ok(flow),
            None => Err(format!("{path} is no workflow, and no query of one")),
        };
    };
    match flows.find(|other| other.name != flow.name) {
        Some(other) => {
            Err(format!("{path} is a query of {} and of {}: run one of them there", flow.name, other.name))
        }
        None if file.unsaved => Err(unsaved(file)),
        None => Ok(flow),
    }
}

impl Model {
    /// The newest run of the open file's workflow has failed, and is known, so that it can be gone on with.
    pub(in crate::app) fn open_file_failed(&self) -> bool {
        let flow = self.project.get().and_then(|project| of_open_file(self, project).ok());
        let newest = flow.zip(self.runs.get()).and_then(|(flow, runs)| runs.of(&flow.name).next());
        newest.is_some_and(|newest| newest.status() == Status::Failed) && (CONTINUE.applies)(self).is_ok()
    }
}

fn unsaved(file: &OpenFile) -> String {
    format!("{} is not saved: save it first, or it would run as it was", file.path)
}
