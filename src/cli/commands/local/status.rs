use super::Local;
use crate::cli::local_error::local_error;
use crate::cli::local_look::local_look;
use crate::cli::report::local_status;
use crate::cli::{Exit, UserError};

pub async fn run(local: &Local<'_>) -> Result<Exit, UserError> {
    let status = local_look(local.site)
        .await
        .map_err(|error| local_error(&error, local.site.project, local.invocation))?;
    local.output.either(&status, |look| local_status(&status, local.invocation, look))?;
    Ok(Exit::Done)
}
