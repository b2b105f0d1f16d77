use crate::cli::{UserError, Workspace};
use crate::domain::text::safe;
use crate::domain::track::RefName;
use crate::git::Repository;
use crate::review::SPEC_FILE;
use crate::spec;

use super::wrong::of_git;

/// In which git remembers, for this clone, to which branch tracks lead.
const KEY: &str = "greenroom.target";
const STAGE: &str = "stage";

/// The branch that tracks lead to: that of the environment `stage`.
///
/// Who may sign what is read off that branch, so a branch under review must have no say in which it is: this clone
/// keeps to the one that it was told first, by the remote's main branch where that has a project.
pub(super) fn target(
    workspace: &Workspace,
    repository: &Repository,
    remote: &str,
) -> Result<(RefName, Option<String>), UserError> {
    let here = workspace.project.environments.get(STAGE).and_then(|stage| stage.branch.clone());
    if let Some(known) = repository.config(KEY).map_err(|error| of_git(&error))? {
        let branch = branch(&known, &format!("git's `{KEY}`"))?;
        let other = here.filter(|here| *here != known).map(|here| {
            format!(
                "greenroom.yaml here names `{}` as the branch of stage; this clone keeps to `{}`. If the other is \
                 meant: git config {KEY} {}",
                safe(&here),
                safe(&known),
                safe(&here)
            )
        });
        return Ok((branch, other));
    }
    let first = of_main(repository, remote).or(here).ok_or_else(|| {
        UserError::wrong("the project does not say which branch is its stage")
            .to_do("write it into greenroom.yaml: environments: {stage: {root: …, branch: stage}}")
    })?;
    let found = branch(&first, "greenroom.yaml")?;
    repository.set_config(KEY, &first).map_err(|error| of_git(&error))?;
    Ok((found, None))
}

fn branch(name: &str, by: &str) -> Result<RefName, UserError> {
    RefName::branch(name)
        .map_err(|_| UserError::wrong(format!("{by} names `{}` as a branch, which is none", safe(name))))
}

/// What the remote's main branch says, as far as this clone knows that.
fn of_main(repository: &Repository, remote: &str) -> Option<String> {
    let main = format!("refs/remotes/{remote}/{}", repository.main_branch(remote)?.short()).parse().ok()?;
    let commit = repository.tip(&main).ok()??;
    let spec = repository.file(&commit, &repository.prefix().join(SPEC_FILE)).ok()??;
    let policy = spec::policy(std::str::from_utf8(&spec).ok()?).ok()?;
    policy.branches.get(STAGE).cloned()
}
