//! The same as on the workflow's screen, where one types: by keys that are no letters.

use super::run::{CONTINUE, RUN};
use super::save::file;
use super::{Action, Group};
use crate::app::{Model, ProjectLook, Screen, WorkflowLook};

pub const RUN_OPEN: Action = Action {
    id: "run_open",
    keys: &["f9"],
    title: "run",
    about: "Run the workflow whose spec is open, or a query of it",
    group: Group::Runs,
    on: &[Screen::Editor],
    applies: RUN.applies,
    act: RUN.act,
};

pub const CONTINUE_OPEN: Action = Action {
    id: "continue_open",
    // f8 goes to the next problem.
    keys: &["shift-f9"],
    title: "go on from the failed step",
    about: "The same from the step that failed in its run that was looked at",
    group: Group::Runs,
    on: &[Screen::Editor],
    applies: CONTINUE.applies,
    act: CONTINUE.act,
};

/// The workflow whose spec is open in the editor, or a query of it.
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
    let flow = flows.next().ok_or_else(|| format!("{path} is no workflow, and no query of one"))?;
    match flows.find(|other| other.name != flow.name) {
        Some(other) => {
            Err(format!("{path} is a query of {} and of {}: run one of them there", flow.name, other.name))
        }
        None if file.unsaved => Err(format!("{path} is not saved: save it first, or it would run as it was")),
        None => Ok(flow),
    }
}
