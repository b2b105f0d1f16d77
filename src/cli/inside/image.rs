use super::Chosen;
use crate::cli::local_error::local_error;
use crate::cli::{Exit, Invocation, Machine, Output, UserError, Workspace};
use crate::domain::PlannedImage;
use crate::local::{ImageState, image_state};

/// The very image that the step ran in; where the engine has it no more, that of the same name as the project has it now,
/// which is told.
pub async fn image_of(
    chosen: &Chosen,
    workspace: &Workspace,
    machine: &Machine,
    output: &Output,
    invocation: &Invocation,
) -> Result<PlannedImage, UserError> {
    let name = &chosen.node.image;
    let planned = chosen.plan.images.get(name).cloned();
    let planned = planned.ok_or_else(|| UserError::not_ready("the run's plan does not tell its images"))?;
    let found = machine.engine.image(&planned.id).await.map_err(|error| {
        UserError::from_error(Exit::NotReady, "the engine does not tell its images", &error)
    })?;
    if found.is_some() {
        return Ok(planned);
    }
    let short = chosen.run.token.short();
    let gone = format!("the image {name} of run {short} is not on the engine any more");
    if !workspace.project.images.contains_key(name) {
        return Err(UserError::not_ready(gone).because("greenroom.yaml has no image of this name any more"));
    }
    let site = machine.site(&workspace.project, workspace.root());
    let state =
        image_state(site, name).await.map_err(|error| local_error(&error, &workspace.project, invocation))?;
    match state {
        ImageState::Current(facts) | ImageState::Stale(facts) => {
            output.warn(&format!("{gone}: this is the one that was built since, which may differ"));
            Ok(PlannedImage { bash: facts.has_bash(), id: facts.id, ..planned })
        }
        ImageState::Absent => Err(UserError::not_ready(gone).to_do(format!(
            "build one of the same name: {}",
            invocation.command(&["local", "build", name.as_str()])
        ))),
    }
}
