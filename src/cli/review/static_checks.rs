use std::io::{self, Read};

use camino::Utf8PathBuf;

use super::history::StoreHistory;
use super::places::SpecPlaces;
use crate::cli::Workspace;
use crate::cli::lineage::lineage;
use crate::domain::lineage::Lineage;
use crate::domain::track::{Check, CheckFinding, CheckStatus};
use crate::domain::{Name, Workflow};
use crate::review::checks::{self, History, MeasuredStep, Subject, Trace};
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

/// What fails by the specs of some workflows alone, wherever they were read: the check, and the finding.
pub fn failures(specs: &Specs, lineage: &Lineage, workflows: &[&str]) -> Vec<(String, CheckFinding)> {
    let Some(project) = &specs.project else { return Vec::new() };
    let checks = checks::of_specs(&Subject {
        project,
        workflows: &specs.workflows,
        operators: &specs.operators,
        asked: specs
            .workflows
            .values()
            .filter(|workflow| workflows.contains(&workflow.name.as_str()))
            .collect(),
        diagnostics: Vec::new(),
        lineage,
        places: &SpecPlaces(specs),
        history: &Nothing,
    });
    let found = checks.into_iter().flat_map(|check| {
        let failed = check.findings.into_iter().filter(|finding| finding.status == CheckStatus::Failed);
        failed.map(|finding| (check.id.clone(), finding)).collect::<Vec<_>>()
    });
    found.collect()
}

/// No run at all.
struct Nothing;

impl History for Nothing {
    fn measured(&self, _: &Name) -> (Vec<MeasuredStep>, usize) {
        (Vec::new(), 0)
    }

    fn traces(
        &self,
        _: &Name,
        _: &mut dyn FnMut(&Trace, &mut dyn Read) -> io::Result<()>,
    ) -> io::Result<bool> {
        Ok(false)
    }

    fn secrets(&self, _: &Workflow) -> Result<Vec<(Name, String)>, String> {
        Ok(Vec::new())
    }
}
