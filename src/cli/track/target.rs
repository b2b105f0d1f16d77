use crate::cli::report::Patience;
use crate::cli::{UserError, Workspace};
use crate::domain::text::safe;
use crate::domain::track::RefName;
use crate::git::{GitError, MainBranch, Repository};
use crate::review::SPEC_FILE;
use crate::spec;

use super::wrong::of_git;

/// In which git remembers, for this clone, to which branch tracks lead.
const KEY: &str = "greenroom.target";
const STAGE: &str = "stage";

/// Whether the remote may be asked for what this clone does not know yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    Remote,
    Nobody,
}

/// The branch that tracks lead to, that of the environment `stage`; and what a person should know of how it was found.
///
/// Who may sign what is read off that branch, so a branch under review must have no say in which it is. This clone keeps
/// to the one that it was told first, and that by the remote's main branch: what is checked out counts only where it is
/// that branch, or where the remote has none yet.
pub(super) fn target(
    workspace: &Workspace,
    repository: &Repository,
    remote: &str,
    ask: Ask,
) -> Result<(RefName, Option<String>), UserError> {
    let here = workspace.project.environments.get(STAGE).and_then(|stage| stage.branch.clone());
    let other = |known: &str| {
        let here = here.as_deref().filter(|here| *here != known)?;
        Some(format!(
            "greenroom.yaml here names `{}` as the branch of stage; this clone keeps to `{}`. If the other is \
             meant: git config {KEY} {}",
            safe(here),
            safe(known),
            safe(here)
        ))
    };
    if let Some(known) = repository.config(KEY).map_err(|error| of_git(&error))? {
        return Ok((branch(&known, &format!("git's `{KEY}`"))?, other(&known)));
    }
    if ask == Ask::Nobody {
        return Err(UserError::not_ready(format!("{remote} was not asked yet to which branch tracks lead"))
            .to_do("greenroom track list asks it"));
    }
    let (first, by) = told(repository, remote, here.as_deref())?;
    let found = branch(&first, &by)?;
    repository.set_config(KEY, &first).map_err(|error| of_git(&error))?;
    let first = safe(&first);
    let taken = format!(
        "tracks of this clone lead to `{first}`, as {by} says, which is kept from now on. To another: git config {KEY} \
         BRANCH"
    );
    Ok((found, Some([Some(taken), other(&first)].into_iter().flatten().collect::<Vec<_>>().join("\n"))))
}

fn branch(name: &str, by: &str) -> Result<RefName, UserError> {
    RefName::branch(name)
        .map_err(|_| UserError::wrong(format!("{by} names `{}` as a branch, which is none", safe(name))))
}

/// The branch, and who says so. `here`: what is checked out says.
fn told(repository: &Repository, remote: &str, here: Option<&str>) -> Result<(String, String), UserError> {
    const UNSAID: &str = "the project does not say which branch is its stage";
    const WRITE: &str = "write it into greenroom.yaml: environments: {stage: {root: …, branch: stage}}";
    let _patience = Patience::start(&format!("asking {remote}"));
    let of_here = || here.map(|here| (here.to_owned(), "greenroom.yaml here".to_owned()));
    let main = repository.ask_main_branch(remote).map_err(|error| of_git(&error))?;
    let main = match main {
        MainBranch::Empty => return of_here().ok_or_else(|| UserError::wrong(UNSAID).to_do(WRITE)),
        MainBranch::Unnamed => {
            return Err(UserError::wrong("to which branch tracks lead is not known")
                .because(format!("{remote} names no branch of its own as its main one, and what is checked out has no say in it"))
                .to_do(format!("name the branch of stage: git config {KEY} BRANCH")));
        }
        MainBranch::Is(main) => main,
    };
    let name = safe(main.short()).into_owned();
    if let Some(told) = of_main(repository, remote, &main).map_err(|error| of_git(&error))? {
        return Ok((told, format!("greenroom.yaml of `{name}` on {remote}")));
    }
    let head = repository.head().map_err(|error| of_git(&error))?.branch;
    match of_here() {
        Some(told) if head.as_ref() == Some(&main) => Ok(told),
        Some(_) => Err(UserError::wrong("to which branch tracks lead is not known")
            .because(format!(
                "`{name}`, the main branch of {remote}, does not say which branch is its stage; what else is checked \
                 out has no say in it"
            ))
            .to_do(format!("name the branch of stage: git config {KEY} BRANCH"))),
        None => Err(UserError::wrong(UNSAID).to_do(WRITE)),
    }
}

/// What the remote's main branch says, as it is there now.
fn of_main(repository: &Repository, remote: &str, main: &RefName) -> Result<Option<String>, GitError> {
    let Some(commit) = repository.fetch_branch(remote, main)? else { return Ok(None) };
    let Some(spec) = repository.file(&commit, &repository.prefix().join(SPEC_FILE))? else { return Ok(None) };
    let policy = std::str::from_utf8(&spec).ok().and_then(|text| spec::policy(text).ok());
    Ok(policy.and_then(|policy| policy.branches.get(STAGE).cloned()))
}
