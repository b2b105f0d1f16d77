use serde_json::{Value, json};

use super::Local;
use crate::cli::args::LocalBuild;
use crate::cli::local_error::local_error;
use crate::cli::report::Building;
use crate::cli::report::table::{Cell, Table, left, yielding};
use crate::cli::{Exit, Ink, Look, UserError};
use crate::local::{self, BuiltImage};

pub async fn run(asked: &LocalBuild, local: &Local<'_>) -> Result<Exit, UserError> {
    let built = local::build(local.site, &asked.images, &Building::default())
        .await
        .map_err(|error| local_error(&error, local.site.project, local.invocation))?;
    local.output.either(&document(&built), |look| view(&built, look))?;
    Ok(Exit::Done)
}

pub(super) fn document(built: &[BuiltImage]) -> Vec<Value> {
    let image = |image: &BuiltImage| json!({"name": image.name, "tag": image.tag, "id": image.id, "built": image.rebuilt});
    built.iter().map(image).collect()
}

pub(super) fn view(built: &[BuiltImage], look: &Look) -> String {
    let mut table = Table::new([left(""), left(""), left(""), yielding("")]);
    for image in built {
        table.row([
            Cell::inked("✓", Ink::Good),
            format!("image {}", image.name).into(),
            if image.rebuilt { "built" } else { "is current" }.into(),
            Cell::inked(&image.tag, Ink::Dim),
        ]);
    }
    table.render(look)
}
