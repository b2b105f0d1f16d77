use camino::Utf8PathBuf;

use super::Unchecked;
use crate::cli::local_error::local_error;
use crate::cli::{Invocation, Machine, UserError, Workspace};
use crate::domain::{Name, Warehouse};
use crate::local::{self, ImageState, LocalError, Progress};

/// The folder of an environment's lake.
pub fn lake(workspace: &Workspace, env: &str) -> Result<Utf8PathBuf, UserError> {
    let (env, environment) = workspace.environment(env)?;
    let lake = match &environment.warehouse {
        Some(Warehouse::Duckdb { .. }) => workspace.place.lake(environment.warehouse.as_ref())?,
        Some(Warehouse::Bigquery { .. }) => {
            return Err(UserError::wrong(format!(
                "the warehouse of `{env}` is BigQuery, which has a console of its own"
            ))
            .to_do("ask the lake on this machine: --env dev"));
        }
        None => None,
    };
    lake.ok_or_else(|| {
        UserError::wrong(format!("the environment `{env}` has no warehouse"))
            .to_do("give it one in greenroom.yaml: warehouse: {engine: duckdb, path: .greenroom/lake}")
    })
}

/// The id of the image in which queries run, if it is there, and as the project says.
pub async fn built_image(workspace: &Workspace, machine: &Machine) -> Result<String, Unchecked> {
    let name = Name::new("default").map_err(|_| Unchecked::NotBuilt)?;
    match local::image_state(machine.site(&workspace.project, workspace.root()), &name).await {
        Ok(ImageState::Current(image)) => Ok(image.id),
        Err(LocalError::Docker(_)) => Err(Unchecked::NoEngine),
        _ => Err(Unchecked::NotBuilt),
    }
}

/// The id of the image in which queries run, built if it is not current.
pub async fn default_image(
    workspace: &Workspace,
    machine: &Machine,
    progress: &dyn Progress,
    invocation: &Invocation,
) -> Result<String, UserError> {
    let project = &workspace.project;
    let name = Name::new("default").map_err(|error| UserError::wrong(error.to_string()))?;
    let site = machine.site(project, workspace.root());
    let built = local::build(site, &[name], progress)
        .await
        .map_err(|error| local_error(&error, project, invocation))?;
    let image = built.into_iter().next().map(|image| image.id);
    image.ok_or_else(|| UserError::wrong("greenroom.yaml has no image `default`, in which queries run"))
}
