use std::path::Path;

use super::snapshots::{freeze, of_run};
use crate::cli::{Place, UserError};
use crate::domain::{Plan, RunLayout};

/// The project's files that are not as the run froze them, in order of path.
pub fn changes_since(place: &Place, plan: &Plan, layout: &RunLayout) -> Result<Vec<String>, UserError> {
    let frozen = of_run(place, &plan.tree, &layout.code())?;
    let now = freeze(place)?.frozen;
    let shown = |path: &Path| path.to_string_lossy().into_owned();
    Ok(now.changed_since(&frozen).iter().map(|change| shown(change.path())).collect())
}
