use crate::cli::{Exit, UserError, Workspace};
use crate::store::{Recorded, RunRef, Runs};

/// The recorded runs of an environment.
pub fn runs_of(workspace: &Workspace, env: &str) -> Result<Runs, UserError> {
    let (name, _) = workspace.environment(env)?;
    Ok(Runs::new(&workspace.store_root(env)?, &workspace.project.name, &name))
}

/// The run that a person means.
pub fn find(runs: &Runs, reference: &str) -> Result<Recorded, UserError> {
    let wrong = |error: &(dyn std::error::Error + 'static)| {
        UserError::from_error(Exit::Wrong, format!("`{reference}` names no run"), error)
    };
    let reference: RunRef = reference.parse().map_err(|error| wrong(&error))?;
    runs.find(&reference).map_err(|error| wrong(&error))
}
