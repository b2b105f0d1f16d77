use super::Local;
use crate::cli::args::LocalShell;
use crate::cli::local_error::local_error;
use crate::cli::report::Building;
use crate::cli::{Exit, UserError};
use crate::local;

pub async fn run(asked: &LocalShell, local: &Local<'_>) -> Result<Exit, UserError> {
    let code = local::shell(local.site, &asked.image, &local.machine.identity, &Building::default())
        .await
        .map_err(|error| local_error(&error, local.site.project, local.invocation))?;
    Ok(if code == 0 { Exit::Done } else { Exit::Failed })
}
