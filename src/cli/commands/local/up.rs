use serde_json::{Value, json};

use super::{Local, build};
use crate::cli::local_error::local_error;
use crate::cli::report::Building;
use crate::cli::report::table::{Cell, Table, left};
use crate::cli::{Exit, Ink, Look, UserError};
use crate::local::{self, Upped};

pub async fn run(local: &Local<'_>) -> Result<Exit, UserError> {
    let told = |error| local_error(&error, local.site.project, local.invocation);
    let progress = Building::default();
    // Services first: an image that none of them needs must not keep them down.
    let upped = local::up(local.site, &progress).await.map_err(told)?;
    let built = local::build(local.site, &[], &progress).await.map_err(told)?;
    let document = json!({"images": build::document(&built), "services": document(&upped)});
    local.output.either(&document, |look| build::view(&built, look) + &view(&upped, look))?;
    Ok(Exit::Done)
}

pub(super) fn document(upped: &[Upped]) -> Vec<Value> {
    let service = |service: &Upped| json!({"name": service.name, "started": service.started, "address": service.address});
    upped.iter().map(service).collect()
}

pub(super) fn view(upped: &[Upped], look: &Look) -> String {
    let mut table = Table::new([left(""), left(""), left(""), left("")]);
    for service in upped {
        table.row([
            Cell::inked("✓", Ink::Good),
            format!("service {}", service.name).into(),
            if service.started { "started" } else { "is up" }.into(),
            Cell::inked(service.address.as_deref().unwrap_or_default(), Ink::Accent),
        ]);
    }
    table.render(look)
}
