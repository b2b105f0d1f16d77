use super::wrong::of_git;
use crate::cli::UserError;
use crate::git::Repository;

const KEY: &str = "greenroom.remote";
const USUAL: &str = "origin";

/// The remote with the ledgers: the one that git's configuration names, the only one, or `origin`.
pub(super) fn remote(repository: &Repository) -> Result<String, UserError> {
    let remotes = repository.remotes().map_err(|error| of_git(&error))?;
    let named = repository.config(KEY).map_err(|error| of_git(&error))?;
    match (named, remotes.as_slice()) {
        (Some(named), _) if remotes.contains(&named) => Ok(named),
        (Some(named), _) => {
            Err(UserError::wrong(format!("git's `{KEY}` names `{named}`, which is no remote"))
                .to_do(format!("git config {KEY} NAME, with one of: {}", remotes.join(", "))))
        }
        (None, [only]) => Ok(only.clone()),
        (None, []) => {
            Err(UserError::not_ready("this repository has no remote, through which a review would go")
                .to_do("git remote add origin URL")
                .to_do("a bare repository on this machine does, too: git init --bare ../remote.git"))
        }
        (None, _) if remotes.iter().any(|remote| remote == USUAL) => Ok(USUAL.to_owned()),
        (None, _) => {
            Err(UserError::wrong(format!("which remote is meant? There are {}", remotes.join(", ")))
                .to_do(format!("git config {KEY} NAME")))
        }
    }
}
