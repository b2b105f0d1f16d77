use super::{Local, up};
use crate::cli::args::LocalRestart;
use crate::cli::local_error::local_error;
use crate::cli::report::Building;
use crate::cli::{Exit, UserError};
use crate::local;

pub async fn run(asked: &LocalRestart, local: &Local<'_>) -> Result<Exit, UserError> {
    let upped = local::restart(local.site, &asked.service, &Building::default())
        .await
        .map_err(|error| local_error(&error, local.site.project, local.invocation))?;
    let upped = [upped];
    local.output.either(&up::document(&upped), |look| up::view(&upped, look))?;
    Ok(Exit::Done)
}
