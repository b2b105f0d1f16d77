use std::collections::BTreeSet;

use crate::cli::{Exit, Machine, UserError};
use crate::domain::{Name, Plan, RunLayout};

/// An image that steps to come were planned with, and that is not on the engine any more.
pub async fn gone_image(
    plan: &Plan,
    layout: &RunLayout,
    machine: &Machine,
) -> Result<Option<String>, UserError> {
    let to_come =
        plan.nodes.iter().filter(|node| node.taken.is_none() && !layout.manifest(&node.id).exists());
    let named: BTreeSet<&Name> = to_come.map(|node| &node.image).collect();
    for image in named.into_iter().filter_map(|name| plan.images.get(name)) {
        let found = machine.engine.image(&image.id).await.map_err(|error| {
            UserError::from_error(Exit::NotReady, "the engine does not tell its images", &error)
        })?;
        if found.is_none() {
            return Ok(Some(image.tag.clone()));
        }
    }
    Ok(None)
}
