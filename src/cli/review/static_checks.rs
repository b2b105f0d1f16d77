use camino::Utf8PathBuf;

use super::history::StoreHistory;
use super::places::SpecPlaces;
use crate::cli::Workspace;
use crate::cli::lineage::lineage;
use crate::domain::Name;
use crate::domain::track::Check;
use crate::review::checks::{self, Subject};
use crate::spec::Specs;
use crate::store::Recorded;

/// What the checks say of some files of a project, as it stands on disk or wherever its specs were read; earlier runs are
/// those of an environment, and what the packaged one left is looked into, if there is one, instead of the newest.
pub fn static_checks(
    workspace: &Workspace,
    specs: &Specs,
    files: &[Utf8PathBuf],
    env: &Name,
    packaged: Option<&Recorded>,
) -> Vec<Check> {
    checks::all(&Subject {
        project: specs.project.as_ref().unwrap_or(&workspace.project),
        workflows: &specs.workflows,
        operators: &specs.operators,
        asked: specs.workflows.values().filter(|workflow| files.contains(&workflow.file)).collect(),
        diagnostics: specs.diagnostics.iter().filter(|problem| files.contains(&problem.file)).collect(),
        lineage: &lineage(&workspace.place, specs, env.as_str()),
        places: &SpecPlaces(specs),
        history: &StoreHistory::of(workspace, env, packaged),
    })
}
