use crate::app::{Location, MakeStep};
use crate::cli::scaffold::NewStep;
use crate::cli::{UserError, Workspace};

/// A query becomes a step; where it stands then.
pub fn make(workspace: &Workspace, made: MakeStep) -> Result<Location, UserError> {
    let MakeStep { workflow, step, table, query, params } = made;
    // One that is there, but has errors, is told of as such.
    let specs = &workspace.specs;
    let there = specs.broken.contains_key(&workflow) || specs.workflows.contains_key(&workflow);
    let known = there.then(|| workspace.workflow(workflow.as_str())).transpose()?;
    let new = NewStep { workflow, step, table, query, params };
    let (path, line) = new.write(workspace.root(), known)?;
    Ok(Location { path, row: line.saturating_sub(1), letter: 0 })
}
