use super::snapshots::snapshots;
use crate::cli::{Exit, Place, UserError};
use crate::domain::RunLayout;
use crate::snapshot::{Needed, Spare};
use crate::store::{Garbage, is_driven, read_plan};

/// The frozen files that no run refers to which stays, in any environment. A run that can be read no more needs none: they
/// come back from its own copy; but one that goes on has them mounted.
pub fn spare_snapshots(place: &Place, garbage: &Garbage) -> Result<Spare, UserError> {
    let goes_on = |dir| is_driven(&RunLayout::at(dir).lock()).unwrap_or(true);
    if garbage.broken.iter().any(|broken| goes_on(&broken.path)) {
        return Ok(Spare::default());
    }
    let mut needed = Needed::new();
    for recorded in garbage.kept.iter().map(|(recorded, _)| recorded).chain(&garbage.elsewhere) {
        let seen = needed.entry(recorded.run.tree.clone()).or_default();
        // Somebody may be inside a step of it.
        let nodes = read_plan(&RunLayout::at(&recorded.path)).map(|plan| plan.nodes).unwrap_or_default();
        seen.extend(nodes.into_iter().filter_map(|node| node.files));
    }
    snapshots(place)?.spare(&needed).map_err(|error| {
        UserError::from_error(Exit::NotReady, "what of the snapshots may go cannot be told", &error)
            .to_do("see to it that what is named there can be read; or remove .greenroom/snapshots while nothing runs: each run has its own copy")
    })
}
